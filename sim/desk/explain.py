"""A key explained: what it means, its unit, its value, who wrote it and on what ground."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from sim.ground.errors import Origin, ScenarioError, did_you_mean
from sim.ground.names import MEASURES
from sim.ground.places import scenarios
from sim.ground.units import split_key
from sim.scenario.fields import KeyProblem, Place, step
from sim.scenario.read import read
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Configuration
from sim.scenario.yaml_file import leaves

_MOST = 60


def explain(key: str, path: Path | None, sets: tuple[str, ...], language: str) -> list[dict[str, Any]]:
    """Return what is known of a key of a scenario, or of a measure.

    Parameters
    ----------
    key
        Dotted; ``*`` matches every entity. Or the key of a measure, such as ``pue``.
    path
        The scenario; the shipped baseline by default.
    sets
        Differences, each ``key=value``.
    language
        ``en`` or ``zh``, of a measure's name.

    Returns
    -------
    list of dict
        An entry for every match: ``key``, ``meaning``, ``unit``, ``value``, ``written``, ``source``,
        ``confidence``.

    Raises
    ------
    ScenarioError
        Where there is no such key.
    """
    measures = [name for name in MEASURES if name == key or name.startswith(key + ".")]
    if measures and path is None:
        return [
            {
                "key": name,
                "name": getattr(MEASURES[name], language),
                "meaning": MEASURES[name].text,
                "unit": MEASURES[name].unit,
                "kind": MEASURES[name].kind,
            }
            for name in measures
        ]
    scenario = read(path or scenarios() / "baseline-2024.yaml", sets)
    values = scenario.config.model_dump(mode="json", by_alias=True)
    matches = _matches(values, tuple(key.split(".")), Place("", Configuration), ())
    if not matches:
        hint = did_you_mean(key, [*MEASURES, *(".".join(p) for p, _ in leaves(values))])
        raise ScenarioError(f"there is no key '{key}'{hint}", Origin("explain"))
    rows = []
    for found, place in matches[:_MOST]:
        value: Any = values
        for part in found:
            value = value[part]
        source, confidence = scenario.provenance(*found)
        rows.append(
            {
                "key": ".".join(found),
                "meaning": _meaning(found),
                "unit": split_key(found[-1])[1].label if place.numeric else "",
                "value": value if not isinstance(value, (dict, list)) else f"{len(value)} entries",
                "written": _written(scenario, found, isinstance(value, dict)),
                "source": source,
                "confidence": confidence,
            }
        )
    return rows


def _written(scenario: Scenario, path: tuple[str, ...], nested: bool) -> str:
    """Return where a value was written; a value that stands nowhere is the schema's."""
    if nested and path not in scenario.written:
        parts = [part for part in scenario.origins if len(part) > len(path) and part[: len(path)] == path]
        return str(scenario.origins[parts[0]]) if parts else str(scenario.origin(*path))
    return str(scenario.origin(*path)) if path in scenario.origins else "default"


def _matches(
    values: Any, path: tuple[str, ...], place: Place, done: tuple[str, ...]
) -> list[tuple[tuple[str, ...], Place]]:
    if not path:
        return [(done, place)]
    if not isinstance(values, dict):
        return []
    if "*" in path[0]:
        names = [name for name in values if fnmatchcase(name, path[0])]
        return [hit for name in names for hit in _matches(values, (name, *path[1:]), place, done)]
    try:
        child = step(place, path[0])
    except KeyProblem:
        return []
    if child.key not in values:
        return []
    return _matches(values[child.key], path[1:], child, (*done, child.key))


def _meaning(path: tuple[str, ...]) -> str:
    """Return the description of the field at the end of a path."""
    place, meaning = Place("", Configuration), ""
    for key in path:
        section = place.section
        place = step(place, key)
        if section is not None:
            fields = {info.alias or name: info for name, info in section.model_fields.items()}
            meaning = str(fields[place.key].description) if place.key in fields else ""
    return meaning
