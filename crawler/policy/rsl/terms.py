"""What the licences of one content mean for each use (RSL 1.0, 3.3 to 3.7).

Readings fixed here, since the specification leaves them open or Heed never meets a condition: a
prohibition outranks a permission; with `permits` present everything it does not list is refused;
`prohibits` alone leaves the rest unknown; several licences are alternatives, so the mildest of
them counts; payment, credit, classes of users, places and licence servers are conditions.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from crawler.policy.model import TRAIN_USES, Flag, Profile, State, Strength, Use
from crawler.policy.rsl.document import Content, License, Payment, Span, Term

AI_USES: Final = (*TRAIN_USES, Use.AI_INPUT, Use.AI_INDEX)
LISTED_USES: Final = (*AI_USES, Use.SEARCH)
"""What a `permits` that does not list it refuses (3.5)."""

TOKENS: Final = {
    "all": (Use.SEARCH, Use.INDEX, *AI_USES),
    "ai-all": AI_USES,
    "ai-train": TRAIN_USES,
    "ai-input": (Use.AI_INPUT,),
    "ai-index": (Use.AI_INDEX,),
    "search": (Use.SEARCH,),
}
"""Usage tokens (3.4.1.1)."""
DRAFT_TOKENS: Final = {
    "train-ai": TRAIN_USES,
    "train-genai": (Use.TRAIN_GENAI,),
    "ai-use": (Use.AI_INPUT,),
    "ai-summarize": (Use.AI_INPUT,),
    "tdm": (Use.TDM,),
    "ai-training": TRAIN_USES,
    "training": TRAIN_USES,
}
"""Tokens of the drafts of 2025 and near misses: their refusals are heard, their grants are not."""
BEYOND_THE_LIST: Final = (Use.SNIPPET, Use.ARCHIVE, Use.TDM)
"""What a prohibition of `all` may mean beside the vocabulary; strict takes it so."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One use and what a licence makes of it, with the bytes that say so."""

    use: Use
    state: State
    span: Span
    conditions: str = ""
    strength: Strength = Strength.BINDING
    flags: frozenset[Flag] = frozenset()
    binds_from: Profile | None = None


@dataclass(frozen=True, slots=True)
class _Condition:
    words: str
    span: Span
    flags: frozenset[Flag] = frozenset()


@dataclass(slots=True)
class _Terms:
    """One licence read: a saying for each use it speaks of, and lenient refusals beside."""

    sayings: dict[Use, Saying] = field(default_factory=dict)
    lenient: list[Saying] = field(default_factory=list)
    crawl: _Condition | None = None


def read_terms(content: Content) -> tuple[Saying, ...]:
    """What `content` says of each use, the alternatives of its licences united."""
    conditions = tuple(_content_conditions(content))
    read = [_read_license(license_, conditions) for license_ in content.licenses]
    if not read and conditions:
        read = [_Terms({use: _conditional(use, conditions[0]) for use in LISTED_USES})]
    lenient = dict.fromkeys(saying for terms in read for saying in terms.lenient)
    return (*_mildest(read), *lenient, *_crawl(read))


def _mildest(read: Iterable[_Terms]) -> tuple[Saying, ...]:
    best: dict[Use, Saying] = {}
    for terms in read:
        for use, saying in terms.sayings.items():
            if use not in best or saying.state.rank < best[use].state.rank:
                best[use] = saying
    return tuple(best.values())


def _crawl(read: list[_Terms]) -> Iterator[Saying]:
    """A price on every crawl, where no alternative lacks it: what a strict reader will not pay."""
    prices = [terms.crawl for terms in read]
    if prices and prices[0] is not None and all(prices):
        saying = _conditional(Use.CRAWL, prices[0])
        yield Saying(
            saying.use, saying.state, saying.span, saying.conditions,
            Strength.LENIENT, saying.flags, Profile.STRICT,
        )  # fmt: skip


def _content_conditions(content: Content) -> Iterator[_Condition]:
    if content.server:
        yield _Condition(f"licence server {content.server}", content.span)
    if content.encrypted:
        yield _Condition("encrypted", content.span)


