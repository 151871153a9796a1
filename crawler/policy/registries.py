"""Registries of opt-outs outside the web: how their answers are read. Off by default, no network.

Whoever asks a registry does so elsewhere and hands the answer here; a registry is plugged in by
an object of this protocol. Nothing in Heed asks one unless it is told to.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from crawler.policy.model import (
    TRAIN_USES,
    Carrier,
    Evidence,
    Flag,
    Resource,
    State,
    Statement,
    Strength,
    Use,
)

MAX_ENTRIES: Final = 10_000


class Registry(Protocol):
    """A registry's way of answering; implementations are pure and never raise."""

    @property
    def name(self) -> str:
        """The name that its statements carry."""

    def read(self, answer: Resource, about: str) -> tuple[Statement, ...]:
        """Read `answer`, as it was fetched, into statements about the URL or code `about`."""


@dataclass(frozen=True, slots=True)
class SpawningRegistry:
    """The Do Not Train registry's answer for URLs: `{"urls": [{"url": …, "optOut": true}]}`.

    Spawning's opts API, as datadiligence reads it; only an explicit opt-out says anything.
    """

    name: str = "spawning_registry"

    def read(self, answer: Resource, about: str) -> tuple[Statement, ...]:
        """Refusals of training for `about`; absence of an entry is no grant."""
        return tuple(
            _statement(self.name, answer, use, State.DISALLOW, row)
            for row in _rows(_json(answer.body))
            if row.get("url") == about and _truth(row.get("optOut")) is True
            for use in TRAIN_USES
        )


def _rows(value: object) -> Iterator[Mapping[str, object]]:
    rows = value.get("urls") if isinstance(value, Mapping) else value
    for row in rows[:MAX_ENTRIES] if isinstance(rows, list) else ():
        if isinstance(row, Mapping):
            yield row


@dataclass(frozen=True, slots=True)
class TdmAiRegistry:
    """A TDM·AI declaration (docs.tdmai.org, 2025-11-04), bound to an ISCC code."""

    name: str = "tdmai"

    def read(self, answer: Resource, about: str) -> tuple[Statement, ...]:
        """Statements of the declaration in `answer`, whatever work `about` names."""
        declaration = _json(answer.body)
        if not isinstance(declaration, Mapping):
            return ()
        return read_declaration(declaration, answer.url or about)


_TRAINING: Final = (Use.TDM, *TRAIN_USES)
_LABELS: Final[tuple[tuple[str, tuple[Use, ...], tuple[str, ...]], ...]] = (
    ("all", (Use.TDM,), ()),
    ("train-ai", TRAIN_USES, ("all",)),
    ("train-genai", (Use.TRAIN_GENAI,), ("train-ai", "all")),
    ("ai-use", (Use.AI_INPUT,), ("all",)),
    ("search", (Use.SEARCH,), ("all",)),
)
"""Label, the uses it speaks of, and the parents that answer where it is silent (vocab-02)."""
_OLDER_LABEL: Final = "TDMAI"
_WORDS: Final = {"true": True, "false": False}
_REFUSING: Final = frozenset({"n", "no", "0", "disallow", "deny", "denied", "reserved", "none"})


def read_declaration(declaration: Mapping[str, object], url: str) -> tuple[Statement, ...]:
    """Read the labels of a TDM·AI declaration; values are "true"/"false", as text or as JSON.

    A parent answers for a silent child. Values of another spelling can only refuse, flagged
    malformed; the older shape (`TDMAI`) speaks of mining and training.
    """
    found: dict[Use, Statement] = {}
    for label, uses, parents in _LABELS:
        spoken = next((key for key in (label, *parents) if key in declaration), None)
        if spoken is not None:
            for use in uses:
                for statement in _declared(declaration, spoken, use, url):
                    found[use] = statement
    older = (
        statement
        for use in _TRAINING
        if _OLDER_LABEL in declaration
        for statement in _declared(declaration, _OLDER_LABEL, use, url)
    )
    return (*found.values(), *older)


def is_malformed(declaration: Mapping[str, object]) -> bool:
    """Whether a label of the declaration has a value that is neither true nor false."""
    labels = (_OLDER_LABEL, *(label for label, _, _ in _LABELS))
    return any(_truth(declaration[label]) is None for label in labels if label in declaration)


def _declared(
    declaration: Mapping[str, object], label: str, use: Use, url: str
) -> Iterator[Statement]:
    value = declaration[label]
    truth = _truth(value)
    answer = Resource(url, status=None)
    row = {label: value}
    if truth is not None:
        yield _statement("tdmai", answer, use, State.ALLOW if truth else State.DISALLOW, row)
    elif str(value).strip().lower() in (*_REFUSING, "false"):
        refusal = _statement("tdmai", answer, use, State.DISALLOW, row)
        flags = frozenset({Flag.MALFORMED})
        yield replace(refusal, strength=Strength.LENIENT, flags=flags)


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return _WORDS.get(value) if isinstance(value, str) else None


def _statement(
    name: str, answer: Resource, use: Use, state: State, row: Mapping[str, object]
) -> Statement:
    return Statement(
        signal=name,
        carrier=Carrier.REGISTRY,
        use=use,
        state=state,
        evidence=Evidence(
            url=answer.url,
            where=f"registry {name}",
            verbatim=json.dumps(row, ensure_ascii=False, default=str),
            sha256=answer.sha256 if answer.body else "",
            retrieved_at=answer.retrieved_at,
            status=answer.status,
        ),
        scope="file",
    )


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


REGISTRIES: Final[tuple[Registry, ...]] = (SpawningRegistry(), TdmAiRegistry())
"""The registries whose answers Heed can read; none of them is asked by default."""
