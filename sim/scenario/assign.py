"""One assignment of a scenario: a path with wildcards, a value with a unit, a change in per cent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, get_args, get_origin

from sim.ground.errors import Origin, Problem
from sim.scenario.fields import KeyProblem, Place, chosen, convert, spellings, step
from sim.scenario.schema import Configuration
from sim.scenario.wording import nearest_id
from sim.scenario.yaml_file import Path_

_CHANGE = re.compile(r"([+-]\d+(?:\.\d+)?)\s*[%％]")


@dataclass
class Draft:
    """A configuration in the making.

    Attributes
    ----------
    values
        Nested dicts, keys as the schema spells them.
    origins
        Place of every value, by path.
    problems
        What was wrong so far.
    written
        Paths that a scenario wrote.
    refused
        Paths whose value was wrong; what they lead to is no mistake of its own.
    """

    values: dict[str, Any]
    origins: dict[Path_, Origin]
    problems: list[Problem] = field(default_factory=list)
    written: set[Path_] = field(default_factory=set)
    refused: set[Path_] = field(default_factory=set)

    def mark(self, path: Path_, origin: Origin) -> None:
        """Note that a scenario wrote a value, and where."""
        self.origins[path] = origin
        self.written.add(path)

    def forget(self, path: Path_, old: Any) -> None:
        """Forget where the parts of a value were written, because another value takes its place."""
        parts = old.items() if isinstance(old, dict) else enumerate(old) if isinstance(old, list) else ()
        for key, value in parts:
            part = (*path, str(key))
            self.origins.pop(part, None)
            self.written.discard(part)
            self.forget(part, value)

    def refuse(self, origin: Origin, message: str, path: Path_ = ()) -> None:
        """Note a problem, and the path it is about, and go on."""
        self.problems.append(Problem(origin, message))
        if path:
            self.refused.add(path)


@dataclass(frozen=True)
class _Source:
    """A place of the document that is being read."""

    origins: dict[Path_, Origin]
    path: Path_

    def below(self, key: str) -> _Source:
        return _Source(self.origins, (*self.path, key))

    @property
    def origin(self) -> Origin:
        """Where this stands, or the nearest thing above it."""
        for length in range(len(self.path), 0, -1):
            if self.path[:length] in self.origins:
                return self.origins[self.path[:length]]
        return Origin()


def assign(draft: Draft, path: Path_, value: Any, origins: dict[Path_, Origin], written: Path_) -> None:
    """Change a draft as one key of a scenario says; mappings inside its values are replaced and never changed.

    Parameters
    ----------
    draft
        The configuration so far; problems are noted in it.
    path
        Keys as written; ``*`` matches every entity, ``a|b`` these two.
    value
        What to put there: a scalar, a list, a mapping, None to delete, ``"+20%"`` to scale.
    origins, written
        Places of the document's keys, and the path of this one among them.
    """
    _descend(draft, draft.values, Place("", Configuration), (), path, value, _Source(origins, written))


def append(draft: Draft, key: str, value: list[Any], origins: dict[Path_, Origin]) -> None:
    """Add the items of a document's list to those that a draft holds.

    Parameters
    ----------
    draft
        The configuration so far; problems are noted in it.
    key
        Key of the list, in the draft and in the document.
    value
        The document's items.
    origins
        Places of the document's keys.
    """
    kept = draft.values.get(key)
    kept = kept if isinstance(kept, list) else []
    place, source = step(Place("", Configuration), key), _Source(origins, (key,))
    draft.values[key] = kept + _items(draft, place, (key,), value, source, len(kept))
    draft.mark((key,), source.origin)


def _descend(
    draft: Draft, here: dict[str, Any], place: Place, done: Path_, path: Path_, value: Any, source: _Source
) -> None:
    key, rest, where = path[0], path[1:], ".".join(done)
    if ("*" in key or "|" in key) and place.entries is not None and not place.dotted:
        names = [name for name in here if any(fnmatchcase(name, part) for part in key.split("|"))]
        if not names:
            draft.refuse(source.origin, f"'{key}' matches no entry of {where}")
        for name in names:
            _descend(draft, here, place, done, (name, *rest), value, source)
        return
    try:
        child = step(place, key if rest else chosen(place, key, value), where)
    except KeyProblem as problem:
        draft.refuse(source.origin, str(problem))
        return
    at = (*done, child.key)
    if not rest:
        _put(draft, here, child, at, value, source)
        return
    inner = here.get(child.key)
    if inner is None and place.entries is not None:
        text = f"there is no '{child.key}' in {where}" + nearest_id(child.key, here)
        draft.refuse(source.origin, text)
    elif not isinstance(inner, dict) and (inner is not None or not _holds(child)):
        draft.refuse(source.origin, f"'{'.'.join(at)}' is {_kind(child)} and has no key '{rest[0]}'")
    else:
        _descend(draft, _own(here, child.key), child, at, rest, value, source)


def _own(here: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the mapping below a key as one that may be changed: others may hold the one that was there."""
    here[key] = dict(here.get(key) or {})
    inner: dict[str, Any] = here[key]
    return inner


