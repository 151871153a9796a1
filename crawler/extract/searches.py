"""trafilatura's searches, put once to all elements that say the same; they find the same.

A third of an extraction are XPath searches for elements whose `id` or `class` matches a regular
expression: libxml2 calls into Python for each element, several times. A page has a thousand
elements, but they differ in hardly a hundred ways in what such a search is about, which is their
name and a few of their attributes. So its predicates are put, in Python, to one of each kind.

That can be done where they speak of an element's own name and attributes. A last one that says
more is asked of the elements that are left; any other search stays as it is.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Final, cast

from lxml.etree import XPath, _Element

from crawler.extract.predicates import (
    NAME,
    Kind,
    Predicate,
    UnknownFormError,
    all_of,
    any_of,
    read_predicate,
)

Elements = list[_Element]

_LITERAL: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_STEP: Final = rf"\s*\.//(?:\*|{NAME})(?:\s*\[[^][]*\])*\s*"
_SEARCH: Final = re.compile(
    rf"(?P<siblings>{_STEP})\[1\]\s*|"
    rf"\s*\((?P<first>{_STEP}(?:\|{_STEP})*)\)\[1\]\s*|"
    rf"(?P<all>{_STEP}(?:\|{_STEP})*)"
)
_PARTS: Final = re.compile(rf"\.//(?P<name>\*|{NAME})|\[(?P<predicate>[^][]*)\]")
_ANY_OF: Final = re.compile(rf"\s*self::{NAME}(?:\s+or\s+self::{NAME})*\s*")
_SELF: Final = re.compile(rf"self::({NAME})")
_ATTRIBUTE: Final = re.compile(rf"@({NAME})")


def quicken(*modules: ModuleType) -> None:
    """Replace every compiled search in `modules`, alone or in a list, by an equal, faster one.

    Lists are changed in place, since modules share them.
    """
    for module in modules:
        for name, value in vars(module).items():
            if isinstance(value, XPath):
                setattr(module, name, quickened(value))
            elif isinstance(value, list) and value and isinstance(value[0], XPath):
                value[:] = map(quickened, value)


def quickened(search: XPath) -> "XPath | SearchByKind":
    """A search that finds what `search` finds."""
    try:
        return SearchByKind(search.path)
    except UnknownFormError:
        return search


class SearchByKind:
    """A search below an element, its predicates put to one element of each kind."""

    def __init__(self, path: str) -> None:
        """Raises `UnknownFormError` where `path` is of another form."""
        self.path = path
        form, steps = _parse(path)
        self._choose = _CHOICES[form]
        self._further = _take_further(steps)
        self._sought = any_of([step.as_predicate() for step in steps])
        self._names = frozenset[str]().union(*(step.names() for step in steps))
        self._attributes = frozenset(_ATTRIBUTE.findall(path))

    def __call__(self, tree: _Element) -> Elements:
        """The elements below `tree` that are searched for, in their order."""
        elements = list(tree.iterdescendants(*self._names))
        wanted = self._attributes
        # HTML has no names or values in bytes, though lxml's types allow for them.
        kinds = cast(
            "list[Kind]",
            [
                (element.tag, *[item for item in element.items() if item[0] in wanted])
                for element in elements
            ],
        )
        sought = set(filter(self._is_sought, set(kinds)))
        found = [element for element, kind in zip(elements, kinds, strict=True) if kind in sought]
        if self._further is not None:
            found = list(filter(self._further, found))
        return self._choose(found)

    def _is_sought(self, kind: Kind) -> bool:
        name, *attributes = kind
        said = dict(attributes)
        return self._sought(name, said)


@dataclass
class _Step:
    """`.//name[predicate]…`, the name "*" for any."""

    name: str
    predicates: list[str]

    def names(self) -> list[str]:
        """Of all elements that it can find; "*" for any."""
        if self.name == "*" and self.predicates and _ANY_OF.fullmatch(self.predicates[0]):
            return _SELF.findall(self.predicates[0])
        return [self.name]

    def as_predicate(self) -> Predicate:
        """Whether it finds an element; raises `UnknownFormError`."""
        tests = [read_predicate(predicate) for predicate in self.predicates]
        if self.name != "*":
            tests.insert(0, lambda name, _: name == self.name)
        return all_of(tests)


def _parse(path: str) -> tuple[str, list[_Step]]:
    """The key of `_CHOICES` and the steps of the union that `path` chooses from."""
    # Brackets in literals are none. As long as before, so that places stay where they were.
    bare = _LITERAL.sub(lambda literal: "''".ljust(len(literal[0])), path)
    form = _SEARCH.fullmatch(bare)
    if form is None:
        raise UnknownFormError(path)
    steps: list[_Step] = []
    for part in _PARTS.finditer(bare, *form.span(str(form.lastgroup))):
        if part["name"]:
            steps.append(_Step(part["name"], []))
        else:
            steps[-1].predicates.append(path[slice(*part.span("predicate"))])
    return str(form.lastgroup), steps


def _take_further(steps: list[_Step]) -> XPath | None:
    """The last predicate of a single step, taken off where it also asks what is in an element."""
    if len(steps) > 1 or not steps[0].predicates or ".//" not in steps[0].predicates[-1]:
        return None
    further = steps[0].predicates.pop()
    # With attributes instead it must be readable: then it says yes or no, and does not count.
    read_predicate(further.replace(".//", "@"))
    return XPath(
        f"boolean(self::*[{further}])",
        namespaces={"re": "http://exslt.org/regular-expressions"},
    )


def _first(elements: Elements) -> Elements:
    return elements[:1]


def _first_of_siblings(elements: Elements) -> Elements:
    firsts: dict[_Element | None, _Element] = {}
    for element in elements:
        firsts.setdefault(element.getparent(), element)
    return list(firsts.values())


_CHOICES: Final[Mapping[str, Callable[[Elements], Elements]]] = {
    "all": list,
    "first": _first,
    "siblings": _first_of_siblings,
}
