"""A draft becomes a configuration: what the schema refuses is told and stood in for, to check the rest."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from sim.ground.errors import Origin
from sim.scenario.assign import Draft
from sim.scenario.schema import Configuration
from sim.scenario.wording import nearest_id, worded
from sim.scenario.yaml_file import Path_

_ROUNDS = 4
ENTITIES = (
    "drivers", "hubs", "regions", "centres", "nodes", "links", "workloads", "failures", "failure_logs", "maintenance",
    "commissioning",
)  # fmt: skip


def settle(draft: Draft, fallback: dict[str, Any], home: Origin) -> Configuration | None:
    """Return the configuration of a draft; problems are noted in the draft.

    A value that is refused is told once; then the fallback's value stands in for it, or the entity that
    it belongs to is left out, and what follows from that is not told.

    Parameters
    ----------
    draft
        The values as written; changed here where they are refused.
    fallback
        Values that are known to be good, as far as there are any.
    home
        Place to blame for what stands nowhere.

    Returns
    -------
    Configuration or None
        None where too much is missing.
    """
    for attempt in range(_ROUNDS):
        try:
            return Configuration.model_validate(draft.values)
        except ValidationError as error:
            items = error.errors(include_url=False)
        if attempt == 0:
            _tell(draft, items, fallback, home)
        for item in items:
            _mend(draft, fallback, _path(item), attempt)
    return None


def _path(item: Any) -> Path_:
    return tuple(str(part) for part in item["loc"] if part != "[key]")


def _tell(draft: Draft, items: list[Any], fallback: dict[str, Any], home: Origin) -> None:
    lacking: dict[tuple[Path_, Origin], list[Any]] = {}
    for item in items:
        path = _path(item)
        if any(path[:length] in draft.refused for length in range(1, len(path) + 1)):
            continue
        origin = _nearest(draft.origins, path, home)
        if item["type"] == "missing":
            lacking.setdefault((path[:-1], origin), []).append(item)
        else:
            draft.refuse(origin, worded(item), path)
    for (parent, origin), group in lacking.items():
        text = worded(group[0])
        if len(group) > 1:
            text = f"{'.'.join(parent) or 'the scenario'} lacks {', '.join(_path(item)[-1] for item in group)}"
        draft.refuse(origin, text + _meant(parent, fallback))
        draft.refused.update(_path(item) for item in group)


def _meant(parent: Path_, fallback: dict[str, Any]) -> str:
    """Return a hint where an entity that lacks something may be a known one, misspelt."""
    known = fallback.get(parent[0], {}) if len(parent) == 2 and parent[0] in ENTITIES else {}
    hint = nearest_id(parent[1], known) if known and parent[1] not in known else ""
    return hint if hint.startswith("; did") else ""


def _nearest(origins: dict[Path_, Origin], path: Path_, home: Origin) -> Origin:
    """Return where a value was written, or the nearest thing above it, or the file of its neighbours."""
    for length in range(len(path), 0, -1):
        if path[:length] in origins:
            return origins[path[:length]]
    beside = (origin for other, origin in origins.items() if other[0] == path[0])
    return Origin(next(beside, home).file) if path[0] != "run" else home


def _mend(draft: Draft, fallback: dict[str, Any], path: Path_, attempt: int) -> None:
    if path[0] == "events" and len(path) > 1:
        # An event that changes nothing keeps the numbers of the others.
        start = f"{draft.values.get('year')}-01-01"
        draft.values["events"][int(path[1])] = {"at": start, "for_h": 1.0, "what": "surge", "factor": 1.0}
        draft.refused.add(path[:2])
    elif attempt == 0:
        _restore(draft.values, fallback, path)
    elif path[0] in ENTITIES and len(path) > 1:
        _restore(draft.values, fallback if attempt == 1 else {}, path[:2])
        draft.refused.add(path[:2])
    else:
        _restore(draft.values, fallback if attempt == 1 else {}, path[:1])


def _restore(values: dict[str, Any], fallback: Any, path: Path_) -> None:
    """Put the fallback's value at a path, or remove what has none; a list is one value."""
    for key in path[:-1]:
        inner = values.get(key)
        if not isinstance(inner, dict):
            break
        values = inner
        fallback = fallback.get(key) if isinstance(fallback, dict) else None
    else:
        key = path[-1]
    if isinstance(fallback, dict) and key in fallback:
        values[key] = copied(fallback[key])
    else:
        values.pop(key, None)


def copied(values: Any) -> Any:
    """Return a copy of nested dicts and lists."""
    if isinstance(values, dict):
        return {key: copied(value) for key, value in values.items()}
    return [copied(value) for value in values] if isinstance(values, list) else values
