"""What page rules mean for each use: noai, noindex, nosnippet and their kin.

Google's robots meta and X-Robots-Tag specification; the Robots-Tag drafts; noai and noimageai
(DeviantArt, 2022-11); noml (noml.info, 2023); DisallowAITraining (draft-canel-robots-ai-control);
NOARCHIVE and NOCACHE as Bing means them (Bing webmaster blog, 2023-09-22). signals.md, section 8.
https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Final

from crawler.policy import html_head
from crawler.policy.ad_hoc_metas import AI_WORDS, Uses, refused_by_content, refused_by_name
from crawler.policy.agents import CATALOGUE, find_agent
from crawler.policy.html_page import html_of
from crawler.policy.model import (
    TRAIN_USES,
    Carrier,
    Flag,
    Notes,
    Observation,
    Profile,
    Signal,
    State,
    Statement,
    Strength,
    Use,
)
from crawler.policy.robots_rules import Audience, Rule, audience, follows_links, read_rules

NAME: Final = "robots_meta"

REFUSED: Final[Mapping[str, Uses]] = {
    **AI_WORDS,
    "noindex": (Use.INDEX, Use.SEARCH),
    "none": (Use.INDEX, Use.SEARCH),
    "noarchive": (Use.ARCHIVE,),
    "nosnippet": (Use.SNIPPET, Use.AI_INPUT),
}
"""Rule words by their own definitions."""
MISSPELT: Final[Mapping[str, Uses]] = {
    **dict.fromkeys(("no-ai", "no_ai", "noais"), AI_WORDS["noai"]),
    **dict.fromkeys(("no-imageai", "no-image-ai", "noaiimage"), AI_WORDS["noimageai"]),
    **dict.fromkeys(("no-ml", "no_ml"), AI_WORDS["noml"]),
    **dict.fromkeys(
        ("disallow-ai-training", "noaitraining", "no-ai-training", "notrain", "no-train"),
        TRAIN_USES,
    ),
    "no-index": REFUSED["noindex"],
    "no-archive": REFUSED["noarchive"],
    "no-snippet": REFUSED["nosnippet"],
}
STRICT_ONLY: Final[Mapping[str, Uses]] = {
    # contract.md: who asks not to be found does not offer a text for training.
    "noindex": (Use.ARCHIVE, *TRAIN_USES),
    "none": (Use.ARCHIVE, *TRAIN_USES),
    "noarchive": (Use.AI_INPUT, Use.TRAIN_GENAI),
    "nocache": (Use.ARCHIVE,),
    "noimageindex": (Use.IMAGE_TRAIN,),
}
LIMITED: Final[Mapping[str, Uses]] = {"nocache": (Use.AI_INPUT, Use.TRAIN_GENAI)}
"""Bing: no more than URL, title and snippet may be shown or trained on."""
GRANTED: Final[Mapping[str, Uses]] = {"allowaitraining": (Use.TRAIN_GENAI,)}

_SEARCH_ENGINES: Final = frozenset(
    {"googlebot", "googlebot-news", "bingbot", "msnbot", "slurp", "duckduckbot", "yandex"}
)
_AGENTS: Final = _SEARCH_ENGINES | {
    name.lower() for agent in CATALOGUE for name in (agent.token, *agent.spellings)
}
"""Names that a meta may bear: any other is no agent's."""
_BING: Final = frozenset({"bingbot", "msnbot"})


def read(observation: Observation) -> tuple[Statement, ...]:
    """Every refusal in page rules: for us by their definitions, for others as peer evidence."""
    return (
        *_read_rules(observation),
        *_read_ad_hoc(observation),
        *_refuse_unread(observation),
    )


def _refuse_unread(observation: Observation) -> Iterator[Statement]:
    """A page with more rules than are read may refuse in those that are not: then it does."""
    page = observation.page
    unread = html_of(page).head.unread if page else None
    if page and unread:
        rule = Rule("", "", "", Carrier.HTML, partial(html_head.evidence, page, unread))
        lenient = rule._replace(strength=Strength.LENIENT, flags=frozenset({Flag.AMBIGUOUS}))
        for use in (Use.ARCHIVE, Use.AI_INPUT, *TRAIN_USES):
            yield _refusal(lenient, use)


def _read_rules(observation: Observation) -> Iterator[Statement]:
    rules = read_rules(observation, _AGENTS)
    own = [rule for rule in rules if audience(rule, observation) is Audience.US]
    limited = any(rule.word == "nocache" for rule in own)
    for rule in own:
        for statement in _own(rule, observation):
            # Bing: noarchive beside nocache is treated as nocache.
            if not (limited and rule.word == "noarchive" and statement.use in LIMITED["nocache"]):
                yield statement
    for rule in rules:
        if audience(rule, observation) is Audience.OTHER:
            yield from _peer(rule)


