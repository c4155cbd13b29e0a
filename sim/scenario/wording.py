"""What the schema refuses, said in a planner's words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sim.ground.errors import Origin, Problem, did_you_mean
from sim.ground.units import split_key

_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}
_MAPPING = "a mapping of keys to values"
_SHAPES = {
    "float_parsing": "a number",
    "float_type": "a number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number of fewer digits",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "text",
    "model_type": _MAPPING,
    "dict_type": _MAPPING,
    "list_type": "a list",
    "tuple_type": "a list",
}
_DATE = "is {found}; write a date such as 2024-07-15 14:00 (Beijing time)"
_SAID = {
    "missing": "is missing{given}",
    "too_short": "is empty; it needs at least one entry",
    "extra_forbidden": "is not known here",
    "finite_number": "is {found}; it must be a finite number",
    "date": _DATE,
    "value_error": _DATE,
    "string_pattern_mismatch": "is {found}; an id is a word without blanks, dots, slashes and stars",
}
# The entity in a message: one wildcard with one mistake would else be told once for every match.
_ENTITY = re.compile(r"\b(centres|drivers|hubs|links|nodes|regions|workloads)\.[^.\s:;,']+")


def worded(error: Any) -> str:
    """Return one sentence for an error of the schema: what was found, what is allowed.

    Parameters
    ----------
    error
        One of pydantic's error details: `loc`, `type`, `input`, `ctx`.

    Returns
    -------
    str
        The sentence.
    """
    path = [str(part) for part in error["loc"] if part != "[key]"]
    key, kind, context = path[-1] if path else "", error["type"], error.get("ctx", {})
    unit = split_key(key)[1].label
    unit = "" if unit == "1" else f" {unit}"
    where = ".".join(path)
    found = _short(error.get("input"))
    said = _SAID.get("date" if kind.startswith("date") else kind)
    if said:
        return f"{where} {said.format(found=found, given=f'; give it in{unit}' if unit else '; give it')}"
    if kind in _BOUNDS:
        word, bound = _BOUNDS[kind]
        return f"{where} is {found}; it must be {word} {context[bound]:g}{unit}"
    if kind == "too_long":
        return f"{where} has too many entries; at most {context['max_length']} are read"
    if kind in _SHAPES and error.get("input") is None:
        return f"{where} is empty; it must be {_SHAPES[kind]}"
    if kind in _SHAPES:
        quotes = "; put quotes around it" if kind == "string_type" and not found.startswith("[") else ""
        return f"{where} is {found}; it must be {_SHAPES[kind]}{f' in{unit}' if unit else ''}{quotes}"
    if kind in ("literal_error", "enum"):
        expected = str(context.get("expected", "")).replace(" or ", ",").split(",")
        allowed = [word.strip().strip("'") for word in expected]
        return f"{where} is {found}" + did_you_mean(str(error.get("input"))[:60], filter(None, allowed))
    return f"{where} is {found}: {error['msg'][0].lower()}{error['msg'][1:]}"


def nearest_id(word: str, known: Iterable[str]) -> str:
    """Return a hint of the nearest ids; the id of a link is known by its ends in either order.

    Parameters
    ----------
    word
        What was found.
    known
        The ids that there are.

    Returns
    -------
    str
        As `did_you_mean`.

    Examples
    --------
    >>> nearest_id("tianjin-beijing", ["beijing-tianjin", "tianjin-jinan"])
    "; did you mean 'beijing-tianjin'?"
    """
    ends = sorted(word.split("-"))
    turned = [name for name in known if sorted(name.split("-")) == ends] if len(ends) > 1 else []
    return f"; did you mean '{turned[0]}'?" if turned else did_you_mean(word, known)


def gathered(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems with those of one place that differ in nothing but the entity told once.

    Parameters
    ----------
    problems
        As found: ``centres.*.racks: -3`` gives one for every centre, all at the same place.

    Returns
    -------
    list of Problem
        The first of each kind, which says how many more there are.
    """
    groups: dict[tuple[Origin, str], list[Problem]] = {}
    for problem in dict.fromkeys(problems):
        alike = _ENTITY.sub(r"\1.*", problem.message) if problem.origin.column or not problem.origin.line else ""
        groups.setdefault((problem.origin, alike or problem.message), []).append(problem)
    return [
        group[0] if len(group) == 1
        else Problem(group[0].origin, f"{group[0].message} (and {len(group) - 1} more alike)")
        for group in groups.values()
    ]  # fmt: skip


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    text = repr(value) if not isinstance(value, dict) else "a mapping"
    return text if len(text) <= 60 else text[:57] + "..."
