"""Plain-language opt-outs in terms and footers: evidence, binding in strict alone.

Law and taxonomy: signals.md 17 (LG Hamburg 310 O 227/23; OLG Hamburg 5 U 104/24; Article 4(3) of
Directive 2019/790; Data Provenance Initiative). A statement needs an explicit refusal and AI or
text and data mining as its object; scraping alone is noted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

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
from crawler.policy.prose import AI, KINDS, TDM, Sentence, blank_markup, classify, find_refusals

_USES: Final = {AI: TRAIN_USES, TDM: (Use.TDM,)}
_TERMS_PATH: Final = re.compile(
    r"terms|tos\b|conditions|legal|copyright|agb|nutzungsbeding|impressum|rechtlich|mentions|cgu"
    r"|aviso|condiciones|disclaimer|licen[cs]|robots|policy|policies|ai\b|tdm|permission"
)
_HTML_TYPES: Final = ("text/html", "application/xhtml+xml", "")


@dataclass(frozen=True, slots=True)
class _Text:
    """The words of a page with the resource they come from; spoken in `terms` or elsewhere."""

    resource: Resource
    name: str
    words: str
    sentences: tuple[Sentence, ...]
    terms: bool

    @property
    def refusals(self) -> tuple[Sentence, ...]:
        """Outside terms only a reservation is taken for the site's own words."""
        return tuple(
            one for one in self.sentences if self.terms or (one.reserves and one.kinds & {TDM, AI})
        )


def _read_html(body: bytes) -> tuple[str, tuple[Sentence, ...]]:
    words = blank_markup(body).decode("utf-8", "surrogateescape")
    return words, find_refusals(words)


def _texts(observation: Observation) -> Iterator[_Text]:
    terms = "page_kind" in observation.given or _is_terms(observation.url)
    given = observation.given.get("text")
    if isinstance(given, str):
        resource = Resource(observation.url, given.encode("utf-8", "replace"), status=None)
        words = resource.body.decode("utf-8")
        yield _Text(resource, "text", words, find_refusals(words), terms or not observation.page)
    page = observation.page
    if page is not None and page.body and _is_html(observation, page):
        yield _Text(page, "html", *page.read_as(_read_html), terms)


def _is_terms(url: str) -> bool:
    try:
        return _TERMS_PATH.search(urlsplit(url).path.lower()) is not None
    except ValueError:
        return False


def _is_html(observation: Observation, page: Resource) -> bool:
    stated = (observation.content_type, *page.header_values("Content-Type"))
    media_type = next((one for one in stated if one), "")
    return media_type.partition(";")[0].strip().lower() in _HTML_TYPES


def read(observation: Observation) -> tuple[Statement, ...]:
    """Statements of plain words about AI and mining; strength prose, refusals only.

    What needs permission is conditional. In pages that are no terms only a reservation of rights
    counts, since they may well report on the matter.
    """
    return tuple(
        statement
        for text in _texts(observation)
        for sentence in text.refusals
        for statement in _statements(text, sentence)
    )


def _statements(text: _Text, sentence: Sentence) -> Iterator[Statement]:
    state = State.CONDITIONAL if sentence.conditional else State.DISALLOW
    kinds = sentence.kinds & _USES.keys()
    evidence = _evidence(text, sentence) if kinds else None
    for kind in sorted(kinds):
        for use in _USES[kind]:
            if evidence is not None:
                yield Statement(
                    signal=SIGNAL.name,
                    carrier=Carrier.TEXT,
                    use=use,
                    state=state,
                    evidence=evidence,
                    strength=Strength.PROSE,
                    scope="site",
                    conditions="permission" if sentence.conditional else "",
                )


def _evidence(text: _Text, sentence: Sentence) -> Evidence:
    start = len(text.words[: sentence.start].encode("utf-8", "surrogateescape"))
    words = text.words[sentence.start : sentence.end].encode("utf-8", "surrogateescape")
    end = start + len(words)
    return Evidence(
        url=text.resource.url,
        where=f"{text.name} byte {start}-{end}",
        verbatim=text.resource.body[start:end].decode("utf-8", "replace"),
        sha256=text.resource.sha256,
        start=start,
        end=end,
        retrieved_at=text.resource.retrieved_at,
        status=text.resource.status,
    )


def note(observation: Observation) -> Notes:
    """`dpi_class` and the `flags` (scraping, tdm, ai) of a text; of a page only when it speaks."""
    texts = tuple(_texts(observation))
    sentences = tuple(one for text in texts for one in text.refusals)
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
