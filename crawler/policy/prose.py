"""Plain words about crawling, mining and training: sentences, and what they refuse.

Starter patterns of signals.md 17 grown to en, de, fr, es, it and nl; the classes are those of the
Data Provenance Initiative's taxonomy of terms. Patterns have no nested repetition and sentences
are cut at `MAX_SENTENCE`, so reading takes time linear in the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from typing import Final

MAX_TEXT: Final = 400_000
"""Characters of a page that are read for its words."""
MAX_SENTENCE: Final = 2_400
MAX_SENTENCES: Final = 500
"""Refusing sentences of one text that are read: whoever has more has said it."""
FILLER: Final = "\x01"
"""Fills the place of what was longer before; no part of any word."""
SCRAPING, TDM, AI = "scraping", "tdm", "ai"
KINDS: Final = (SCRAPING, TDM, AI)


class DpiClass(IntEnum):
    """Data Provenance Initiative, prompt_templates.json."""

    NO_SCRAPING_NO_AI = 1
    NO_SCRAPING = 2
    NO_AI = 3
    CONDITIONAL = 4
    NONE = 5


LAST_OF_LATIN_1: Final = 0xFF
_FOLDED: Final = str.maketrans(
    "áàâäãåçéèêëíìîïñóòôöõúùûüýÿÁÀÂÄÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÖÕÚÙÛÜÝ\u2019\u00a0\u2010\u2011\u2013",
    "aaaaaaceeeeiiiinooooouuuuyyAAAAAACEEEEIIIINOOOOOUUUUY' ---",
) | dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u2060"), FILLER)
"""Accents and what only hyphenates away, one character for one, so that offsets stay true."""
_FOLDED.update(
    {0xDC00 + sign: plain for sign, plain in tuple(_FOLDED.items()) if sign <= LAST_OF_LATIN_1}
)  # as `surrogateescape` shows the octets of Latin-1


def _any(*words: str) -> re.Pattern[str]:
    """Any of these patterns, which are matched with words in lower case."""
    return re.compile("|".join(words))


_STEMS: Final = (
    "ai", "ki", "ia", "a.i", "artif", "kunst", "learning", "lernen", "language", "llm", "neural",
    "foundation", "sprach", "apprent", "langage", "aprend", "lenguaje", "intelligen", "train",
    "min", "tdm", "2019/790", "44", "vorbehalt", "datenanalyse", "fouille", "122-5-3", "estrazione",
    "bot", "spider", "scrap", "crawl", "harvest", "automat", "auslesen", "aspirat", "moisson",
    "aran", "rastre", "raspado", "data",
)  # fmt: skip
"""One of these stands in whatever a pattern of `_OBJECTS` matches."""
_OBJECTS: Final = {
    SCRAPING: _any(
        r"\b(?:ro)?bots?\b", r"\bspiders?\b", r"\bscrap(?:e|es|ed|er|ers|ing)\b", r"\bcrawl",
        r"\bharvest(?:s|ed|ing)?\b", r"automat(?:ed|ic) (?:means|process|access|tools?|collection)",
        r"automatisiert\w{0,3} (?:abruf|auslesen|abfrage|verfahren|zugriff)", r"\bauslesen\b",
        r"\b(?:robots?|robot d'indexation|aspirat(?:ion|eurs?)|moissonnage)\b",
        r"procede\w{0,2} automatise", r"\baranas?\b", r"\brastre(?:o|ador)", r"\braspado\b",
        r"medios automatizados",
    ),
    TDM: _any(
        r"text[- ]?(?:and|&|und|y|en|et)[- ]?data[- ]?mining", r"text-? (?:and|und|en) data[- ]",
        r"\btdm\b", r"data[- ]?mining", r"data mine\b", r"text mining", r"2019/790", r"\b44 ?b\b",
        r"nutzungsvorbehalt", r"datenanalyse im sinne", r"fouille (?:de|des) (?:textes|donn)",
        r"122-5-3",
        r"mineri?a de (?:textos?|datos)", r"estrazione di (?:testo|dati)", r"datamining",
    ),
    AI: _any(
        r"artificial(?:ly)? intelligen", r"\ba\.?i\.?\b(?!')", r"\bgen(?:erative)?[ -]?ai\b",
        r"machine[- ]?learning", r"deep[- ]learning", r"language models?", r"\bllms?\b",
        r"neural net", r"foundation models?", r"kunstliche\w{0,2} intelligenz", r"\bki\b",
        r"\bki-", r"maschinelle\w? lernen", r"sprachmodell", r"intelligences? artificielles?",
        r"\bia\b", r"apprentissage (?:automatique|machine|profond)", r"modeles? de langage",
        r"modeles? d'ia", r"inteligencia artificial", r"aprendizaje (?:automatico|de maquina)",
        r"modelos? de lenguaje", r"intelligenza artificiale", r"apprendimento automatico",
        r"kunstmatige intelligentie", r"\btrain(?:ing)?\b.{0,60}\bmodels?\b",
    ),
}  # fmt: skip
_FORBIDDEN_ACTS: Final = (
    r"(?:be )?(?:us|scrap|crawl|harvest|train|min|copi|copy|reproduc|access|collect|develop|extract"
    r"|feed|ingest|employ|process|permit|allow|authori|consent|grant|agree)"
)
_REFUSAL: Final = _any(
    r"\b(?:may|must|shall|will) not\b", r"\b(?:can ?not|can't|do not|don't|does not|is not|are not"
    r"|not to|not|never) (?:\w+ly )?" + _FORBIDDEN_ACTS,
    r"\bno (?:part|content|portion|person|one)\b",
    r"\bprohibit", r"\bforbid", r"\breserv(?:e|es|ed|ing|ation)\b", r"\brefus(?:e|es|al)\b",
    r"\bopt(?:s|ed|ing)?[- ]?out\b", r"\bobject(?:s|ion)? to\b", r"\bdisallow",
    r"\bno (?:ai|text|data|tdm|scraping|crawling|machine|training)\b",
    r"\bunder no circumstances\b",
    r"\bwithout (?:\w+ ){0,5}(?:permission|consent|authori[sz]ation|approval|licen[cs]e)",
    r"\b(?:untersagt|verboten|unzulassig|vorbehalten|vorbehalt)\b", r"\bnutzungsvorbehalt",
    r"\bbehalt(?:en)? (?:sich|uns|wir uns)\b",
    r"\bnicht (?:\w+ )?(?:gestattet|erlaubt|zulassig|verwendet|genutzt|gestatten|einverstanden)",
    r"\b(?:durfen|darf) (?:\w+ ){0,4}nicht\b", r"\bwiderspr(?:echen|ich|uch)",
    r"\bkein(?:e|en)? (?:ki|text|data|nutzung)",
    r"\bohne (?:\w+ ){0,5}(?:zustimmung|genehmigung|erlaubnis|einwilligung|lizenz)",
    r"\binterdi(?:t|te|ts|tes|ction)\b", r"\breserv(?:ees|ee|ent|ons)\b", r"\bs'oppose",
    r"\bne (?:peut|peuvent|doit|doivent)\b", r"\bn'(?:est|autorise|autorisons)\b",
    r"\bsans (?:\w+ ){0,5}(?:autorisation|accord|consentement|licence)",
    r"\breservamos\b", r"\bprohib(?:e|id[oa]s?|imos)\b", r"\breserv(?:ad[oa]s?|a)\b",
    r"\bno (?:se )?(?:permit|autori|podra|puede)",
    r"\bsin (?:\w+ ){0,5}(?:autorizacion|permiso|consentimiento|licencia)",
    r"\b(?:vietat[oa]|riservat[oi])\b", r"\b(?:niet toegestaan|verboden|voorbehouden)\b",
)  # fmt: skip
_RESERVATION: Final = _any(
    # Not the noun alone: a page about "the TDM reservation protocol" reserves nothing.
    r"(?<![\w-])reserv(?:es?|ed|ing|ees|ee|ons|ad[oa]s?|amos)\b",
    r"\breservations? of (?:\w+ )?rights?\b", r"vorbehalt",
    r"\bbehalt(?:en)? (?:sich|uns|wir uns)\b", r"\bs'oppose", r"riservat", r"voorbehouden",
    r"\bopt(?:s|ed|ing)?[- ]?out\b",
)  # fmt: skip
_RESERVING: Final = ("reserv", "riserv", "behalt", "oppos", "behoud", "opt")
"""One of these stands in whatever `_RESERVATION` matches."""
_OWN_VOICE: Final = _any(
    r"\b(?:we|our|us|wir|uns|unser\w{0,2}|nous|notre|nos|nuestr[oa]s?|nostr[oaie]|wij|onze)\b",
    r"\b(?:this|these|diese\w?|cette|ces?|est[aeo]s?|quest[aeio]) (?:\w+ )?"
    r"(?:web-? ?sites?|sites?|pages?|publication|work|contents?|webseite"
    r"|angebots?|inhalte?n?|texte?s?|contenus?|sitio|contenidos?|sito|contenuti)\b",
    r"^\W*(?:\w+\W+){0,4}(?:all|alle|any|tous|todos|tutti)\W+(?:\w+\W+){0,3}"
    r"(?:rights|rechten?|droits|derechos|diritti)\b",
    r"^\W*nutzungsvorbehalt", r"\b(?:expressly|explicitly|hereby) (?:reserve[sd]|opts? out)\b",
    r"\breserve[sd] (?:expressly|explicitly)\b", r"\bausdrucklich\b", r"\bexpressement\b",
    r"\bexpresamente\b", r"\bespressamente\b", r"\buitdrukkelijk\b",
    r"^\W*reservations? of (?:\w+ )?rights?\b", r"^\W*(?:tdm|text and data mining) reserv",
)  # fmt: skip
_REPORTED: Final = _any(
    r"\b(?:said|says?|told|tells|according to|argue[sd]?|arguing|claim(?:s|ed)?"
    r"|report(?:s|ed|edly)?|announce[sd]?|explain(?:s|ed)?|court|judges?|lawsuits?|sued|their|they|he|she|who|if|whether"
    r"|can|could|should|would)\b",
    r"\b(?:laut|sagte?|sagen|erklarte?|zufolge|gerichts?|klage|verlage|wer|wenn|ob|konnen|konnten)\b",
    r"\b(?:selon|affirme|declare|explique|leurs?|ils|tribunal|editeurs|peuvent|pourraient|si)\b",
    r"\b(?:segun|afirma|dijo|explica|editores|ellos|pueden|podrian|secondo|editori)\b",
)  # fmt: skip
"""Talk about the reservations of others: what they did, or what one can do."""
_CONDITION: Final = _any(
    r"\bwithout (?:\w+ ){0,5}(?:permission|consent|authori[sz]ation|approval|licen[cs]e|agreement)",
    r"\bunless\b", r"\bexcept (?:as|with|where|for|if)\b", r"\bprior (?:written )?(?:permission|"
    r"consent|approval|authori[sz]ation|agreement)", r"\bsubject to\b", r"\bonly (?:for|with|if)\b",
    r"\bohne (?:\w+ ){0,5}(?:zustimmung|genehmigung|erlaubnis|einwilligung|lizenz)",
    r"\bes sei denn\b", r"\bnur (?:mit|fur|nach)\b", r"\bsans (?:\w+ ){0,5}(?:autorisation|accord|"
    r"consentement|licence)", r"\bsauf\b", r"\bsin (?:\w+ ){0,5}(?:autorizacion|permiso|"
    r"consentimiento|licencia)", r"\bsalvo\b",
)  # fmt: skip
_OFFER: Final = _any(
    r"\bonly (?:with|after|by|under|upon|for|if|to)\b", r"\bfor [\w -]{3,60} only\b",
    r"\brequires? (?:\w+ ){0,6}(?:permission|consent|licen[cs]e|authori[sz]ation|agreement)\b",
    r"\bsubject to (?:\w+ ){0,6}(?:permission|consent|licen[cs]e|agreement|payment|fees?)\b",
    r"\bnur (?:mit|fur|nach)\b", r"\b(?:bedarf|bedurfen|erfordert)\b", r"\buniquement\b",
    r"\bsoumise?s? a\b", r"\bnecessite\b", r"\b(?:solo|unicamente) (?:con|para|previa)\b",
    r"\brequiere\b",
)  # fmt: skip
"""What permits under a condition."""
_TRAINING: Final = _any(r"train", r"fine-?tun", r"\bingest", r"entrain", r"entren", r"addestra")
_LIFTED: Final = _any(
    r"\bnothing (?:in|here)", r"\b(?:is|are|does|do) not (?:prohibit|forbid|restrict|reserve)",
    r"\bnot (?:prohibited|forbidden|restricted|reserved)", r"\bnicht (?:untersagt|verboten|"
    r"vorbehalten)", r"\bn'est pas (?:interdit|reserve)", r"\bno (?:esta|queda) prohibid",
)  # fmt: skip
_BREAK: Final = re.compile(r"[.!?;]['\")\]]?\s+(?=[^\W\d_a-z])|\n\s*\n|\x1e")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that speaks of our matter, and its characters `start` to `end` in the text."""

    start: int
    end: int
    kinds: frozenset[str]
    conditional: bool
    reserves: bool
    """Whether it reserves rights in the voice of the site itself, and does not report of others."""


