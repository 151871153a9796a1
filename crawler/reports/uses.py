"""Counts over all signals: what each use comes to, and where robots.txt and the rest disagree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crawler.policy.model import State, Statement, Use
from crawler.reports.looks import Look, Looks
from crawler.reports.panel import Panel, Site, Version
from crawler.reports.purposes import first_named

USES_SHOWN: Final = (
    Use.TRAIN_GENAI,
    Use.AI_INPUT,
    Use.AI_INDEX,
    Use.TDM,
    Use.SEARCH,
    Use.ARCHIVE,
)
USE_LABELS: Final[Mapping[Use, str]] = {
    Use.CRAWL: "be fetched",
    Use.INDEX: "be indexed",
    Use.SNIPPET: "be quoted in results",
    Use.TRAIN_GENAI: "train generative AI",
    Use.TRAIN_OTHER: "train other AI",
    Use.AI_INPUT: "answer with AI",
    Use.AI_INDEX: "be indexed for AI",
    Use.TDM: "text and data mining",
    Use.SEARCH: "appear in search",
    Use.ARCHIVE: "be archived",
    Use.IMAGE_TRAIN: "train on images",
    Use.IMAGE_AI_INPUT: "answer with images",
}
BY_NAME: Final = "robots_ai_tokens"
"""The column of robots.txt rules that name AI bots; all others are counted beside it."""
COLUMN_LABELS: Final[Mapping[str, str]] = {
    "ai_txt": "ai.txt",
    "content_signal": "Content-Signal",
    "content_usage": "Content-Usage",
    "disallow_ai_training": "DisallowAITraining",
    "license": "License (RSL)",
    "licence_evidence": "licence marks",
    "llms_txt": "llms.txt",
    "natural_language": "plain words",
    "noai": "noai, noimageai, noml",
    "payment_402": "402 and pay per crawl",
    "tdmrep": "TDM Reservation Protocol",
    "trust_txt": "trust.txt",
}

SAYINGS: Final[Mapping[State, str]] = {
    State.DISALLOW: "refused",
    State.CONDITIONAL: "on conditions",
    State.ALLOW: "granted",
    State.UNKNOWN: "nothing said",
}

Found = tuple[Site, Version, Look]


@dataclass(frozen=True, slots=True)
class Row:
    """One signal beside robots.txt: sites that carry it, by what it and robots.txt say."""

    column: str
    cells: Mapping[tuple[bool, State], Sequence[Found]]
    """By whether robots.txt blocks a training bot by name, and by the signal's word on training."""

    @property
    def label(self) -> str:
        """The signal's name for people."""
        return COLUMN_LABELS.get(self.column, self.column.replace("_", " "))


def sort_by_state(panel: Panel, looks: Looks, use: Use, period: int) -> Mapping[State, list[Found]]:
    """Known sites at `period` by the state of `use`."""
    found: dict[State, list[Found]] = {state: [] for state in SAYINGS}
    for site, version in panel.known(period):
        look = looks.at(site, period)
        if look is not None:
            found[look.states[use]].append((site, version, look))
    return found


def deciding(look: Look, use: Use) -> Statement | None:
    """The first statement that decides `use`; None where nothing does."""
    return next(iter(look.deciding.get(use, ())), None)


def find_disagreements(panel: Panel, looks: Looks, training: Sequence[int]) -> list[Row]:
    """For every signal that some site carries beside robots.txt, how the two go together."""
    rows: dict[str, dict[tuple[bool, State], list[Found]]] = {}
    for site, version in panel.known(panel.last):
        look = looks.at(site, panel.last)
        if look is None:
            continue
        blocked = first_named(version, training) is not None
        for column in look.presence:
            if column != BY_NAME:
                state, _ = look.said(column, Use.TRAIN_GENAI)
                cells = rows.setdefault(column, {})
                cells.setdefault((blocked, state), []).append((site, version, look))
    return [Row(column, cells) for column, cells in sorted(rows.items())]
