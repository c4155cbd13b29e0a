"""The rows of a nation's tables become values of the configuration, each with its place and its source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.ground.errors import Origin, Problem, ScenarioError, did_you_mean
from sim.scenario.entities import Battery, Green, Power, Section
from sim.scenario.fields import Place, step
from sim.scenario.layout import ENTITIES, LAYOUTS, SECTIONS, columns
from sim.scenario.nation import Nation
from sim.scenario.schema import Configuration
from sim.scenario.tables import Row
from sim.scenario.yaml_file import Path_


def enter(nation: Nation, origin: Origin, own: str) -> None:
    """Enter the rows of a nation's tables into its values; what is wrong is noted in its problems.

    Parameters
    ----------
    nation
        With its tables read and its allocation chosen.
    origin
        Place to blame for an allocation that there is not.
    own
        The nation's own choice, which then stands in.
    """
    for table, layout in LAYOUTS.items():
        _twice(nation, nation.tables.get(table, []), layout.keys)
    for table, (key, section) in ENTITIES.items():
        _entities(nation, table, key, section)
    _parts(nation)
    _pools(nation, origin, own)
    for row in nation.tables["national"]:
        _collected(nation, row, lambda row: _single(nation, row))
    _months(nation)


def _twice(nation: Nation, rows: list[Row], keys: tuple[str, ...]) -> None:
    seen: dict[tuple[str, ...], Row] = {}
    for row in rows if keys else ():
        name = tuple(row.cells[key] for key in keys)
        if name in seen:
            text = f"'{' / '.join(name)}' stands twice (first in line {seen[name].origin.line})"
            nation.problems.append(Problem(row.origin, text))
        seen.setdefault(name, row)


def _collected(nation: Nation, row: Row, enter: Callable[[Row], None]) -> None:
    try:
        enter(row)
    except ScenarioError as error:
        nation.problems += error.problems


def _entities(nation: Nation, table: str, key: str, section: type[Section]) -> None:
    known = columns(section)
    nation.values[table] = {}
    rows = nation.tables.get(table, [])
    first = next((row.origin.file for row in rows), str(nation.folder / f"{table}.csv"))
    nation.origins[(table,)] = Origin(first, 1)
    for row in rows:
        name = row.cells[key]
        base = (table, name)
        nation.values[table].setdefault(name, {})
        nation.origins[base] = row.origin
        if "name" in section.model_fields:
            names = {"en": row.cells.get("name_en", name), "zh": row.cells.get("name_zh", name)}
            nation.put((*base, "name"), names, row)
        for column, text in row.cells.items():
            if column in known and column != key:
                nation.put((*base, column), _typed(text, known[column]), row)
        if table == "workloads":
            _collected(nation, row, lambda row: _level(nation, ("workloads", row.cells["workload"]), row))


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
        raise ScenarioError(message, row.origin)
    nation.put((*base, key), _typed(row.cells.get("level", ""), float), row)


def _parts(nation: Nation) -> None:
    """Enter the tables whose rows are parts of an entity."""

    def power(row: Row) -> None:
        known = columns(Power)
        for column in known.keys() & row.cells.keys():
            nation.put(
                ("regions", row.cells["region"], "power", column),
                _typed(row.cells[column], known[column]),
                row,
            )

    def mix(row: Row) -> None:
        path = ("centres", row.cells["centre"], "cooling", "mix", row.cells["archetype"])
        nation.put(path, _typed(row.cells["share"], float), row)

    def numbers(part: str, section: type[Section]) -> Callable[[Row], None]:
        def enter(row: Row) -> None:
            for column in columns(section).keys() & row.cells.keys():
                value = _typed(row.cells[column], float)
                nation.put(("centres", row.cells["centre"], part, column), value, row)

        return enter

    def elasticity(row: Row) -> None:
        path = ("workloads", row.cells["workload"], "drivers", row.cells["driver"])
        nation.put(path, _typed(row.cells["elasticity"], float), row)

    _each(nation, "power", power)
    _each(nation, "cooling_mix", mix)
    _each(nation, "green", numbers("green", Green))
    _each(nation, "battery", numbers("battery", Battery))
    _each(nation, "elasticities", elasticity)


def _each(nation: Nation, table: str, enter: Callable[[Row], None]) -> None:
    key = next(key for key in LAYOUTS[table].keys if key != "allocation")
    group = nation.values[{"region": "regions", "centre": "centres", "workload": "workloads"}[key]]
    for row in nation.tables.get(table, []):
        name = row.cells[key]
        if name not in group:
            text = f"there is no {key} '{name}'" + did_you_mean(name, group)
            nation.problems.append(Problem(row.origin, text))
        else:
            _collected(nation, row, enter)


def _pools(nation: Nation, origin: Origin, own: str) -> None:
    """Enter the split of the compute; the nation's own stands in for one that there is not."""
    splits = {row.cells["allocation"] for row in nation.tables["allocations"]}
    if nation.allocation not in splits:
        message = f"there is no allocation '{nation.allocation[:60]}'" + did_you_mean(nation.allocation[:60], splits)
        nation.problems.append(Problem(origin, message))
        nation.allocation = own if own in splits else min(splits, default="")
        nation.values["allocation"] = nation.allocation

    def pool(row: Row) -> None:
        if row.cells["allocation"] != nation.allocation:
            return
        if row.cells["precision"] != "fp32":
            found = row.cells["precision"][:20]
            message = f"precision is '{found}'; capacity is counted in fp32 here and the two never add"
            nation.problems.append(Problem(row.origin, message))
        base = ("centres", row.cells["centre"], "pools", row.cells["pool"])
        nation.put((*base, "precision"), "fp32", row)
        nation.put((*base, "capacity_eflops"), _typed(row.cells["capacity_eflops"], float), row)
        nation.put((*base, "power_mw_per_eflops"), _typed(row.cells["mw_per_eflops"], float), row)

    _each(nation, "allocations", pool)


