"""XMP found in the bytes of files."""

from typing import Final

from hypothesis import given
from hypothesis import strategies as some

from crawler.policy.embedded import MAX_PACKETS, RDF, read_xmp, sources
from crawler.policy.model import Observation, Resource

PLUS: Final = "http://ns.useplus.org/ldf/xmp/1.0/"
NAME: Final = (PLUS, "DataMining")


def _packet(inner: str, attributes: str = "") -> bytes:
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
        f'<rdf:Description rdf:about="" xmlns:plus="{PLUS}" {attributes}>{inner}'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


FORMS: Final = (
    _packet("<plus:DataMining>DMI-PROHIBITED</plus:DataMining>"),
    _packet('<plus:DataMining rdf:resource="DMI-PROHIBITED"/>'),
    _packet("", 'plus:DataMining="DMI-PROHIBITED"'),
    _packet(
        "<plus:DataMining><rdf:Bag><rdf:li>DMI-PROHIBITED</rdf:li></rdf:Bag></plus:DataMining>"
    ),
    _packet(
        "<plus:DataMining><rdf:Description><rdf:value>DMI-PROHIBITED</rdf:value>"
        "</rdf:Description></plus:DataMining>"
    ),
)


def test_every_form_of_a_property_gives_its_value() -> None:
    for form in FORMS:
        values = [value.text for value in read_xmp(form)[0].properties[NAME]]
        assert values == ["DMI-PROHIBITED"], form


def test_offsets_point_into_the_whole_file() -> None:
    for form in FORMS:
        body = b"\xff\xd8\xff\xe1 noise \x00" + form + b"\xff\xd9"
        value = read_xmp(body)[0].properties[NAME][0]
        assert b"DMI-PROHIBITED" in body[value.start : value.end]


def test_a_packet_without_its_wrapper_is_found_by_its_rdf() -> None:
    bare = FORMS[0].partition(b'meta/">')[2].removesuffix(b"</x:xmpmeta>")
    assert NAME in read_xmp(b"%PDF-1.7\n" + bare)[0].properties


def test_a_packet_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    cut = FORMS[0][: FORMS[0].index(b"</rdf:Description>")]
    (packet,) = read_xmp(b"\x89PNG" + cut)
    assert packet.malformed
    assert packet.properties[NAME][0].text == "DMI-PROHIBITED"


def test_every_packet_of_a_file_is_read() -> None:
    assert len(read_xmp(FORMS[0] + b"\x00\x01" + FORMS[1])) == 2


def test_entities_are_never_expanded() -> None:
    bomb = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        b"&b;</x:xmpmeta>"
    )
    (packet,) = read_xmp(bomb)
    assert packet.malformed
    assert not packet.properties


def test_a_page_of_html_that_shows_a_packet_holds_none() -> None:
    shown = b"<!doctype html><pre>" + FORMS[0] + b"</pre>"
    for page in (
        Resource("https://site.example/", shown),
        Resource("https://site.example/", shown, headers=(("content-type", "Text/HTML"),)),
    ):
        assert not sources(Observation("https://site.example/", page=page))


def test_an_image_holds_its_packet_whatever_its_type_is_called() -> None:
    body = b"\xff\xd8\xff" + FORMS[2]
    for headers in ((), (("Content-Type", "image/jpeg"),)):
        page = Resource("https://site.example/a.jpg", body, headers=headers)
        (source,) = sources(Observation(page.url, page=page))
        evidence = source.evidence(source.values(*NAME)[0])
        assert evidence.start is not None
        assert evidence.verbatim.encode() in body[evidence.start : evidence.end]
        assert evidence.sha256 == page.sha256


def test_given_xmp_needs_no_wrapper() -> None:
    text = f'<d xmlns:plus="{PLUS}" plus:DataMining="DMI-PROHIBITED"/>'
    (source,) = sources(Observation("https://site.example/", given={"xmp": text}))
    assert source.values(*NAME)[0].text == "DMI-PROHIBITED"


@given(some.sampled_from(FORMS), some.binary(max_size=40), some.integers(0, 400))
def test_broken_bytes_never_raise(form: bytes, noise: bytes, place: int) -> None:
    body = form[:place] + noise + form[place:]
    for packet in read_xmp(body):
        for values in packet.properties.values():
            assert all(0 <= value.start <= value.end <= len(body) for value in values)


def test_no_more_packets_are_read_than_the_bound_allows() -> None:
    assert len(read_xmp(FORMS[0] * (MAX_PACKETS + 3))) == MAX_PACKETS
