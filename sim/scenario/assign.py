"""One assignment of a scenario: a path with wildcards, a value with a unit, a change in per cent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, get_args

from sim.ground.errors import Origin, Problem, did_you_mean
from sim.scenario.fields import KeyProblem, Place, convert, step
from sim.scenario.schema import Configuration
from sim.scenario.yaml_file import Path_

_CHANGE = re.compile(r"([+-]\d+(?:\.\d+)?)\s*%")


@dataclass
class Draft:
    """A configuration in the making.

    Attributes
    ----------
    values
        Nested dicts, keys as the schema spells them.
    origins
        Place of every value, by path.
    written
        Paths that a scenario wrote.
    problems
        What was wrong so far.
    """

    values: dict[str, Any]
    origins: dict[Path_, Origin]
    problems: list[Problem] = field(default_factory=list)
    written: set[Path_] = field(default_factory=set)

    def mark(self, path: Path_, origin: Origin) -> None:
        """Note that a scenario wrote a value, and where."""
        self.origins[path] = origin
        self.written.add(path)

    def refuse(self, origin: Origin, message: str) -> None:
        """Note a problem and go on."""
        self.problems.append(Problem(origin, message))


def assign(draft: Draft, path: Path_, value: Any, origins: dict[Path_, Origin], written: Path_) -> None:
    """Change a draft as one key of a scenario says.

    Parameters
    ----------
    draft
        The configuration so far; problems are noted in it.
    path
        Keys as written; ``*`` matches every entity.
    value
        What to put there: a scalar, a list, a mapping, None to delete, ``"+20%"`` to scale.
    origins, written
        Places of the document's keys, and the path of this one among them.
    """
    _descend(draft, draft.values, Place("", Configuration), (), path, value, origins, written)


def _descend(
    draft: Draft,
    here: dict[str, Any],
    place: Place,
    done: Path_,
    path: Path_,
    value: Any,
    origins: dict[Path_, Origin],
    written: Path_,
) -> None:
    origin = origins.get(written, Origin())
    key, rest = path[0], path[1:]
    if "*" in key and place.entries is not None:
        names = [name for name in here if fnmatchcase(name, key)]
        if not names:
            draft.refuse(origin, f"'{key}' matches no entry of {'.'.join(done)}")
        for name in names:
            _descend(draft, here, place, done, (name, *rest), value, origins, written)
        return
    try:
        child = step(place, key)
    except KeyProblem as problem:
        draft.refuse(origin, str(problem))
        return
    if not rest:
        _put(draft, here, child, (*done, child.key), value, origins, written)
        return
    if child.key not in here or here[child.key] is None:
        if place.entries is not None:
            draft.refuse(
                origin, f"there is no '{child.key}' in {'.'.join(done)}" + did_you_mean(child.key, here)
            )
            return
        here[child.key] = {}
    if not isinstance(here[child.key], dict):
        draft.refuse(origin, f"'{'.'.join((*done, child.key))}' is a value and has no key '{rest[0]}'")
        return
    _descend(draft, here[child.key], child, (*done, child.key), rest, value, origins, written)


def _put(
    draft: Draft,
    here: dict[str, Any],
    place: Place,
    path: Path_,
    value: Any,
    origins: dict[Path_, Origin],
    written: Path_,
) -> None:
    origin = origins.get(written, Origin())
    if value is None:
        here.pop(place.key, None)
        draft.mark(path, origin)
    elif isinstance(value, dict):
        _put_mapping(draft, here, place, path, value, origins, written)
    elif isinstance(value, list):
        here[place.key] = _items(draft, place, path, value, origins, written)
        draft.mark(path, origin)
    else:
        scalar = _changed(draft, here, place, path, value, origin)
        if scalar is not None:
            here[place.key] = scalar
            draft.mark(path, origin)


def _put_mapping(
    draft: Draft,
    here: dict[str, Any],
    place: Place,
    path: Path_,
    value: dict[str, Any],
    origins: dict[Path_, Origin],
    written: Path_,
) -> None:
    if place.section is None and place.entries is None and place.kind is not Any:
        draft.refuse(origins.get(written, Origin()), f"'{place.key}' is a value, not a mapping")
        return
    if place.kind is Any:
        here[place.key] = value
        return
    fresh = not place.merges or (path == ("policy",) and "name" in value)
    if fresh or not isinstance(here.get(place.key), dict):
        here[place.key] = {}
        draft.mark(path, origins.get(written, Origin()))
    for key, item in value.items():
        _descend(draft, here[place.key], place, path, tuple(key.split(".")), item, origins, (*written, key))


def _items(
    draft: Draft, place: Place, path: Path_, value: list[Any], origins: dict[Path_, Origin], written: Path_
) -> list[Any]:
    """Return a list with the keys and units of its items put right."""
    inner = _item_place(place)
    items: list[Any] = []
    for number, item in enumerate(value):
        at = str(number)
        draft.mark((*path, at), origins.get((*written, at), Origin()))
        if isinstance(item, dict) and inner is not None:
            holder: dict[str, Any] = {at: {}}
            entry = Place(at, inner)
            _put_mapping(draft, holder, entry, (*path, at), item, origins, (*written, at))
            items.append(holder[at])
        else:
            items.append(item)
    return items


def _item_place(place: Place) -> Any:
    arguments = get_args(place.kind)
    inner = arguments[0] if arguments else None
    return inner if Place("", inner).section is not None else None


def _changed(
    draft: Draft, here: dict[str, Any], place: Place, path: Path_, value: Any, origin: Origin
) -> Any:
    change = _CHANGE.fullmatch(value.strip()) if isinstance(value, str) and place.numeric else None
    try:
        if change is None:
            return convert(value, place)
    except KeyProblem as problem:
        draft.refuse(origin, str(problem))
        return None
    before = here.get(place.key)
    if not isinstance(before, (int, float)):
        draft.refuse(origin, f"'{'.'.join(path)}' has no value yet that {value} could change; write a number")
        return None
    return before * (1.0 + float(change[1]) / 100.0)
