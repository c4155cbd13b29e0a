"""What the schema refuses, said in a planner's words."""

from __future__ import annotations

from typing import Any

from sim.ground.errors import did_you_mean
from sim.ground.units import split_key

_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}


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
    path = [str(part) for part in error["loc"]]
    key, kind, context = path[-1] if path else "", error["type"], error.get("ctx", {})
    unit = split_key(key)[1].label
    unit = "" if unit == "1" else f" {unit}"
    where = ".".join(path)
    found = _short(error.get("input"))
    if kind in _BOUNDS:
        word, bound = _BOUNDS[kind]
        return f"{where} is {found}; it must be {word} {context[bound]:g}{unit}"
    if kind == "missing":
        return f"{where} is missing; give it{' in' + unit if unit else ''}"
    if kind == "extra_forbidden":
        return f"{where}: '{key}' is not known here"
    if kind == "finite_number":
        return f"{where} is {found}; it must be a finite number"
    if kind in ("float_parsing", "float_type", "int_parsing", "int_type", "int_from_float"):
        whole = "a whole number" if kind.startswith("int") else "a number"
        return f"{where} is {found}; it must be {whole}{unit}"
    if kind in ("literal_error", "enum"):
        allowed = [
            word.strip().strip("'")
            for word in str(context.get("expected", "")).replace(" or ", ",").split(",")
        ]
        return f"{where} is {found}" + did_you_mean(
            str(error.get("input")), [word for word in allowed if word]
        )
    if kind.startswith("datetime") or kind.startswith("date"):
        return f"{where} is {found}; write a date such as 2024-07-15 14:00 (Beijing time)"
    if kind == "string_pattern_mismatch":
        return f"{where} is {found}; an id is a word without blanks, dots, slashes and stars"
    return f"{where} is {found}: {error['msg'][0].lower()}{error['msg'][1:]}"


def _short(value: Any) -> str:
    text = repr(value) if not isinstance(value, dict) else "a mapping"
    return text if len(text) <= 60 else text[:57] + "..."
