"""Really Simple Licensing: what a declared licence document says of the URL (RSL 1.0).

https://rslstandard.org/rsl (2025-11, errata to 2026-05-27). Heed never acquires a licence: what
costs, needs credit, a class of users, a place or a licence server is a condition. A document that
is declared but cannot be read is one too (decision.md, "Settled questions").
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from crawler.policy.addressed import Audience, concerns_us
from crawler.policy.model import (
    Carrier,
    Evidence,
    Flag,
    Notes,
    Observation,
    Outcome,
    Profile,
    Resource,
    Signal,
    State,
    Statement,
    Strength,
    Use,
)
from crawler.policy.rsl.coverage import Governing
from crawler.policy.rsl.discovery import (
    Declaration,
    Reading,
    read_declarations,
    read_document,
)
from crawler.policy.rsl.document import Content, Payment, Span
from crawler.policy.rsl.terms import AI_USES, Saying, has_unknown_words, read_terms
from crawler.policy.site_file import READABLE, UNREACHABLE, unreachable_statements


def read(observation: Observation) -> tuple[Statement, ...]:
    """Statements of every licence document declared for the observation's URL (RSL 1.0)."""
    return tuple(
        statement
        for declaration in read_declarations(observation)
        for statement in _as_heard(declaration, _read(observation, declaration))
    )


def _as_heard(declaration: Declaration, said: Iterator[Statement]) -> Iterator[Statement]:
    """What is heard: of a licence that peers are offered only what it refuses them."""
    if not declaration.is_peers:
        yield from said
        return
    for one in said:
        if one.state.refuses and concerns_us(Audience.PEER, one.use):
            yield replace(one, strength=Strength.PEER, binds_from=None)


def _read(observation: Observation, declaration: Declaration) -> Iterator[Statement]:
    resource = _resource(observation, declaration)
    if resource is None:
        # Declared, not fetched yet: a strict reader does not act on terms it has not seen.
        yield from _unread(declaration, "licence not read", Strength.LENIENT)
        return
    carrier = Carrier.LICENCE_DOCUMENT
    yield from unreachable_statements(SIGNAL.name, resource, AI_USES, carrier)
    reading = _reading(declaration, resource)
    if reading is not None and reading.document.legible:
        yield from _say(observation, declaration, resource, reading)
    elif resource.outcome not in UNREACHABLE:
        why, flag = _why(resource)
        yield from _unread(declaration, f"licence unreadable: {why}", Strength.BINDING, flag)


def _resource(observation: Observation, declaration: Declaration) -> Resource | None:
    return declaration.resource or observation.files.get(declaration.url)


def _reading(declaration: Declaration, resource: Resource) -> Reading | None:
    if declaration.reading is not None:
        return declaration.reading
    return resource.read_as(read_document) if resource.outcome in READABLE else None


def _why(resource: Resource) -> tuple[str, Flag]:
    blocked = resource.outcome is Outcome.BLOCKED_BY_ROBOTS
    words = "not RSL" if resource.outcome in READABLE else resource.outcome.replace("_", " ")
    return words, Flag.BLOCKED_BY_ROBOTS if blocked else Flag.MALFORMED


def _unread(
    declaration: Declaration, why: str, strength: Strength, *flags: Flag
) -> Iterator[Statement]:
    for use in AI_USES:
        yield Statement(
            signal=SIGNAL.name,
            carrier=declaration.carrier,
            use=use,
            state=State.CONDITIONAL,
            evidence=declaration.evidence,
            strength=strength,
            scope=declaration.url,
            conditions=why,
            flags=frozenset(flags),
            binds_from=Profile.STRICT if strength is Strength.LENIENT else None,
        )


def _governing(observation: Observation, declaration: Declaration, reading: Reading) -> Governing:
    return reading.coverage.governing(observation.url, carried=declaration.carried)


