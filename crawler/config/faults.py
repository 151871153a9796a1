"""What is wrong with a `heed.toml`: every fault as one sentence with key, value and remedy."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

SHOWN: Final = 120
TYPES: Final = {
    "string_type": "it must be text in quotes",
    "int_type": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "float_type": "it must be a number",
    "bool_type": "it must be true or false",
    "list_type": "it must be a list in brackets",
    "dict_type": "it must be a table",
    "model_type": "it must be a table",
    "finite_number": "it must be a finite number",
    "string_too_short": "it is empty",
}
"""What pydantic's kinds of error mean in terms of TOML."""

Place = tuple[int | str, ...]


def explain(
    error: ValidationError, model: type[BaseModel], document: Mapping[str, Any]
) -> list[str]:
    """All that pydantic found in `document`, a sentence each, in the order of the file."""
    return [_explain_one(one, model, document) for one in error.errors()]


def _explain_one(one: ErrorDetails, model: type[BaseModel], document: Mapping[str, Any]) -> str:
    place = _plain_place(one["loc"], document)
    section = _section_at(model, place[:-1])
    called = name_place(place, document)
    if one["type"] == "extra_forbidden":
        hint = did_you_mean(str(place[-1]), _known_beside(section))
        return f"{called} = {show(one['input'])} is no key of Heed's: {hint}"
    field = _field_at(model, place)
    if one["type"] == "missing":
        return f"{called} is missing: write {_example(place, field)}."
    return (
        f"{called} = {show(one['input'])} cannot be used: {_why(one)}{_instead(one, place, field)}."
    )


def _why(one: ErrorDetails) -> str:
    if one["type"] == "value_error":
        return str(one["ctx"]["error"])
    bound = one["msg"].replace("Input should be", "it must be")
    return TYPES.get(one["type"], bound)


def _instead(one: ErrorDetails, place: Place, field: FieldInfo | None) -> str:
    """The example, where the reason does not hold the remedy already."""
    if one["type"] == "value_error" or field is None:
        return ""
    return f"; write it like {_example(place, field)}"


def _plain_place(place: Place, document: Mapping[str, Any]) -> Place:
    """The keys of the file only: pydantic also names branches of its own types."""
    found: list[int | str] = []
    here: Any = document
    for step in place:
        if isinstance(here, Mapping):
            found.append(step)
            here = here.get(step)
        elif isinstance(here, list) and isinstance(step, int):
            found.append(step)
            here = here[step] if step < len(here) else None
    return tuple(found)


def name_place(place: Place, document: Mapping[str, Any]) -> str:
    """A key as the operator finds it: `[[crawl]] 2 "nightly": seeds[1]`."""
    if len(place) > 1 and isinstance(place[1], int):
        entry = document[str(place[0])][place[1]]
        name = entry.get("name") if isinstance(entry, Mapping) else None
        named = f' "{name}"' if isinstance(name, str) else ""
        rest = _dotted(place[2:])
        return f"[[{place[0]}]] {place[1] + 1}{named}" + (f": {rest}" if rest else "")
    return f"[{place[0]}] {_dotted(place[1:])}" if len(place) > 1 else str(place[0])


def _dotted(place: Place) -> str:
    text = ""
    for step in place:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def show(value: object) -> str:
    """A value as an operator would know it again, cut where it is long."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """The nearest of `known`, or all of them, as the end of a sentence."""
    near = get_close_matches(word.lower(), [one.lower() for one in known], n=1, cutoff=0.6)
    if near:
        return f"did you mean {next(one for one in known if one.lower() == near[0])}?"
    return f"there are {', '.join(known)}."


def _known_beside(section: type[BaseModel] | None) -> list[str]:
    return sorted(section.model_fields) if section is not None else []


def _example(place: Place, field: FieldInfo | None) -> str:
    examples = (field.examples if field else None) or ["…"]
    named = next((str(step) for step in reversed(place) if isinstance(step, str)), "")
    meaning = f" ({field.description.rstrip('.')})" if field and field.description else ""
    return f"{named} = {_as_toml(examples[0])}{meaning}"


def _as_toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_as_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _section_at(model: type[BaseModel], place: Place) -> type[BaseModel] | None:
    here: type[BaseModel] | None = model
    for step in place:
        if isinstance(step, str):
            field = here.model_fields.get(step) if here is not None else None
            here = _model_of(field.annotation) if field is not None else None
    return here


def _field_at(model: type[BaseModel], place: Place) -> FieldInfo | None:
    named = [step for step in place if isinstance(step, str)]
    section = _section_at(model, tuple(named[:-1]))
    return section.model_fields.get(named[-1]) if section is not None and named else None


def _model_of(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_of(arg))), None)
