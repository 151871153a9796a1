"""Whether a page says that AI made it: a label for the text, never a permission or a refusal.

W3C AI Content Disclosure CG draft (2026-05): meta and attribute `ai-disclosure`; AI-Disclosure
header (draft-abaris-aicdh-01); IPTC digital source type in XMP and schema.org. signals.md 14.
https://w3c-cg.github.io/ai-content-disclosure/
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, cast

import http_sf

from crawler.policy import embedded
from crawler.policy.html_page import html_of
from crawler.policy.model import Carrier, Notes, Observation, Signal, Statement

UNKNOWN: Final = "unknown"
LABELS: Final = ("none", "ai-assisted", "ai-generated", "ai-autonomous", "mixed")
LATER_LABELS: Final = {"human-only": "none"}
"""Names of the draft of 2026-09-21, which also folds ai-generated into ai-assisted."""
LEGACY_LABELS: Final = {"autonomous": "ai-autonomous"}
"""Renamed on 2026-05-11."""
MODES: Final = {
    "none": "none",
    "ai-modified": "ai-assisted",
    "ai-originated": "ai-generated",
    "machine-generated": "ai-autonomous",
}
SOURCE_TYPES: Final = {
    "trainedalgorithmicmedia": "ai-generated",
    "compositewithtrainedalgorithmicmedia": "ai-assisted",
    "compositesynthetic": "mixed",
    **dict.fromkeys(
        (
            "digitalcapture", "computationalcapture", "negativefilm", "positivefilm", "print",
            "minorhumanedits", "humanedits", "compositecapture", "digitalart", "digitalcreation",
            "datadrivenmedia", "virtualrecording", "screencapture", "softwareimage",
        ),
        "none",
    ),
}  # fmt: skip
"""IPTC NewsCodes; those that leave open whether a trained model was used are not listed."""
IPTC_NAMESPACE: Final = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
HEADER: Final = "AI-Disclosure"
_MODE: Final = re.compile(r"\bmode\s*=\s*\"?([a-z-]{1,40})", re.IGNORECASE)
_Members = Mapping[str, tuple[object, Mapping[str, object]]]
DETAIL_NAMES: Final = ("ai-model", "ai-provider", "ai-prompt-url")
_ROOTS: Final = ("body", "html")
_DETAILS: Final = ("model", "provider", "reviewed-by", "date")
_JSON_SOURCE_TYPE: Final = re.compile(r'"digitalSourceType"\s*:\s*"([^"]{1,200})"')


class _Label(NamedTuple):
    """What one carrier says, and what it adds; `page` is "" where it is silent."""

    page: str
    details: Mapping[str, object]


def read(_observation: Observation) -> tuple[Statement, ...]:
    """Nothing: a disclosure labels a text and says nothing about its use."""
    return ()


def note(observation: Observation) -> Notes:
    """`page`: a label or "unknown" (absence is not "none"), from the first carrier that speaks.

    An attribute on body or html (the nearest ancestor of the text), then the first meta, then the
    header, embedded metadata, JSON-LD.
    `elements` are the labels of parts; `mode`, `model`, `provider` and more as given; the flags
    `malformed` and `legacy`.
    """
    labels = [*_attributes(observation), *_meta(observation), *_header(observation)]
    labels += [*_xmp(observation), *_json_ld(observation)]
    if not labels and (observation.page is None or not observation.page.body):
        return {}
    told: dict[str, object] = {}
    for label in reversed(labels):
        told.update(label.details)
    told["page"] = next((label.page for label in labels if label.page), UNKNOWN)
    return told


def _read_label(words: str) -> _Label:
    """A label of the draft, one of its old names, or an error."""
    name = words.strip().lower()
    name = LATER_LABELS.get(name, name)
    if name in LEGACY_LABELS:
        return _Label(LEGACY_LABELS[name], {"legacy": True})
    return _Label(name, {}) if name in LABELS else _Label(UNKNOWN, {"malformed": True})


def _meta(observation: Observation) -> Iterator[_Label]:
    """The first meta of a name counts, whatever it holds; one in the head before one in the body.

    Model, provider and prompt are attributes of the meta, or metas of their own.
    """
    if observation.page is None:
        return
    head = html_of(observation.page).head
    details: dict[str, object] = {}
    for name in DETAIL_NAMES:
        for tag in head.named(name)[:1]:
            details[_key(name)] = tag.get("content")
    for tag in sorted(head.named("ai-disclosure"), key=lambda one: not one.in_head)[:1]:
        details.update({_key(name): tag.get(name) for name in DETAIL_NAMES if tag.get(name)})
        yield _read_label(tag.get("content"))
    if details:
        yield _Label("", details)


def _key(name: str) -> str:
    return name.removeprefix("ai-").replace("-", "_")


def _attributes(observation: Observation) -> Iterator[_Label]:
    """`ai-disclosure` on html or body is about the page, on another element about that part."""
    page = observation.page
    tags = html_of(page).head.disclosures if page else ()
    nearest = sorted((tag for tag in tags if tag.name in _ROOTS), key=lambda one: one.name)
    for tag in nearest:
        label = _read_label(tag.get("ai-disclosure"))
        # One that is invalid counts as absent (draft, section "Disclosure values").
        yield label if label.page != UNKNOWN else label._replace(page="")
    parts = [_read_label(tag.get("ai-disclosure")).page for tag in tags if tag.name not in _ROOTS]
    if parts:
        yield _Label("", {"elements": parts})


def _header(observation: Observation) -> Iterator[_Label]:
    values = observation.page.header_values(HEADER) if observation.page else ()
    if values:
        yield _read_header(", ".join(values))


def _read_header(value: str) -> _Label:
    """A dictionary; the draft's own example writes further keys as parameters of `mode`."""
    fields: dict[str, object] = {}
    malformed = False
    try:
        members = http_sf.parse(value.encode("ascii", "replace"), tltype="dictionary")
    except ValueError:
        members, malformed = {}, True
        fields = {"mode": found[1]} if (found := _MODE.search(value)) else {}
    for key, (item, parameters) in cast("_Members", members).items():
        fields = {key: item, **parameters, **fields}
    mode = str(fields.get("mode", "")).lower()
    details: dict[str, object] = {
        key.replace("-", "_"): str(fields[key]) for key in _DETAILS if key in fields
    }
    if mode:
        details["mode"] = mode
    if malformed or mode not in MODES:
        details["malformed"] = True
    return _Label(MODES.get(mode, UNKNOWN), details)


