"""What XPath says of one element's own name and attributes, as a function in Python.

The part of XPath 1.0 that is read: `or`, `and`, `not()`, `=`, `|` between attributes, `self::name`,
`contains()`, `starts-with()`, `translate()` and EXSLT's `re:test()`, with literals as arguments.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

NAME: Final = r"[A-Za-z][\w-]*"
_TOKEN: Final = re.compile(
    rf"\s*(?P<token>@{NAME}|self::{NAME}|[a-z:-]+\(|or\b|and\b|'[^']*'|\"[^\"]*\"|[(),=|])\s*"
)


class UnknownFormError(ValueError):
    """A predicate that is not read here."""


Kind = tuple[str, *tuple[tuple[str, str], ...]]
"""An element's name and those of its attributes that are asked about, in their order."""

Predicate = Callable[[str, Mapping[str, str]], bool]
"""Of an element's name, and of its attributes in their order."""

Text = Callable[[Mapping[str, str]], str]


def read_predicate(text: str) -> Predicate:
    """Whether an element is one that `text`, what stands in a predicate's brackets, is true of.

    Raises `UnknownFormError` where it says more than is read here.
    """
    reader = _Reader(_tokens(text))
    predicate = reader.read_or()
    reader.expect("")
    return predicate


def _tokens(text: str) -> list[str]:
    tokens = []
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise UnknownFormError(text[at:])
        tokens.append(token["token"])
        at = token.end()
    return tokens


class _Reader:
    """Recursive descent over tokens, a method a rule of the grammar."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens[::-1]

    def _next(self) -> str:
        return self._tokens[-1] if self._tokens else ""

    def _take(self) -> str:
        return self._tokens.pop() if self._tokens else ""

    def _took(self, token: str) -> bool:
        return self._next() == token and bool(self._take())

    def expect(self, token: str) -> None:
        """Take `token`; "" is the end."""
        if self._take() != token:
            raise UnknownFormError(token)

    def read_or(self) -> Predicate:
        """`and ("or" and)*`."""
        terms = [self._read_and()]
        while self._took("or"):
            terms.append(self._read_and())
        return any_of(terms)

    def _read_and(self) -> Predicate:
        terms = [self._read_term()]
        while self._took("and"):
            terms.append(self._read_term())
        return all_of(terms)

    def _read_term(self) -> Predicate:
        token = self._next()
        if token in ("(", "not("):
            self._take()
            inner = self.read_or()
            self.expect(")")
            return inner if token.startswith("(") else lambda name, said: not inner(name, said)
        if token.startswith("self::"):
            wanted = self._take().removeprefix("self::")
            return lambda name, _: name == wanted
        if token in _TESTS:
            return self._read_test()
        if token.startswith("@"):
            return self._read_attributes()
        raise UnknownFormError(token)

    def _read_test(self) -> Predicate:
        make = _TESTS[self._take()]
        of = self._read_text()
        arguments = []
        while self._took(","):
            arguments.append(self._read_literal())
        self.expect(")")
        try:
            test = make(*arguments)
        except (TypeError, re.error) as error:  # as many arguments as no such function has
            raise UnknownFormError(str(error)) from error
        return lambda _, said: test(of(said))

    def _read_attributes(self) -> Predicate:
        names = self._read_names()
        if not self._took("="):
            return any_of([_has(name) for name in names])
        value = self._read_literal()
        return any_of([_equals(name, value) for name in names])

    def _read_text(self) -> Text:
        if not self._took("translate("):
            return _first_of(self._read_names())
        of = self._read_text()
        self.expect(",")
        before = self._read_literal()
        self.expect(",")
        after = self._read_literal()
        self.expect(")")
        # The first of what is named twice counts, and what has no counterpart goes (section 4.2).
        pairs = zip(before, [*after, *[""] * len(before)], strict=False)
        table = {ord(old): new for old, new in reversed(list(pairs))}
        return lambda said: of(said).translate(table)

    def _read_names(self) -> list[str]:
        names = [self._read_name()]
        while self._took("|"):
            names.append(self._read_name())
        return names

    def _read_name(self) -> str:
        token = self._take()
        if not token.startswith("@"):
            raise UnknownFormError(token)
        return token.removeprefix("@")

    def _read_literal(self) -> str:
        token = self._take()
        if token[:1] not in ("'", '"'):
            raise UnknownFormError(token)
        return token[1:-1]


def any_of(terms: list[Predicate]) -> Predicate:
    """Whether one of `terms` is true, asked in turn."""

    def holds(name: str, said: Mapping[str, str]) -> bool:
        # A generator for any() takes longer than most of the terms.
        for term in terms:  # noqa: SIM110
            if term(name, said):
                return True
        return False

    return terms[0] if len(terms) == 1 else holds


def all_of(terms: list[Predicate]) -> Predicate:
    """Whether all of `terms` are true, asked in turn."""

    def holds(name: str, said: Mapping[str, str]) -> bool:
        for term in terms:  # noqa: SIM110 (as above)
            if not term(name, said):
                return False
        return True

    return terms[0] if len(terms) == 1 else holds


def _has(attribute: str) -> Predicate:
    return lambda _, said: attribute in said


def _equals(attribute: str, value: str) -> Predicate:
    return lambda _, said: said.get(attribute) == value


def _first_of(names: list[str]) -> Text:
    """The value of the one that stands first in the element, "" without any (section 4.2)."""
    if len(names) == 1:
        (name,) = names
        return lambda said: said.get(name, "")
    wanted = frozenset(names)
    return lambda said: next((value for name, value in said.items() if name in wanted), "")


def _matches(sought: str, flags: str = "") -> Callable[[str], bool]:
    pattern = re.compile(sought, re.IGNORECASE if "i" in flags else 0)
    return lambda text: pattern.search(text) is not None


def _contains(sought: str) -> Callable[[str], bool]:
    return lambda text: sought in text


def _starts_with(sought: str) -> Callable[[str], bool]:
    return lambda text: text.startswith(sought)


_TESTS: Final[Mapping[str, Callable[..., Callable[[str], bool]]]] = {
    "re:test(": _matches,
    "contains(": _contains,
    "starts-with(": _starts_with,
}
