"""Refusals in metas that no vocabulary has: `<meta name="noai">`, `<meta name="ai" content="no">`.

Two kinds with opposite polarity. A name that is a word of refusal refuses unless its content
takes it back; a name that is a topic refuses where its content says so. Neither ever grants.
"""

import re
from collections.abc import Mapping
from typing import Final

from crawler.policy.html_head import HeadTag
from crawler.policy.model import TRAIN_USES, Use

Uses = tuple[Use, ...]

AI_WORDS: Final[Mapping[str, Uses]] = {
    "noai": (*TRAIN_USES, Use.AI_INPUT),
    "noimageai": (Use.IMAGE_TRAIN, Use.IMAGE_AI_INPUT),
    "noml": TRAIN_USES,
    "disallowaitraining": (Use.TRAIN_GENAI,),
}
"""Words that refuse by being said: rules of a robots meta, and names that metas are given."""
TOPICS: Final[Mapping[str, Uses]] = {
    **dict.fromkeys(
        ("ai", "ai-license", "ai-licence", "ai-policy", "ai-usage"), (*TRAIN_USES, Use.AI_INPUT)
    ),
    **dict.fromkeys(("ai-training", "ai-train"), TRAIN_USES),
    "genai": (Use.TRAIN_GENAI, Use.AI_INPUT),
}
_NO: Final = re.compile(
    r"(?:(?:ai|genai|ml|tdm|train(?:ing)?|ai-train(?:ing)?)\s*[:=]\s*)?"
    r"(?:n|no|none|false|0|deny|denied|disallow(?:ed)?|forbid(?:den)?|prohibit(?:ed)?|reserved"
    r"|opt-?out|no-?ai|no-?train(?:ing)?|no-?ml|disallowaitraining)"
)
_BETWEEN: Final = re.compile(r"[,;\s]+")
_TAKES_BACK: Final = frozenset({"n", "no", "false", "0", "off", "allow", "allowed"})


def refused_by_name(tag: HeadTag) -> Uses:
    """What a meta refuses by its name alone, whichever attribute names it."""
    if tag.get("content").lower() in _TAKES_BACK:
        return ()
    return tuple(dict.fromkeys(use for name in tag.names for use in AI_WORDS.get(name, ())))


def refused_by_content(tag: HeadTag) -> Uses:
    """What a meta named after a topic refuses by some word of its content."""
    uses = tuple(dict.fromkeys(use for name in tag.names[1:] for use in TOPICS.get(name, ())))
    words = _BETWEEN.split(tag.get("content").lower()) if uses else ()
    return uses if any(_NO.fullmatch(word) for word in words) else ()