def _say(
    observation: Observation, declaration: Declaration, resource: Resource, reading: Reading
) -> Iterator[Statement]:
    governing = _governing(observation, declaration, reading)
    document = reading.document
    sure, unsure = governing.exact, governing.loose
    if not declaration.exact:
        sure, unsure = (), (*sure, *unsure)
    for content in (one for one in sure if not one.mended):
        for saying in read_terms(content):
            # A grant in a document that breaks its own rules is not relied upon.
            if saying.state is not State.ALLOW or not document.malformed:
                yield _statement(resource, reading, content, saying)
    for content in (*(one for one in sure if one.mended), *unsure):
        yield from _refusals(resource, reading, content)
    if not document.contents:
        yield from _unread(declaration, "licence without content", Strength.BINDING, Flag.MALFORMED)
    if document.broken:
        # What stood behind the break may have been the refusal.
        yield from _unread(declaration, "licence not well-formed", Strength.BINDING, Flag.MALFORMED)


def _refusals(resource: Resource, reading: Reading, content: Content) -> Iterator[Statement]:
    for saying in read_terms(content):
        if saying.state.refuses and saying.binds_from is None:
            yield _statement(resource, reading, content, saying, Strength.LENIENT)


def _statement(
    resource: Resource,
    reading: Reading,
    content: Content,
    saying: Saying,
    strength: Strength = Strength.BINDING,
) -> Statement:
    flags = set(saying.flags)
    if reading.document.malformed:
        flags.add(Flag.MALFORMED)
    if strength is Strength.LENIENT:
        flags.add(Flag.AMBIGUOUS)
    return Statement(
        signal=SIGNAL.name,
        carrier=Carrier.LICENCE_DOCUMENT,
        use=saying.use,
        state=saying.state,
        evidence=_evidence(resource, reading.base, saying.span),
        strength=strength if strength is Strength.LENIENT else saying.strength,
        scope=content.url or "this resource",
        conditions=saying.conditions,
        flags=frozenset(flags),
        binds_from=saying.binds_from,
    )


def _evidence(resource: Resource, base: int, span: Span) -> Evidence:
    start, end = base + span.start, base + span.end
    return Evidence(
        url=resource.url,
        where=f"rsl byte {start}-{end}",
        verbatim=resource.body[start:end].decode("utf-8", "replace"),
        sha256=resource.sha256,
        start=start,
        end=end,
        retrieved_at=resource.retrieved_at,
        status=resource.status,
    )


def note(observation: Observation) -> Notes:
    """What the licences that govern the URL ask: `payment`, `server`, `max_age` (days, 3.2).

    `malformed: true` where a document or a word in it is outside the specification.
    """
    found: dict[str, object] = {}
    ours = (one for one in read_declarations(observation) if not one.is_peers)
    for declaration in ours:
        resource = _resource(observation, declaration)
        reading = _reading(declaration, resource) if resource is not None else None
        if reading is None:
            continue
        governing = _governing(observation, declaration, reading)
        for content in (*governing.exact, *governing.loose):
            _note_content(found, content)
        if reading.document.malformed:
            found["malformed"] = True
        if reading.document.max_age is not None:
            found.setdefault("max_age", reading.document.max_age)
    return found


def _note_content(found: dict[str, object], content: Content) -> None:
    payments = [one for license_ in content.licenses for one in license_.payments]
    if payments:
        found.setdefault("payment", _describe(payments[0]))
    if len(payments) > 1:
        found.setdefault("payments", [_describe(one) for one in payments])
    if content.server:
        found.setdefault("server", content.server)
    if has_unknown_words(content):
        found["malformed"] = True


def _describe(payment: Payment) -> dict[str, str]:
    parts = {"type": payment.type, "currency": payment.currency, "amount": payment.amount}
    return {key: value for key, value in parts.items() if value}


SIGNAL: Final = Signal(
    name="rsl",
    title="RSL licence document",
    carriers=(Carrier.LICENCE_DOCUMENT, Carrier.HTML),
    scope="path pattern",
    uses=(*AI_USES, Use.SEARCH, Use.INDEX),
    spec="https://rslstandard.org/rsl",
    since="2025-11",
    read=read,
    note=note,
)
