"""Our wire definition against the published API, and what is made of it against the source."""

import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto, FileDescriptorSet

from crawler.frontier.urlfrontier import wire_pb2
from tests.shared import ROOT

FOLDER = ROOT / "crawler" / "frontier" / "urlfrontier"
API = "com.github.crawler-commons:urlfrontier-API:2.5"
"""The newest that Maven offers; API 2.6 adds the calls and fields of `SINCE`."""

SINCE = {"PutDiscovered", "DiscoveredBatch", "BatchAck", "creation_date"}
UTF8 = 1
SIZES = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4,
         18: 4, 19: 2, 20: 2}  # fmt: skip


def ours() -> FileDescriptorProto:
    made = FileDescriptorProto()
    wire_pb2.DESCRIPTOR.CopyToProto(made)
    return made


def texts(compiled: bytes) -> Iterator[bytes]:
    """The texts in the constant pool of a Java class (JVM specification 4.4)."""
    (entries,) = struct.unpack(">H", compiled[8:10])
    place, number = 10, 1
    while number < entries:
        tag = compiled[place]
        if tag == UTF8:
            (length,) = struct.unpack(">H", compiled[place + 1 : place + 3])
            yield compiled[place + 3 : place + 3 + length]
            place += 3 + length
        else:
            place += 1 + SIZES[tag]
        number += 2 if tag in (5, 6) else 1


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> FileDescriptorProto:
    """The interface as its makers compiled it, fetched by Maven."""
    maven = shutil.which("mvn")
    if maven is None:
        pytest.skip("Maven is not installed, which has the published API")
    folder = tmp_path_factory.mktemp("api")
    copy = "org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy"
    words = (copy, f"-Dartifact={API}", f"-DoutputDirectory={folder}")
    fetched = subprocess.run([maven, "-q", "-B", *words], capture_output=True, check=False)  # noqa: S603 (a program found on this machine)
    jars = list(folder.glob("*.jar"))
    if not jars:
        pytest.skip(f"Maven did not fetch {API}: {fetched.stdout.decode()[:200]}")
    with ZipFile(jars[0]) as jar:
        compiled = jar.read("crawlercommons/urlfrontier/Urlfrontier.class")
    text = max(texts(compiled), key=len)
    plain = text.replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass").encode("latin-1")
    return FileDescriptorProto.FromString(plain)


def flat(messages: Iterator[DescriptorProto]) -> dict[str, tuple[int, int, int, str]]:
    """Every field by message and name: number, kind, repeated or not, type."""
    return {
        f"{message.name}.{field.name}": (field.number, field.type, field.label, field.type_name)
        for message in messages
        for field in message.field
    }


def test_every_call_and_field_is_as_published(published: FileDescriptorProto) -> None:
    theirs, mine = flat(iter(published.message_type)), flat(iter(ours().message_type))
    older = {name: facts for name, facts in mine.items() if not SINCE.intersection(name.split("."))}
    assert len(older) > 30
    assert {name: theirs.get(name) for name in older} == older
    calls = {each.name: each for each in published.service[0].method}
    for call in ours().service[0].method:
        if call.name not in SINCE:
            known = calls[call.name]
            assert (call.input_type, call.output_type) == (known.input_type, known.output_type)
            assert call.client_streaming == known.client_streaming
            assert call.server_streaming == known.server_streaming
    assert (ours().package, ours().service[0].name) == ("urlfrontier", "URLFrontier")


def test_the_fields_of_2_6_have_the_numbers_of_its_description() -> None:
    found = {
        name: number
        for name, (number, *_) in flat(iter(ours().message_type)).items()
        if SINCE.intersection(name.split("."))
    }
    assert found == {
        "URLItem.creation_date": 4,
        "DiscoveredBatch.ID": 1, "DiscoveredBatch.items": 2,
        "BatchAck.ID": 1, "BatchAck.statuses": 2,
    }  # fmt: skip


def test_what_is_checked_in_is_what_the_source_makes(tmp_path: Path) -> None:
    made = tmp_path / "wire.bin"
    command = (sys.executable, "-m", "grpc_tools.protoc", "-I", FOLDER, "wire.proto")
    subprocess.run([*command, f"--descriptor_set_out={made}"], check=True)  # noqa: S603 (a tool of ours)
    (source,) = FileDescriptorSet.FromString(made.read_bytes()).file
    mine = ours()
    for each in (source, mine):
        for message in each.message_type:
            for field in message.field:
                field.ClearField("json_name")
            for nested in message.nested_type:
                for field in nested.field:
                    field.ClearField("json_name")
    assert mine == source
