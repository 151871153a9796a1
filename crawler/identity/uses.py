"""What the vocabulary of uses and profiles means, in words for those whose pages are visited."""

from collections.abc import Mapping
from typing import Final

from crawler.policy.model import Profile, Use

USE_WORDS: Final[Mapping[Use, str]] = {
    Use.CRAWL: "being fetched at all",
    Use.INDEX: "building an index",
    Use.SEARCH: "showing up in search results",
    Use.SNIPPET: "quoting in search results",
    Use.ARCHIVE: "keeping an archive",
    Use.AI_INDEX: "building an index for AI answers",
    Use.AI_INPUT: "giving AI systems something to answer from",
    Use.TRAIN_GENAI: "training generative AI",
    Use.TRAIN_OTHER: "training other machine learning models",
    Use.TDM: "text and data mining",
    Use.IMAGE_TRAIN: "training AI on images",
    Use.IMAGE_AI_INPUT: "giving AI systems images to answer from",
}

PROFILE_WORDS: Final[Mapping[Profile, str]] = {
    Profile.LITERAL: "A refusal counts where it is written as its specification says.",
    Profile.STANDARD: (
        "A refusal counts where it is written as its specification says, and also where it is "
        "misspelt, out of date or incomplete but its meaning is plain."
    ),
    Profile.STRICT: (
        "Every refusal that can be understood counts: also one that is misspelt, out of date, "
        "in plain words, or addressed to another crawler that does the same work."
    ),
}