def _single(nation: Nation, row: Row) -> None:
    """Enter a single value of the nation, such as ``standard.rack_kw``."""
    path = tuple(row.cells["key"].split("."))
    known = [f"{name}.{key}" for name in SECTIONS for key in columns(_section(name))]
    if ".".join(path) not in known:
        hint = did_you_mean(".".join(path)[:60], known)
        raise ScenarioError(f"'{row.cells['key'][:60]}' is not a single value of a nation{hint}", row.origin)
    nation.put(path, _typed(row.cells["value"], float), row)


def _section(name: str) -> type[Section]:
    section = step(Place("", Configuration), name).section
    assert section is not None
    return section


def _months(nation: Nation) -> None:
    """Check that every site of the climate table has twelve months that may be met on earth."""
    months: dict[str, set[float]] = {}
    first: dict[str, Row] = {}

    def month(row: Row) -> None:
        number, damp = row.number("month"), row.number("relative_humidity_percent")
        mean, high, low = (row.number(f"temperature_{kind}_c") for kind in ("mean", "max", "min"))
        if number not in range(1, 13):
            raise ScenarioError(f"month is {number:g}; it must be a whole number from 1 to 12", row.origin)
        if not -90.0 <= low <= mean <= high <= 60.0:
            text = f"temperatures {low:g}, {mean:g}, {high:g} degC; they must rise from min to max, in -90 to 60"
            raise ScenarioError(text, row.origin)
        if not 0.0 < damp <= 100.0:
            raise ScenarioError(f"relative_humidity_percent is {damp:g}; it must be above 0, at most 100", row.origin)
        months.setdefault(row.cells["site"], set()).add(number)

    before = len(nation.problems)
    for row in nation.tables.get("climate", []):
        first.setdefault(row.cells["site"], row)
        _collected(nation, row, month)
    for site, row in first.items() if len(nation.problems) == before else ():
        lacking = sorted(set(range(1, 13)) - months[site])
        if lacking:
            text = f"the climate site '{site}' has no month {', '.join(map(str, lacking))}"
            nation.problems.append(Problem(row.origin, text))
