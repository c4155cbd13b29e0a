"""A nation's folder, found and read: its head, its tables, the measured files that it names."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from sim.ground.errors import Origin, Problem, ScenarioError, did_you_mean
from sim.ground.places import models
from sim.scenario import rows
from sim.scenario.backbone_rows import backbone_rows
from sim.scenario.layout import BACKBONE, HEAD, LAYOUTS, SERIES
from sim.scenario.nation import Nation
from sim.scenario.tables import Row, inside, read_table
from sim.scenario.yaml_file import Document, leaves, read_document


def find_nation(name: str, beside: Path | None, origin: Origin) -> Path:
    """Return the folder of a nation: `nations/<name>` beside the scenario, else a shipped one.

    Raises
    ------
    ScenarioError
        Where there is none, or a link leads out of the folder of nations.
    """
    places = ([beside / "nations"] if beside is not None else []) + [models() / "nations"]
    for place in places:
        if (place / name / "nation.yaml").is_file():
            inside(place, name, origin)
            return place / name
    found = {entry.parent.name for place in places if place.is_dir() for entry in place.glob("*/nation.yaml")}
    raise ScenarioError(f"there is no nation '{name}'" + did_you_mean(name, found), origin)


def read_nation(folder: Path, allocation: str | None, origin: Origin) -> Nation:
    """Return the nation of a folder.

    Parameters
    ----------
    folder
        Where its tables are.
    allocation
        Split of the compute to read; None takes the nation's own choice.
    origin
        Place to blame for a split that does not exist.

    Returns
    -------
    Nation
        With every problem of its tables collected.

    Raises
    ------
    ScenarioError
        Where tables are missing or unreadable; names all of them.
    """
    inside(folder, "nation.yaml", origin)
    document = read_document(folder / "nation.yaml")
    nation = Nation(str(document.values.get("id", folder.name)), folder, problems=list(document.problems))
    nation.tables = _tables(folder, document)
    _head(nation, document)
    own = str(document.values.get("allocation", ""))
    nation.allocation = allocation or own
    nation.put(("allocation",), nation.allocation, _top(nation, document, "allocation"))
    rows.enter(nation, origin if allocation else nation.origins[("allocation",)], own)
    nation.digest = _digest(nation)
    return nation


def _tables(folder: Path, document: Document) -> dict[str, list[Row]]:
    """Return the rows of every table, those of the backbone from its file where nation.yaml names one."""
    found: dict[str, list[Row]] = {}
    problems: list[Problem] = []
    named = document.values.get("backbone") is not None
    try:
        found |= backbone_rows(folder, document)
    except ScenarioError as error:
        problems += error.problems
    for table, layout in LAYOUTS.items():
        path = folder / f"{table}.csv"
        if named and table in BACKBONE:
            if path.exists():
                text = "the nation's `backbone` stands in for this table; take one of them out"
                problems.append(Problem(Origin(str(path)), text))
            continue
        if not layout.required and not path.exists():
            continue
        try:
            inside(folder, path.name, Origin(str(path)))
            found[table] = read_table(path, (*layout.keys, *layout.needed), layout.known)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return found


def _top(nation: Nation, document: Document, key: str) -> Row:
    """Return the place of a key of nation.yaml as a row without cells."""
    return Row({}, document.origins.get((key,), Origin(str(nation.folder / "nation.yaml"), 1)))


def _head(nation: Nation, document: Document) -> None:
    values = document.values
    for key in values:
        if key not in HEAD:
            hint = did_you_mean(key, HEAD)
            nation.problems.append(Problem(document.origins[(key,)], f"'{key}' is not a key of a nation{hint}"))
    name = values.get("name")
    nation.names = {str(k): str(v) for k, v in name.items()} if isinstance(name, dict) else {}
    for key, default in (("year", None), ("utc_offset_h", 0.0)):
        nation.put((key,), values.get(key, default), _top(nation, document, key))
    nation.put(("nation",), nation.id, _top(nation, document, "id"))
    if isinstance(values.get("backbone"), dict):
        nation.files["backbone"] = values["backbone"]["file"]
    for kind in ("epw", "series", "delays"):
        if values.get(kind) is not None:
            _files(nation, document, kind, values[kind])


def _files(nation: Nation, document: Document, kind: str, value: Any) -> None:
    """Enter the names of measured files: inside the folder, of a known kind, and there."""
    named = {(kind,): value} if kind == "delays" else value
    if not isinstance(named, dict):
        place = document.origins[(kind,)]
        nation.problems.append(Problem(place, f"{kind} is a mapping to names of files"))
        return
    good: dict[str, str] = {}
    for key, name in named.items():
        place = document.origins[key if isinstance(key, tuple) else (kind, key)]
        try:
            if kind == "series" and key not in SERIES:
                raise ScenarioError(f"there is no series '{key}'" + did_you_mean(key, SERIES), place)
            if not isinstance(name, str) or not inside(nation.folder, name, place).is_file():
                raise ScenarioError(f"there is no file '{str(name)[:60]}' in the nation's folder", place)
            good[str(key)] = name
        except ScenarioError as error:
            nation.problems += error.problems
    nation.files[kind] = next(iter(good.values()), None) if kind == "delays" else good


def _digest(nation: Nation) -> str:
    written = [table for table in nation.tables if "backbone" not in nation.files or table not in BACKBONE]
    names = {"nation.yaml", *(f"{table}.csv" for table in written)}
    names.update(str(name) for _, name in leaves(nation.files) if name)
    total = hashlib.sha256()
    for name in sorted(names):
        with (nation.folder / name).open("rb") as file:
            total.update(name.encode() + b"\0" + hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()