def fold(text: str) -> str:
    """`text` without accents, a character for each, so that offsets stay true."""
    return text.translate(_FOLDED)


def find_refusals(text: str, *, reserving: bool = False) -> tuple[Sentence, ...]:
    """The sentences of `text` that refuse scraping, mining or AI; never raises.

    A sentence counts when it holds a word of refusal, or of permission under a condition, and the
    thing refused, and does not say that the thing is not refused. Where only those that reserve
    rights are asked for (`reserving`), few others are looked at closely.
    """
    return tuple(islice(_sentences(text[:MAX_TEXT], reserving=reserving), MAX_SENTENCES))


def _sentences(text: str, *, reserving: bool) -> Iterator[Sentence]:
    folded = fold(text)
    for first, last in _spans(folded):
        start, end = _trim(folded, first, last)
        words = " ".join(folded[start:end].replace(FILLER, "").lower().split())
        if reserving and not (any(stem in words for stem in _RESERVING) and _reserves(words)):
            continue
        if not any(stem in words for stem in _STEMS):
            continue
        refused = _REFUSAL.search(words) is not None
        if _LIFTED.search(words) or not (refused or _OFFER.search(words)):
            continue
        kinds = {kind for kind, pattern in _OBJECTS.items() if pattern.search(words)}
        if not refused and not _TRAINING.search(words):
            kinds -= {AI}  # who may use an assistant only for this or that trains nothing
        if kinds:
            conditional = not refused or _CONDITION.search(words) is not None
            yield Sentence(start, end, frozenset(kinds), conditional, _reserves(words))


