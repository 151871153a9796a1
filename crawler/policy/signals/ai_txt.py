"""Spawning's ai.txt: which files a data set for training must leave out (de facto, 2023).

https://spawning.ai/ai-txt, read as signals.md section 7 sums it up: robots.txt lines at /ai.txt,
checked when the media are fetched. Several other formats live under the same name, so only a file
with a `User-agent` line and rules counts. No precedence is written down: the most specific
pattern wins, a refusal wins ties.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from crawler.policy.directives import (
    ALLOW,
    DISALLOW,
    MISSPELT_DISALLOW,
    SAME_FIELD,
    USER_AGENT,
)
from crawler.policy.model import (
    TRAIN_USES,
    Carrier,
    Flag,
    Notes,
    Observation,
    Resource,
    Signal,
    State,
    Statement,
    Strength,
)
from crawler.policy.patterns import PatternSet
from crawler.policy.site_file import (
    READABLE,
    Line,
    line_evidence,
    read_lines,
    unreachable_statements,
)
from crawler.policy.spelling import Spellings, escape, path_of, spell

PATH: Final = "/ai.txt"
_RULE_NAMES: Final = (ALLOW, DISALLOW)
_EXTENSION: Final = re.compile(r"\*?(\.[A-Za-z0-9]{1,16})\$?")
_BEGINS_AS_HTML: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*+<")
_BEGINS_AS_JSON: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*+[{\[]")
_HEADING: Final = re.compile(rb"(?:\xef\xbb\xbf|^)#{1,6} ", re.MULTILINE)
_PLAIN_LINE: Final = re.compile(rb"^[^#\s\xef]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Rule:
    line: Line
    allows: bool
    pattern: str
    odd: bool
    """Whether its field name is misspelt."""


@dataclass(frozen=True, slots=True)
class _Group:
    """The rules for some tokens (lower case; none for orphans), ready to be looked up.

    `bent` holds misspelt rules, and patterns that begin in no known way, to be found anywhere in
    a path.
    """

    tokens: frozenset[str]
    extensions: dict[str, list[_Rule]]
    patterns: PatternSet[_Rule]
    bent: PatternSet[_Rule]

    def covering(self, spelt: Spellings, extension: str) -> Iterator[_Rule]:
        """The rules that decide: of one extension, or under the longest pattern."""
        yield from self.extensions.get(extension, ())
        yield from self.patterns.longest(spelt)


def _parse(body: bytes) -> tuple[_Group, ...]:
    groups: list[tuple[set[str], list[_Rule]]] = [(set(), [])]
    for line in read_lines(body):
        name, colon, value = line.text.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        odd = name in MISSPELT_DISALLOW
        name = DISALLOW if odd else SAME_FIELD.get(name, name)
        if name == USER_AGENT and colon:
            if groups[-1][1] or not groups[-1][0]:
                groups.append((set(), []))
            groups[-1][0].add(value.lower())
        elif name in _RULE_NAMES and colon and value:
            groups[-1][1].append(_Rule(line, name == ALLOW, value, odd))
    merged: dict[frozenset[str], list[_Rule]] = {}
    for tokens, rules in groups:
        merged.setdefault(frozenset(tokens), []).extend(rules)
    return tuple(_group(tokens, rules) for tokens, rules in merged.items())


def _group(tokens: frozenset[str], rules: list[_Rule]) -> _Group:
    extensions: dict[str, list[_Rule]] = {}
    patterns: list[tuple[str, _Rule]] = []
    bent: list[tuple[str, _Rule]] = []
    for rule in {(rule.allows, rule.pattern, rule.odd): rule for rule in reversed(rules)}.values():
        extension = _EXTENSION.fullmatch(rule.pattern)
        escaped = escape(rule.pattern.encode("utf-8", "replace"))
        if rule.odd:
            bent.append((escaped if escaped.startswith(("/", "*")) else f"*{escaped}", rule))
        elif extension:
            extensions.setdefault(extension[1].lower(), []).append(rule)
        elif rule.pattern.startswith(("/", "*")):
            patterns.append((escaped, rule))
        else:
            bent.append((f"*{escaped}", rule))
    return _Group(tokens, extensions, PatternSet(tuple(patterns)), PatternSet(tuple(bent)))


def _extension(url: str) -> str:
    """The extension of the URL's path in lower case, with its dot; "" without one."""
    _, dot, extension = path_of(url).partition("?")[0].rpartition(".")
    return f"{dot}{extension}".lower()


