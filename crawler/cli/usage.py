"""What is wrong with a command line, in the one sentence that every other error has too."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

import typer

from crawler.config import PREFIX
from crawler.errors import ConfigurationError

UsageError: Final = cast("type[Exception]", typer.BadParameter.__mro__[1])
"""Typer has this class from a copy of Click of its own, and gives it no public name."""

LONGEST_SHOWN: Final = 300


def check_words(words: Sequence[str], environment: Mapping[str, str]) -> None:
    """Raise `ConfigurationError` for an empty word, and for one that is not UTF-8 text.

    Variables of Heed's may be empty, which says nothing; for the rest they are words too.
    """
    for word, before in zip(words, ("", *words), strict=False):
        option, equals, value = word.partition("=")
        if not word or (option.startswith("--") and equals and not value):
            named = option or (before if before.startswith("-") else "")
            raise ConfigurationError(
                f"{f'The value of {named}' if named else 'A word of the command line'} is empty: "
                "leave it out, or say something."
            )
    for called, word in _spoken(words, environment):
        try:
            word.encode()
        except UnicodeEncodeError:
            raise ConfigurationError(
                f"{called} {_shown(word)} is not UTF-8 text: write it in UTF-8, and what belongs "
                "into a URL as %xx."
            ) from None


def _spoken(words: Sequence[str], environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for word in words:
        yield "The word", word
    for name, value in environment.items():
        if name.startswith(PREFIX):
            yield f"The variable {name} =", value


def _shown(word: str) -> str:
    octets = word.encode(errors="surrogateescape")
    return f"'{octets.decode(errors='backslashreplace'):.{LONGEST_SHOWN}}'"


def explain_usage(error: BaseException, words: Sequence[str]) -> str:
    """What `error`, met while reading the command line `words`, says, and where to read more."""
    option = getattr(error, "param", None)
    names = tuple(getattr(option, "opts", ())) if option is not None else ()
    value = _value_of(names, words)
    message = str(getattr(error, "message", error)).strip().rstrip(".")
    if value is not None:
        message = f"{value} cannot be used: {message.removeprefix('Value error, ')}"
    else:
        message = _as_sentence(error)
    context = getattr(error, "ctx", None)
    command = getattr(context, "command_path", "heed")
    return f"{' '.join(message.split())}; see {command} --help."


def _value_of(names: tuple[str, ...], words: Sequence[str]) -> str | None:
    """The option of `names` with the value that it was given last, as on the command line."""
    found = None
    for word, following in zip(words, (*words[1:], ""), strict=True):
        name, equals, value = word.partition("=")
        if name in names and name.startswith("-"):
            found = f"{name} {value if equals else following}".strip()
    return found


def _as_sentence(error: BaseException) -> str:
    format_message = getattr(error, "format_message", None)
    text = str(format_message() if format_message is not None else error)
    return text.strip().rstrip(".")
