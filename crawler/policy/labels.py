"""The labels of usage preferences, today's and yesterday's, and the uses that each is about.

AIPREF's vocabulary changed with every revision (vocab-00 to -07), and publishers write one
vocabulary's labels under the other's name. Today's labels bind; any other legible refusal is kept
as lenient and flagged, and no other grant counts (decision.md, "legacy AIPREF labels").
"""

from collections.abc import Mapping
from typing import Final

from crawler.policy.model import TRAIN_USES, Flag, Use

Vocabulary = Mapping[str, tuple[Use, ...]]

AIPREF: Final[Vocabulary] = {"train-ai": (Use.TRAIN_GENAI,), "search": (Use.SEARCH,)}
"""draft-ietf-aipref-vocab-07, section 5."""

CONTENT_SIGNALS: Final[Vocabulary] = {
    "search": (Use.SEARCH,),
    "ai-input": (Use.AI_INPUT,),
    "ai-train": TRAIN_USES,
}
"""contentsignals.org."""

_EVERY_AI_USE: Final = (Use.TDM, *TRAIN_USES, Use.AI_INPUT, Use.AI_INDEX)
LEGACY: Final[Vocabulary] = {
    "all": _EVERY_AI_USE,
    "bots": _EVERY_AI_USE,
    "tdm": (Use.TDM,),
    "ai": TRAIN_USES,
    "genai": (Use.TRAIN_GENAI,),
    "train-genai": (Use.TRAIN_GENAI,),
    "inference": (Use.AI_INPUT,),
    "ai-use": (Use.AI_INPUT,),
    "ai-output": (Use.AI_INPUT,),
}
"""Labels of vocab-00 to vocab-04 that vocab-07 no longer has."""

_RSL: Final[Vocabulary] = {
    "ai-all": (*TRAIN_USES, Use.AI_INPUT, Use.AI_INDEX),
    "ai-index": (Use.AI_INDEX,),
}

REFUSING_WORDS: Final = frozenset(
    {"n", "no", "0", "?0", "false", "none", "never", "off", "deny", "denied", "disallow",
     "disallowed", "prohibited", "forbidden", "reserved", "refused", "blocked"}
)  # fmt: skip
"""Values that refuse, in whichever vocabulary they belong to."""


def split_member(text: str) -> tuple[str, str, str]:
    """The label, the sign and the value of `label=value`, or of the `label:value` that was meant.

    The sign is "" where there is neither.
    """
    return text.partition("=") if "=" in text else text.partition(":")


def foreign_uses(label: str, own: Vocabulary) -> tuple[tuple[Use, ...], frozenset[Flag]]:
    """Uses of a `label` that is not of the vocabulary `own`, and the flag that says so.

    Nothing for labels of `own`, and for those that no vocabulary has.
    """
    if label in own:
        return (), frozenset()
    if label in LEGACY:
        return LEGACY[label], frozenset({Flag.LEGACY})
    for vocabulary in (AIPREF, CONTENT_SIGNALS, _RSL):
        if label in vocabulary:
            return vocabulary[label], frozenset({Flag.CROSS_VOCABULARY})
    return (), frozenset()