def _kind(place: Place) -> str:
    return "a list" if get_origin(place.kind) in (tuple, list) else "a value"


def _holds(place: Place) -> bool:
    return place.section is not None or place.entries is not None


def _put(draft: Draft, here: dict[str, Any], place: Place, path: Path_, value: Any, source: _Source) -> None:
    if value is None:
        draft.forget(path, here.pop(place.key, None))
        draft.mark(path, source.origin)
    elif isinstance(value, dict):
        _put_mapping(draft, here, place, path, value, source)
    elif isinstance(value, list):
        draft.forget(path, here.get(place.key))
        here[place.key] = _items(draft, place, path, value, source)
        draft.mark(path, source.origin)
    else:
        scalar = _changed(draft, here, place, path, value, source.origin)
        if scalar is None:
            return
        if path == ("policy", "name") and here.get("name") != scalar:
            # The parameters of one policy mean nothing to another.
            draft.forget(("policy",), here)
            here.clear()
        here[place.key] = scalar
        draft.mark(path, source.origin)


def _put_mapping(
    draft: Draft, here: dict[str, Any], place: Place, path: Path_, value: dict[str, Any], source: _Source
) -> None:
    if place.kind is Any:
        here[place.key] = value
        draft.mark(path, source.origin)
        return
    if not _holds(place):
        draft.refuse(source.origin, f"'{'.'.join(path)}' is {_kind(place)}, not a mapping", path)
        return
    renamed = path == ("policy",) and "name" in value
    if renamed or not place.merges or not isinstance(here.get(place.key), dict):
        draft.forget(path, here.get(place.key))
        here[place.key] = {}
        draft.mark(path, source.origin)
    inner = _own(here, place.key)
    meant: dict[str, str] = {}
    for key in sorted(value, key=lambda key: renamed and key != "name"):
        name = _spelled(place, key, value[key])
        if meant.setdefault(name, key) != key:
            text = f"'{key}' and '{meant[name]}' are the same key; keep one of them"
            draft.refuse(source.below(key).origin, text)
            continue
        keys = (key,) if place.dotted else tuple(key.split("."))
        _descend(draft, inner, place, path, keys, value[key], source.below(key))


def _spelled(place: Place, key: str, value: Any) -> str:
    """Return a section's key as the schema spells it."""
    if place.section is None:
        return key
    key = chosen(place, key, value)
    return spellings(place.section).get(key, (key, None))[0]


def _items(draft: Draft, place: Place, path: Path_, value: list[Any], source: _Source, first: int = 0) -> list[Any]:
    """Return a list with the keys and units of its items put right; they are counted from `first`."""
    inner = _item_place(place)
    items: list[Any] = []
    for number, item in enumerate(value):
        at, origin = str(first + number), source.below(str(number))
        draft.mark((*path, at), origin.origin)
        if isinstance(item, dict) and inner is not None:
            holder: dict[str, Any] = {at: {}}
            _put_mapping(draft, holder, Place(at, inner), (*path, at), item, origin)
            items.append(holder[at])
        else:
            items.append(item)
    return items


def _item_place(place: Place) -> Any:
    arguments = get_args(place.kind)
    inner = arguments[0] if arguments else None
    return inner if Place("", inner).section is not None else None


def _changed(draft: Draft, here: dict[str, Any], place: Place, path: Path_, value: Any, origin: Origin) -> Any:
    change = _CHANGE.fullmatch(value.strip()) if isinstance(value, str) and place.numeric else None
    try:
        if change is None:
            return convert(value, place)
    except KeyProblem as problem:
        draft.refuse(origin, ".".join((*path[:-1], str(problem))), path)
        return None
    before = here.get(place.key, place.default)
    if isinstance(before, bool) or not isinstance(before, (int, float)):
        text = f"'{'.'.join(path)}' has no value yet that {value} could change; write a number"
        draft.refuse(origin, text, path)
        return None
    return before * (1.0 + float(change[1]) / 100.0)
