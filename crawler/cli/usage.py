"""What is wrong with a command line, in the one sentence that every other error has too."""

from collections.abc import Sequence
from typing import Final, cast

import typer

UsageError: Final = cast("type[Exception]", typer.BadParameter.__mro__[1])
"""Typer has this class from a copy of Click of its own, and gives it no public name."""


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