def _xmp(observation: Observation) -> Iterator[_Label]:
    for source in embedded.sources(observation):
        for value in source.values(IPTC_NAMESPACE, "DigitalSourceType"):
            yield _read_source_type(value.text)


def _json_ld(observation: Observation) -> Iterator[_Label]:
    texts = [observation.given.get("jsonld")]
    if observation.page:
        scripts = html_of(observation.page).head.scripts
        texts += [tag.text for tag in scripts if tag.media_type == "application/ld+json"]
    for text in texts:
        written = text if isinstance(text, str) else json.dumps(text)
        found = _JSON_SOURCE_TYPE.search(written)
        if found:
            yield _read_source_type(found[1])


def _read_source_type(words: str) -> _Label:
    name = re.split(r"[/#:]", words.strip().rstrip("/"))[-1].lower()
    name = name.removesuffix("digitalsource")  # schema.org's spelling of the same concepts
    return _Label(SOURCE_TYPES.get(name, UNKNOWN), {"source_type": words.strip()})


SIGNAL: Final = Signal(
    name="ai_disclosure",
    title="AI disclosure: meta, attribute, header, digital source type",
    carriers=(Carrier.HTML, Carrier.HEADER, Carrier.EMBEDDED),
    scope="response",
    uses=(),
    spec="https://w3c-cg.github.io/ai-content-disclosure/",
    since="2026-02-03",
    read=read,
    note=note,
)
