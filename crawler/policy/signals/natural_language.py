"""Plain-language opt-outs in terms and footers: evidence, binding in strict alone.

Law and taxonomy: signals.md 17 (LG Hamburg 310 O 227/23; OLG Hamburg 5 U 104/24; Article 4(3) of
Directive 2019/790; Data Provenance Initiative). A statement needs an explicit refusal and AI or
text and data mining as its object; scraping alone is noted.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import unquote

from crawler.policy.html_page import html_of
from crawler.policy.html_tags import open_page
from crawler.policy.model import (
    TRAIN_USES,
    Carrier,
    Evidence,
    Notes,
    Observation,
    Resource,
    Signal,
    State,
    Statement,
    Strength,
    Use,
)
from crawler.policy.passages import Passage, place_refusals, read_passages, read_reservations
from crawler.policy.prose import KINDS, classify
from crawler.policy.prose_words import AI, TDM
from crawler.policy.spelling import path_of
from crawler.policy.transcoded import Transcoded, transcode

_USES: Final = {AI: TRAIN_USES, TDM: (Use.TDM,)}
_TERMS: Final = frozenset(
    {
        "terms", "tos", "tou", "eula", "legal", "copyright", "agb", "impressum", "imprint", "tdm",
        "nutzungsbedingungen", "nutzungsvorbehalt", "rechtliches", "rechtshinweise", "urheberrecht",
        "cgu", "cgv", "conditions", "aviso", "condiciones", "disclaimer", "license", "licence",
        "licensing", "licencing", "permission", "permissions", "termini", "condizioni",
        "voorwaarden", "colofon", "termsofuse", "termsofservice", "termsandconditions", "terminos",
        "legalnotice", "useragreement", "gebruiksvoorwaarden", "geschaeftsbedingungen", "termos",
        "vilkar", "villkor", "regulamin",
    }
)  # fmt: skip
_HALF_TERMS: Final = frozenset(
    {"policy", "policies", "rights", "reservation", "note", "mentions", "robots"}
)
_OTHER_HALF: Final = frozenset(
    {
        "ai", "genai", "ki", "ia", "content", "use", "usage", "scraping", "crawling", "crawler",
        "crawlers", "bots", "legale", "legales", "legali", "text", "data", "mining", "training",
        "acceptable", "fair", "txt", "opt", "out",
    }
)  # fmt: skip
_BESIDE_TERMS: Final = frozenset(
    {
        "of", "and", "the", "for", "to", "our", "user", "service", "services", "website", "site",
        "web", "general", "notice", "notices", "statement", "info", "information", "page", "index",
        "html", "htm", "php", "aspx", "jsp", "en", "de", "fr", "es", "it", "nl", "us", "uk", "eu",
        "privacy", "cookie", "cookies", "editorial", "generales", "generali", "utilisation", "uso",
        "del", "d", "di", "y", "e", "v", "dutilisation", "agreement", "allgemeine",
        "und", "der", "die", "hinweise", "algemene", "protocol", "sale", "sales",
    }
)  # fmt: skip
_WORDS: Final = re.compile(r"[a-z]+|[^a-z\W_]+")
_VERSION: Final = re.compile(r"/v?[\d.]+$|/[a-z]{2}(?:-[a-z]{2})?$")
"""What may stand behind the name of terms: a version, a language or a country."""
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_HTML_TYPES: Final = ("text/html", "application/xhtml+xml", "")


@dataclass(frozen=True)
class _Text:
    """The words that count of one resource, and what evidence calls it."""

    resource: Resource
    name: str
    passages: tuple[Passage, ...]
    read_in: Transcoded | None = None
    """What the passages stand in, where that is not the body itself."""

    @cached_property
    def places(self) -> Mapping[int, int]:
        """Where in the body the bounds of the passages are, where they stand in something else."""
        bounds = sorted({bound for one in self.passages for bound in (one.start, one.end)})
        places = self.read_in.places(bounds) if self.read_in else bounds
        return dict(zip(bounds, places, strict=True))


def _read_text(body: bytes) -> tuple[Passage, ...]:
    return tuple(place_refusals(body, 0))


def _texts(observation: Observation) -> Iterator[_Text]:
    terms = "page_kind" in observation.given or _is_terms(observation.url)
    given = observation.given.get("text")
    if isinstance(given, str):
        resource = Resource(observation.url, given.encode("utf-8", "replace"), status=None)
        passages = resource.read_as(_read_text)
        yield _Text(resource, "text", passages if terms or not observation.page else _own(passages))
    page = observation.page
    if page is not None and page.body and _is_html(observation, page):
        yield from _texts_of_page(observation, page, terms=terms)


def _texts_of_page(observation: Observation, page: Resource, *, terms: bool) -> Iterator[_Text]:
    """What the page says in its bytes, and in the charset that it is declared to be in."""
    # In pages that are no terms only a reservation is taken for the site's own words.
    passages = page.read_as(read_passages) if terms else _own(html_of(page).reservations)
    yield _Text(page, "html", passages)
    other = transcode(page.body, _content_type(observation, page))
    if other is not None:
        words = other.words
        passages = read_passages(words) if terms else _own(read_reservations(open_page(words)))
        yield _Text(page, "html", passages, other)


def _own(passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
    return tuple(
        one for one in passages if one.sentence.reserves and one.sentence.kinds & _USES.keys()
    )


def _is_terms(url: str) -> bool:
    """Whether the last part of the path is made of words by which sites name their terms."""
    path = unquote(path_of(url).partition("?")[0]).lower()
    last = _VERSION.sub("", path.rstrip("/")).rpartition("/")[2]
    words = set(_WORDS.findall(_YEAR.sub("", last)))
    named = words & _TERMS or (words & _HALF_TERMS and words & _OTHER_HALF)
    return bool(named) and words <= _TERMS | _HALF_TERMS | _OTHER_HALF | _BESIDE_TERMS


def _content_type(observation: Observation, page: Resource) -> str:
    stated = (observation.content_type, *page.header_values("Content-Type"))
    return next((one for one in stated if one), "")


def _is_html(observation: Observation, page: Resource) -> bool:
    media_type = _content_type(observation, page).partition(";")[0]
    return media_type.strip().lower() in _HTML_TYPES


def read(observation: Observation) -> tuple[Statement, ...]:
    """Statements of plain words about AI and mining; strength prose, refusals only.

    What needs permission is conditional. In pages that are no terms only a reservation of rights
    counts, since they may well report on the matter.
    """
    said = (
        statement
        for text in _texts(observation)
        for passage in text.passages
        for statement in _statements(text, passage)
    )
    # What is ASCII is read in either way.
    return tuple(dict.fromkeys(said))


def _statements(text: _Text, passage: Passage) -> Iterator[Statement]:
    sentence = passage.sentence
    uses = [use for kind in sorted(sentence.kinds & _USES.keys()) for use in _USES[kind]]
    evidence = _evidence(text, passage)
    for use in uses:
        yield Statement(
            signal=SIGNAL.name,
            carrier=Carrier.TEXT,
            use=use,
            state=State.CONDITIONAL if sentence.conditional else State.DISALLOW,
            evidence=evidence,
            strength=Strength.PROSE,
            scope="site",
            conditions="permission" if sentence.conditional else "",
        )


def _evidence(text: _Text, passage: Passage) -> Evidence:
    words = text.read_in.words if text.read_in else text.resource.body
    start, end = text.places[passage.start], text.places[passage.end]
    return Evidence(
        url=text.resource.url,
        where=f"{text.name} byte {start}-{end}",
        verbatim=words[passage.start : passage.end].decode("utf-8", "replace"),
        sha256=text.resource.sha256,
        start=start,
        end=end,
        retrieved_at=text.resource.retrieved_at,
        status=text.resource.status,
    )


def note(observation: Observation) -> Notes:
    """`dpi_class` and the `flags` (scraping, tdm, ai) of a text; of a page only when it speaks."""
    texts = tuple(_texts(observation))
    sentences = tuple(one.sentence for text in texts for one in text.passages)
    if not sentences and "text" not in observation.given:
        return {}
    kinds = {kind for one in sentences for kind in one.kinds}
    flags = [kind for kind in KINDS if kind in kinds]
    return {"dpi_class": int(classify(sentences)), "flags": flags}


SIGNAL: Final = Signal(
    name="natural_language",
    title="Plain-language terms",
    carriers=(Carrier.TEXT,),
    scope="site",
    uses=(*TRAIN_USES, Use.TDM),
    spec="https://eur-lex.europa.eu/eli/dir/2019/790/art_4/oj",
    since="2019-06-06",
    read=read,
    note=note,
)