def _reserves(words: str) -> bool:
    own = _RESERVATION.search(words) is not None and _OWN_VOICE.search(words) is not None
    return own and _REPORTED.search(words) is None


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _BREAK.finditer(text):
        yield from _cut(start, found.start() + 1)
        start = found.end()
    yield from _cut(start, len(text))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the blanks, and what was markup, at both ends."""
    words = text[start:end].replace(FILLER, " ")
    start += len(words) - len(words.lstrip())
    return start, start + len(words.strip())


def _cut(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pieces no longer than a sentence may be, each overlapping the one before by half."""
    while end - start > MAX_SENTENCE:
        yield start, start + MAX_SENTENCE
        start += MAX_SENTENCE // 2
    if start < end:
        yield start, end


def classify(sentences: tuple[Sentence, ...]) -> DpiClass:
    """The class of a page's terms, by everything that its sentences refuse outright."""
    outright = {kind for one in sentences if not one.conditional for kind in one.kinds}
    scraping, mining = SCRAPING in outright, bool(outright & {TDM, AI})
    if scraping and mining:
        return DpiClass.NO_SCRAPING_NO_AI
    if scraping:
        return DpiClass.NO_SCRAPING
    if mining:
        return DpiClass.NO_AI
    return DpiClass.CONDITIONAL if sentences else DpiClass.NONE
