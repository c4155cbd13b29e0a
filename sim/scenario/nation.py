"""A nation: a folder of tables, read into the configuration that scenarios then change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.ground.errors import Origin, Problem, ScenarioError, did_you_mean
from sim.ground.places import models
from sim.scenario.entities import Centre, Driver, Hub, Link, Node, Power, Region, Section, Workload
from sim.scenario.fields import spellings
from sim.scenario.tables import Row, read_table
from sim.scenario.yaml_file import Path_, leaves, read_document

ENTITIES: dict[str, tuple[str, type[Section]]] = {
    "hubs": ("hub", Hub),
    "regions": ("region", Region),
    "nodes": ("node", Node),
    "links": ("link", Link),
    "centres": ("centre", Centre),
    "workloads": ("workload", Workload),
    "drivers": ("driver", Driver),
}
# What a table may hold beside the schema's fields: context that a reader of the table wants.
CONTEXT = {"source", "confidence", "note", "name_en", "name_zh"}
CONTEXT_OF = {
    "nodes": {"role", "region"},
    "links": {"great_circle_km", "waves_400g", "tier", "capacity_confidence"},
    "centres": {"pue_reported", "reported_green_share"},
    "workloads": {"class", "level", "level_unit"},
}
CONTEXT_TABLES = ("climate", "costs", "targets", "report_2024", "history", "calibration", "national")


@dataclass
class Nation:
    """The tables of a nation.

    Attributes
    ----------
    id, folder
        Name and place.
    allocation
        Split of the compute that was read.
    names
        Its name by language, ``en`` and ``zh``.
    values
        The configuration that the tables give, nested dicts.
    origins
        Place of every value.
    provenance
        Source and confidence of every value that has them, by path.
    tables
        Rows of the tables that are no entities: climate, costs, targets, report, calibration.
    digest
        SHA-256 over the bytes of all files.
    files
        Measured series that stand in for synthetic ones: `series`, `epw`, `delays`, each a file name
        (or a mapping to file names) inside the folder.
    problems
        What is wrong in the tables.
    """

    id: str
    folder: Path
    allocation: str = ""
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[Path_, Origin] = field(default_factory=dict)
    provenance: dict[Path_, tuple[str, str]] = field(default_factory=dict)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    digest: str = ""
    files: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def put(self, path: Path_, value: Any, row: Row) -> None:
        """Enter a value with its place, source and confidence."""
        where = self.values
        for key in path[:-1]:
            where = where.setdefault(key, {})
        where[path[-1]] = value
        self.origins[path] = row.origin
        if "source" in row.cells:
            self.provenance[path] = (row.cells["source"], row.cells.get("confidence", ""))


def find_nation(name: str, beside: Path | None, origin: Origin) -> Path:
    """Return the folder of a nation: `nations/<name>` beside the scenario, else a shipped one.

    Raises
    ------
    ScenarioError
        Where there is none.
    """
    places = ([beside / "nations"] if beside is not None else []) + [models() / "nations"]
    for place in places:
        if (place / name / "nation.yaml").is_file():
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
        Where a table is missing or unreadable.
    """
    head = read_document(folder / "nation.yaml")
    nation = Nation(str(head.values.get("id", folder.name)), folder, problems=list(head.problems))
    given = head.values.get("name")
    nation.names = {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
    top = Row({}, Origin(str(folder / "nation.yaml"), 1))
    for key, default in (("year", 0), ("utc_offset_h", 0.0)):
        nation.put((key,), head.values.get(key, default), top)
    nation.put(("nation",), nation.id, top)
    for table, (key, section) in ENTITIES.items():
        _entities(nation, table, key, section)
    nation.allocation = allocation or str(head.values.get("allocation", ""))
    nation.put(("allocation",), nation.allocation, top)
    _parts(nation, origin)
    for name in CONTEXT_TABLES:
        if (folder / f"{name}.csv").is_file():
            nation.tables[name] = read_table(folder / f"{name}.csv", ())
    for row in nation.tables.get("national", []):
        nation.put(tuple(row.cells["key"].split(".")), row.number("value"), row)
    for kind in ("epw", "series", "delays"):
        if kind in head.values:
            nation.files[kind] = head.values[kind]
    nation.digest = _digest(folder)
    return nation


def _entities(nation: Nation, table: str, key: str, section: type[Section]) -> None:
    known = spellings(section)
    nation.values[table] = {}
    seen: dict[str, Origin] = {}
    rows = read_table(nation.folder / f"{table}.csv", (key, "source", "confidence"))
    for row in rows:
        name = row.cells.get(key, "")
        if name in seen:
            nation.problems.append(Problem(row.origin, f"'{name}' stands twice (first at {seen[name]})"))
        seen[name] = row.origin
        context = CONTEXT | CONTEXT_OF.get(table, set())
        _strangers(nation, row, {*known, key} | context)
        base = (table, name)
        if "name" in known:
            nation.put(
                (*base, "name"),
                {"en": row.cells.get("name_en", name), "zh": row.cells.get("name_zh", name)},
                row,
            )
        for column, text in row.cells.items():
            if column in known and column != key and column not in context:
                nation.put((*base, known[column][0]), _typed(text, known[column][1]), row)
        if table == "workloads":
            _level(nation, base, row)
    nation.tables[table] = rows


def _strangers(nation: Nation, row: Row, known: set[str]) -> None:
    if row.origin.line != 2:
        return
    for column in row.cells:
        if column not in known:
            nation.problems.append(
                Problem(
                    Origin(row.origin.file, 1),
                    f"the column '{column}' is not known here" + did_you_mean(column, known),
                )
            )


def _typed(text: str, kind: Any) -> Any:
    if kind in (float, int):
        try:
            return kind(text)
        except ValueError:
            return text
    if str(kind).startswith("tuple"):
        return [item.strip() for item in text.split(";") if item.strip()]
    return text


def _level(nation: Nation, base: Path_, row: Row) -> None:
    nation.put((*base, "kind"), row.cells.get("class", base[1]), row)
    unit = row.cells.get("level_unit", "")
    if row.cells.get("pool") == "none":
        nation.put((*base, "pool"), None, row)
    key = {"EFLOPS_FP32": "level_eflops", "Tbps": "level_tbps"}.get(unit)
    if key is None:
        message = f"level_unit is '{unit}'; allowed: 'EFLOPS_FP32', 'Tbps' (FP16 figures do not add to FP32)"
        nation.problems.append(Problem(row.origin, message))
    else:
        nation.put((*base, key), row.number("level"), row)


def _parts(nation: Nation, origin: Origin) -> None:
    """Enter the tables whose rows are parts of an entity."""

    def power(row: Row) -> None:
        known = spellings(Power)
        _strangers(nation, row, {*known, "region"} | CONTEXT)
        for column, text in row.cells.items():
            if column in known:
                nation.put(
                    ("regions", row.cells["region"], "power", column), _typed(text, known[column][1]), row
                )

    def mix(row: Row) -> None:
        path = ("centres", row.cells["centre"], "cooling", "mix", row.cells["archetype"])
        nation.put(path, row.number("share"), row)

    def green(row: Row) -> None:
        for column in ("wind_mw", "solar_mw", "gec_mwh"):
            if column in row.cells:
                nation.put(("centres", row.cells["centre"], "green", column), row.number(column), row)

    def battery(row: Row) -> None:
        for column in ("energy_mwh", "power_mw", "charge_efficiency", "discharge_efficiency"):
            if column in row.cells:
                nation.put(("centres", row.cells["centre"], "battery", column), row.number(column), row)

    def elasticity(row: Row) -> None:
        path = ("workloads", row.cells["workload"], "drivers", row.cells["driver"])
        nation.put(path, row.number("elasticity"), row)

    _each(nation, "power", ("region",), power)
    _each(nation, "cooling_mix", ("centre", "archetype", "share"), mix)
    _each(nation, "green", ("centre",), green)
    _each(nation, "battery", ("centre",), battery)
    _each(nation, "elasticities", ("workload", "driver", "elasticity"), elasticity)
    _pools(nation, origin)


def _each(nation: Nation, table: str, keys: tuple[str, ...], enter: Callable[[Row], None]) -> None:
    path = nation.folder / f"{table}.csv"
    if not path.is_file():
        return
    group = {"region": "regions", "centre": "centres", "workload": "workloads"}[keys[0]]
    for row in read_table(path, (*keys, "source", "confidence")):
        name = row.cells.get(keys[0], "")
        if name not in nation.values[group]:
            hint = did_you_mean(name, nation.values[group])
            nation.problems.append(Problem(row.origin, f"there is no {keys[0]} '{name}'" + hint))
        else:
            enter(row)


def _pools(nation: Nation, origin: Origin) -> None:
    splits = set()

    def pool(row: Row) -> None:
        splits.add(row.cells["allocation"])
        if row.cells["allocation"] != nation.allocation:
            return
        precision = row.cells.get("precision", "")
        if precision != "fp32":
            message = f"precision is '{precision}'; capacity is counted in fp32 here and the two never add"
            nation.problems.append(Problem(row.origin, message))
        base = ("centres", row.cells["centre"], "pools", row.cells["pool"])
        nation.put((*base, "capacity_eflops"), row.number("capacity_eflops"), row)
        nation.put((*base, "precision"), precision, row)
        nation.put((*base, "power_mw_per_eflops"), row.number("mw_per_eflops"), row)

    keys = ("centre", "allocation", "pool", "precision", "capacity_eflops", "mw_per_eflops")
    _each(nation, "allocations", keys, pool)
    if nation.allocation not in splits:
        message = f"there is no allocation '{nation.allocation}'" + did_you_mean(nation.allocation, splits)
        nation.problems.append(Problem(origin, message))


def _digest(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(entry for entry in folder.rglob("*") if entry.suffix in (".csv", ".yaml", ".epw")):
        total.update(path.relative_to(folder).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


__all__ = ["Nation", "find_nation", "leaves", "read_nation"]