def _license_conditions(license_: License) -> Iterator[_Condition]:
    for payment in license_.payments:
        if payment.asks:
            flags = frozenset([] if payment.known else [Flag.MALFORMED])
            yield _Condition(_price(payment), payment.span, flags)
    for name, terms in (("permits", license_.permits), ("prohibits", license_.prohibits)):
        for term in terms:
            if term.type not in ("usage", ""):
                yield _Condition(f"{name} {term.type} {' '.join(term.words)}", term.span)


def _price(payment: Payment) -> str:
    return " ".join(
        one for one in ("payment", payment.type, payment.amount, payment.currency) if one
    )


def _conditional(use: Use, condition: _Condition) -> Saying:
    return Saying(use, State.CONDITIONAL, condition.span, condition.words, flags=condition.flags)


def _read_license(license_: License, of_content: tuple[_Condition, ...]) -> _Terms:
    terms = _Terms()
    conditions = (*_license_conditions(license_), *of_content)
    usage = [term for term in license_.permits if term.type in ("usage", "")]
    if usage:
        _permit(terms, usage, conditions)
    elif conditions:
        terms.sayings.update({use: _conditional(use, conditions[0]) for use in LISTED_USES})
    for term in license_.prohibits:
        if term.type in ("usage", ""):
            _prohibit(terms, term)
    for payment in license_.payments:
        if payment.type == "crawl":
            terms.crawl = _Condition(_price(payment), payment.span)
    return terms


def _permit(terms: _Terms, usage: list[Term], conditions: tuple[_Condition, ...]) -> None:
    """Read the `permits` of usage: listed uses, then what leaving the others out refuses."""
    listed = {use: term for term in usage for word in term.words for use in TOKENS.get(word, ())}
    # 3.5: one permits per type, and it names its type; else it refuses but does not grant.
    grants = len(usage) == 1 and usage[0].type == "usage"
    flags = frozenset([] if grants and _all_known(usage[0]) else [Flag.MALFORMED])
    for use, term in listed.items():
        if conditions:
            terms.sayings[use] = _conditional(use, conditions[0])
        elif grants:
            terms.sayings[use] = Saying(use, State.ALLOW, term.span, flags=flags)
    # Where no word was understood, the word that was not may have been about search.
    for use in LISTED_USES if listed else AI_USES:
        if use not in listed:
            terms.sayings[use] = Saying(use, State.DISALLOW, usage[0].span, flags=flags)


def _all_known(term: Term) -> bool:
    return bool(term.words) and all(word in TOKENS for word in term.words)


def _prohibit(terms: _Terms, term: Term) -> None:
    for word in term.words:
        if word in TOKENS and term.type == "usage":
            for use in TOKENS[word]:
                terms.sayings[use] = Saying(use, State.DISALLOW, term.span)
        else:
            terms.lenient += _lenient(word, term)
        if word == "all":
            terms.lenient += [
                Saying(
                    use, State.DISALLOW, term.span, strength=Strength.LENIENT,
                    flags=frozenset({Flag.AMBIGUOUS}), binds_from=Profile.STRICT,
                )
                for use in BEYOND_THE_LIST
            ]  # fmt: skip


def _lenient(words: str, term: Term) -> Iterator[Saying]:
    """Refusals in words of a draft, in another case or spelling, or with commas between them."""
    for word in dict.fromkeys(words.lower().replace("_", "-").split(",")):
        flag = Flag.LEGACY if word in DRAFT_TOKENS else Flag.MALFORMED
        for use in (*TOKENS.get(word, ()), *DRAFT_TOKENS.get(word, ())):
            yield Saying(
                use, State.DISALLOW, term.span,
                strength=Strength.LENIENT, flags=frozenset({flag}),
            )  # fmt: skip


def has_unknown_words(content: Content) -> bool:
    """Whether any usage token or payment type of `content` is outside the vocabulary."""
    return any(
        (term.type in ("usage", "") and not (term.type and _all_known(term)))
        for license_ in content.licenses
        for term in (*license_.permits, *license_.prohibits)
    ) or any(not one.known for license_ in content.licenses for one in license_.payments)
