"""Which field of the schema a written key means, and a written value in that field's unit."""

from __future__ import annotations

import types
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from sim.ground.errors import did_you_mean
from sim.ground.units import Unit, UnitError, parse, split_key
from sim.scenario.entities import Section


class KeyProblem(ValueError):
    """A key that the schema does not know, or a value that its unit does not allow."""


@dataclass(frozen=True)
class Place:
    """A place of the schema: the key as the schema spells it, and what may stand there."""

    key: str
    kind: Any
    written_without_unit: bool = False
    default: Any = None

    @cached_property
    def section(self) -> type[Section] | None:
        """Return the section class, where the place is a section."""
        return self.kind if isinstance(self.kind, type) and issubclass(self.kind, Section) else None

    @cached_property
    def entries(self) -> Any | None:
        """Return the kind of the values, where the place is a map keyed by ids."""
        return get_args(self.kind)[1] if get_origin(self.kind) is dict else None

    @cached_property
    def inner(self) -> Any:
        """Return the kind of the values without Annotated, Optional and the like."""
        return _plain(self.entries)

    @property
    def merges(self) -> bool:
        """Return whether a mapping written here adds to what is there (else it replaces it)."""
        if self.section is not None:
            return True
        return self.entries is not None and Place("", self.entries).section is not None

    @property
    def dotted(self) -> bool:
        """Return whether the keys written here are paths themselves: the axes of a sweep."""
        return get_origin(self.entries) is list

    @property
    def numeric(self) -> bool:
        """Return whether a number belongs here."""
        return self.kind in (float, int)


def _plain(annotation: Any) -> Any:
    """Return an annotation without Annotated, Optional and the like."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _plain(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        return _plain(kinds[0])
    return annotation


@lru_cache(maxsize=256)
def spellings(section: type[Section]) -> dict[str, tuple[str, Any]]:
    """Return the field's key and kind for every way of writing a section's keys.

    Parameters
    ----------
    section
        A class of the schema.

    Returns
    -------
    dict
        Written key → (key, kind); a quantity may be written without its unit suffix.
    """
    found: dict[str, tuple[str, Any]] = {}
    for name, info in section.model_fields.items():
        key = info.alias or name
        found[key] = (key, _plain(info.annotation))
    for key, (_, kind) in list(found.items()):
        found.setdefault(split_key(key)[0], (key, kind))
    return found


@lru_cache(maxsize=256)
def _places(section: type[Section]) -> dict[str, Place]:
    """Return the place that every way of writing a section's keys leads to."""
    fields = {info.alias or field: info for field, info in section.model_fields.items()}
    return {
        key: Place(name, _plain(kind), name != key, fields[name].default)
        for key, (name, kind) in spellings(section).items()
    }


@lru_cache(maxsize=4096)
def _choices(section: type[Section], key: str) -> tuple[str, ...]:
    """Return the keys with a unit that a key without one may mean, where it may mean several."""
    names = [info.alias or name for name, info in section.model_fields.items()]
    choices = tuple(name for name in names if split_key(name)[0] == key != name)
    return choices if len(choices) > 1 else ()


def chosen(place: Place, key: str, value: Any) -> str:
    """Return the key that is meant where a key without its unit may mean several: the value's unit decides.

    Parameters
    ----------
    place
        Where we stand.
    key
        The key as written, such as ``level``.
    value
        The value written there, such as ``"0.2 Tbps"``.

    Returns
    -------
    str
        The key with its unit, ``level_tbps``; the key as written where there is no choice.
    """
    if place.section is None or not isinstance(value, str):
        return key
    for choice in _choices(place.section, key):
        try:
            parse(value, split_key(choice)[1])
        except UnitError:
            continue
        return choice
    return key


def step(place: Place, key: str, where: str = "") -> Place:
    """Return the place that a key leads to.

    Parameters
    ----------
    place
        Where we stand.
    key
        The key as written.
    where
        Dotted path of `place`, for the message.

    Returns
    -------
    Place
        The place it means.

    Raises
    ------
    KeyProblem
        Where the schema has no such key.
    """
    section = place.section
    if section is not None:
        known = _places(section)
        if key in known:
            return known[key]
        if section.model_config.get("extra") == "allow":
            return Place(key, Any)
        raise KeyProblem(f"'{key}' is not a key of {where or 'a scenario'}" + did_you_mean(key, known))
    entries = place.entries
    if entries is not None:
        return Place(key, place.inner)
    raise KeyProblem(f"'{where or place.key}' is a value and has no key '{key}'")


def convert(value: Any, place: Place) -> Any:
    """Return a written value in the unit of its field.

    Parameters
    ----------
    value
        As written: a number, or text such as ``"64 Tbps"``.
    place
        Its place in the schema.

    Returns
    -------
    object
        The number in the field's unit; what is no quantity is returned as it is.

    Raises
    ------
    KeyProblem
        Where the unit is missing or measures something else.
    """
    if not place.numeric or value is None:
        return value
    unit: Unit = split_key(place.key)[1]
    if isinstance(value, bool):
        raise KeyProblem(f"{place.key} is a number, not {str(value).lower()}")
    if isinstance(value, str):
        try:
            return parse(value, unit)
        except UnitError as error:
            raise KeyProblem(f"{place.key}: {error}") from error
    if place.written_without_unit:
        stem = split_key(place.key)[0]
        shown = f"{value:g}" if isinstance(value, float) else str(value)[:40]
        raise KeyProblem(f"{stem} needs a unit: write {place.key}: {shown} or {stem}: {shown} {unit.label}")
    return value
