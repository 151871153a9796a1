"""The language that a text is written in, by py3langid's shipped model."""

from functools import cache
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier

SAMPLE: Final = 2_000
"""Characters that are looked at; more of them changed no answer on pages of the wild."""

UNDETERMINED: Final = "und"
DIGITS: Final = 4
"""Beyond them the score depends on the machine's arithmetic."""


def identify(text: str) -> tuple[str, float]:
    """The language of `text` (ISO 639-1) and how sure that is, from 0 to 1.

    The same text always gives the same answer; a text without a letter gives ("und", 0.0).
    """
    sample = text[:SAMPLE]
    if not any(map(str.isalpha, sample)):
        return UNDETERMINED, 0.0
    language, score = _identifier().classify(sample)
    return str(language), round(float(score), DIGITS)


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