def _winner(rules: Iterable[_Rule]) -> _Rule | None:
    return max(rules, key=lambda rule: (len(rule.pattern), not rule.allows), default=None)


def read(observation: Observation) -> tuple[Statement, ...]:
    """Statements about training for the observation's URL, from /ai.txt (Spawning 2023).

    Lines for `*` and for our own token both count. Lines for other agents are peer refusals,
    those above any `User-agent`, and patterns of no known form, lenient ones.
    """
    resource = observation.files.get(PATH)
    if resource is None or resource.outcome not in READABLE:
        return unreachable_statements(SIGNAL.name, resource)
    failed = unreachable_statements(SIGNAL.name, resource)
    groups = resource.read_as(_parse)
    if not _is_opt_out(groups):
        return failed
    return (*failed, *_statements(observation, resource, groups))


def _is_opt_out(groups: tuple[_Group, ...]) -> bool:
    return len(groups) > 1 and any(
        group.extensions or group.patterns.entries or group.bent.entries for group in groups
    )


def _statements(
    observation: Observation, resource: Resource, groups: tuple[_Group, ...]
) -> Iterator[Statement]:
    spelt, extension = spell(observation.url), _extension(observation.url)
    names = (observation.product_token, *observation.alias_tokens)
    ours = {"*", *(name.lower() for name in names)}
    addressed: list[_Rule] = []
    told_peers: dict[tuple[bool, str], _Rule] = {}
    for group in groups:
        covering = tuple(group.covering(spelt, extension))
        if ours & group.tokens:
            addressed += covering
            yield from _further(resource, group, spelt)
        elif group.tokens:
            winner = _winner(covering)
            if winner:
                # One of thousands of agents that are told the same is enough.
                told_peers.setdefault((winner.allows, winner.pattern), winner)
        else:
            yield from _restrict(resource, _winner(covering), Strength.LENIENT, Flag.ORPHAN)
    for rule in told_peers.values():
        yield from _restrict(resource, rule, Strength.PEER)
    yield from _say(resource, _winner(addressed))


def _further(resource: Resource, group: _Group, spelt: Spellings) -> Iterator[Statement]:
    """Refusals that a looser reading finds: bent patterns, other spellings of the path."""
    bent = _winner(group.bent.longest(spelt))
    yield from _restrict(resource, bent, Strength.LENIENT, Flag.MALFORMED)
    for found in group.patterns.further(spelt):
        yield from _restrict(resource, _winner(found), Strength.LENIENT)


def _restrict(
    resource: Resource, rule: _Rule | None, strength: Strength, *flags: Flag
) -> Iterator[Statement]:
    if rule is not None and not rule.allows:
        yield from _say(resource, rule, strength, *flags)


def _say(
    resource: Resource,
    rule: _Rule | None,
    strength: Strength = Strength.BINDING,
    *flags: Flag,
) -> Iterator[Statement]:
    if rule is None:
        return
    for use in TRAIN_USES:
        yield Statement(
            signal=SIGNAL.name,
            carrier=Carrier.SITE_FILE,
            use=use,
            state=State.ALLOW if rule.allows else State.DISALLOW,
            evidence=line_evidence(resource, "ai.txt", rule.line),
            strength=strength,
            scope=rule.pattern,
            flags=frozenset(flags),
        )


def note(observation: Observation) -> Notes:
    """Which of the formats that share the name this is, as `format`; nothing without a file."""
    resource = observation.files.get(PATH)
    if resource is None or resource.outcome not in READABLE or not resource.body.strip():
        return {}
    if _is_opt_out(resource.read_as(_parse)):
        return {"format": "spawning"}
    return _other_format(resource.body)


def _other_format(body: bytes) -> Notes:
    if _BEGINS_AS_HTML.match(body):
        return {"format": "html", "malformed": True}
    if _BEGINS_AS_JSON.match(body):
        return {"format": "json"}
    # A comment looks like a heading; where all lines are comments, nothing is summed up.
    if _HEADING.search(body) and _PLAIN_LINE.search(body):
        return {"format": "aitxt-summary"}
    return {"format": "other"}


SIGNAL: Final = Signal(
    name="ai_txt",
    title="Spawning ai.txt",
    carriers=(Carrier.SITE_FILE,),
    scope="path pattern",
    uses=TRAIN_USES,
    spec="https://spawning.ai/ai-txt",
    since="2023-05",
    read=read,
    note=note,
    site_files=(PATH,),
)