def _own(rule: Rule, observation: Observation) -> Iterator[Statement]:
    word = _word(rule)
    # That nosnippet bars AI answers is the search engines' meaning, not that of Robots-Tag.
    coined = {Use.AI_INPUT} if word == "nosnippet" and rule.structured else set()
    for use in REFUSED.get(word, ()):
        yield _refusal(rule, use, only_strict=use in coined)
    for use in MISSPELT.get(word, ()):
        flags = rule.flags | {Flag.MALFORMED}
        yield _refusal(rule._replace(strength=Strength.LENIENT, flags=flags), use)
    for use in STRICT_ONLY.get(word, ()):
        yield _refusal(rule, use, only_strict=True)
    for use in LIMITED.get(word, ()):
        yield _refusal(rule, use, State.CONDITIONAL, "limit:snippet", only_strict=True)
    if rule.grants and rule.strength is Strength.BINDING:
        yield from (_refusal(rule, use, State.ALLOW) for use in GRANTED.get(word, ()))
    if _is_over(rule, observation):
        yield from (_refusal(rule, use) for use in REFUSED["noindex"])


def _word(rule: Rule) -> str:
    """The rule's word; a snippet of no length is no snippet."""
    if rule.word == "max-snippet":
        return "nosnippet" if rule.value.strip() in ("0", "+0", "-0", "00") else ""
    return rule.word


def _peer(rule: Rule) -> Iterator[Statement]:
    """What a rule for another agent refuses: AI words as defined, others by what the agent does."""
    word, agent = _word(rule), find_agent(rule.agent)
    uses = AI_WORDS.get(word, ())
    if agent is not None and word in ("noindex", "none", "noarchive", "nocache"):
        uses = agent.uses
    elif rule.agent in _BING and word == "noarchive":
        uses = STRICT_ONLY[word]
    elif rule.agent in _BING and word in LIMITED:
        for use in LIMITED[word]:
            limited = rule._replace(strength=Strength.PEER)
            yield _refusal(limited, use, State.CONDITIONAL, "limit:snippet")
    elif word == "nosnippet" and rule.agent in _AGENTS:
        uses = (Use.AI_INPUT,)
    for use in uses:
        yield _refusal(rule._replace(strength=Strength.PEER), use)


def _refusal(
    rule: Rule,
    use: Use,
    state: State = State.DISALLOW,
    conditions: str = "",
    *,
    only_strict: bool = False,
) -> Statement:
    return Statement(
        signal=NAME,
        carrier=rule.carrier,
        use=use,
        state=state,
        evidence=rule.see(),
        strength=Strength.LENIENT if only_strict else rule.strength,
        conditions=conditions,
        flags=rule.flags,
        binds_from=Profile.STRICT if only_strict else None,
    )


def _read_ad_hoc(observation: Observation) -> Iterator[Statement]:
    page = observation.page
    for tag in html_of(page).head.metas if page else ():
        by_name, by_content = refused_by_name(tag), refused_by_content(tag)
        if page and (by_name or by_content):
            rule = Rule("", "", "", Carrier.HTML, partial(html_head.evidence, page, tag))
            lenient = rule._replace(strength=Strength.LENIENT, flags=frozenset({Flag.MALFORMED}))
            yield from (_refusal(lenient, use) for use in by_name)
            yield from (_refusal(rule, use, only_strict=True) for use in by_content)


def _expires(rule: Rule) -> datetime | None:
    """The moment that `unavailable_after` names: RFC 822, RFC 850 or ISO 8601, or an SF date."""
    if rule.word != "unavailable_after":
        return None
    for read_date in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read_date(rule.value)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _is_over(rule: Rule, observation: Observation) -> bool:
    moment, page = _expires(rule), observation.page
    seen = page.retrieved_at if page else None
    return moment is not None and seen is not None and _utc(seen) >= _utc(moment)


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def note(observation: Observation) -> Notes:
    """`rules` addressed to us, `nofollow`, when the page `expires`, the `hop` of a header.

    An observation is one exchange, and each hop of a redirect has its own: the hop is 0.
    """
    rules = [
        rule
        for rule in read_rules(observation, frozenset())
        if audience(rule, observation) is Audience.US
    ]
    if not rules:
        return {}
    found: dict[str, object] = {"rules": sorted({rule.word for rule in rules})}
    moments = [moment for rule in rules if (moment := _expires(rule))]
    if moments:
        found["expires"] = min(moments, key=_utc).isoformat()
    if not follows_links(observation):
        found["nofollow"] = True
    if any(rule.carrier is Carrier.HEADER for rule in rules):
        found["hop"] = 0
    return found


SIGNAL: Final = Signal(
    name=NAME,
    title="X-Robots-Tag and meta robots: noai, noimageai, noml, noindex …",
    carriers=(Carrier.HEADER, Carrier.HTML),
    scope="response",
    uses=tuple(
        use
        for use in Use
        if any(use in uses for table in (REFUSED, STRICT_ONLY) for uses in table.values())
    ),
    spec="https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag",
    since="2007-07-27",
    read=read,
    note=note,
)
