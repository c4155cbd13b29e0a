"""Measured series that a nation may give instead of synthetic ones: hourly CSV, EPW weather, delays."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.ground.arrays import Array
from sim.ground.errors import Origin, ScenarioError, did_you_mean
from sim.scenario.nation import Nation
from sim.scenario.yaml_file import read_text

MOST_BYTES = 256 * 1024 * 1024
SERIES = {
    "temperature_c": 1.0,
    "relative_humidity_percent": 0.01,
    "wind_capacity_factor": 1.0,
    "solar_capacity_factor": 1.0,
    "price_cny_per_kwh": 1.0 / 3.6e6,
    "emission_factor_kg_per_kwh": 1.0 / 3.6e6,
}
_EPW_FIRST, _EPW_DRY_BULB, _EPW_HUMIDITY = 8, 6, 8


def inside(nation: Nation, name: object) -> Path:
    """Return the path of a nation's file.

    Raises
    ------
    ScenarioError
        Where the name leads out of the nation's folder.
    """
    path = (nation.folder / str(name)).resolve()
    if nation.folder.resolve() not in path.parents:
        raise ScenarioError(
            f"'{name}' leaves the nation's folder", Origin(str(nation.folder / "nation.yaml"))
        )
    return path


def hourly(nation: Nation, kind: str, names: Sequence[str], hours: int) -> Array | None:
    """Return a measured hourly series, or None where the nation gives none.

    Parameters
    ----------
    nation
        Its `series` names a CSV file by kind: a row an hour of the year, a column a site or region.
    kind
        A key of `SERIES`.
    names
        Columns wanted.
    hours
        Hours of the year.

    Returns
    -------
    Array or None
        [hour, name], SI.

    Raises
    ------
    ScenarioError
        Where a column is missing, a cell is no finite number, or the rows are not one a hour.
    """
    listed = nation.files.get("series") or {}
    unknown = [key for key in listed if key not in SERIES]
    if unknown:
        hint = did_you_mean(unknown[0], SERIES)
        raise ScenarioError(
            f"there is no series '{unknown[0]}'{hint}", Origin(str(nation.folder / "nation.yaml"))
        )
    if kind not in listed:
        return None
    path = inside(nation, listed[kind])
    rows = list(csv.reader(io.StringIO(read_text(path, MOST_BYTES), newline="")))
    header = [cell.strip() for cell in rows[0]] if rows else []
    missing = [name for name in names if name not in header]
    if missing:
        hint = did_you_mean(missing[0], header)
        raise ScenarioError(f"the column '{missing[0]}' is missing{hint}", Origin(str(path), 1))
    columns = [header.index(name) for name in names]
    return _numbers(rows[1:], columns, path, 2, hours) * SERIES[kind]


def epw(nation: Nation, site: str, hours: int) -> tuple[Array, Array] | None:
    """Return dry bulb and relative humidity of a site's EPW file, or None where there is none.

    The EnergyPlus weather format: eight header lines, then a row an hour; field 7 is the dry bulb in
    degC, field 9 the relative humidity in per cent. A year of 8,760 rows stands in for a leap year by
    repeating 28 February.

    Parameters
    ----------
    nation
        Its `epw` names a file by site.
    site
        The site.
    hours
        Hours of the year.

    Returns
    -------
    tuple or None
        [hour] degC and [hour] in 0–1.

    Raises
    ------
    ScenarioError
        Where the file is not such a year.

    References
    ----------
    EnergyPlus, Auxiliary Programs, "EnergyPlus Weather File (EPW) Data Dictionary".
    """
    listed = nation.files.get("epw") or {}
    if site not in listed:
        return None
    path = inside(nation, listed[site])
    rows = list(csv.reader(io.StringIO(read_text(path, MOST_BYTES), newline="")))
    rows = [row for row in rows[_EPW_FIRST:] if row]
    leap = hours == 8784 and len(rows) == 8760
    both = _numbers(rows, [_EPW_DRY_BULB, _EPW_HUMIDITY], path, _EPW_FIRST + 1, 8760 if leap else hours)
    if leap:
        after_february = (31 + 28) * 24
        both = np.insert(both, [after_february] * 24, both[after_february - 24 : after_february], axis=0)
    return both[:, 0], np.clip(both[:, 1] / 100.0, 0.01, 1.0)


def _numbers(rows: list[list[str]], columns: list[int], path: Path, first: int, hours: int) -> Array:
    if len(rows) != hours:
        raise ScenarioError(f"{len(rows)} rows of hours; the year has {hours}", Origin(str(path)))
    values = np.empty((hours, len(columns)))
    for number, row in enumerate(rows):
        try:
            values[number] = [float(row[column]) for column in columns]
        except (ValueError, IndexError) as error:
            raise ScenarioError(
                f"not a row of numbers: {error}", Origin(str(path), first + number)
            ) from error
    if not np.isfinite(values).all():
        bad = int(np.argwhere(~np.isfinite(values))[0, 0])
        raise ScenarioError("a number is not finite", Origin(str(path), first + bad))
    return values


def delays(nation: Nation, rows: Sequence[str], columns: Sequence[str]) -> Array | None:
    """Return the measured one-way delays between places, or None where the nation gives none.

    Parameters
    ----------
    nation
        Its `delays` names a CSV file: first column and header are node ids, cells are ms.
    rows, columns
        Nodes wanted.

    Returns
    -------
    Array or None
        [row, column], s.

    Raises
    ------
    ScenarioError
        Where a node is missing or a cell is no number ≥ 0.
    """
    name = nation.files.get("delays")
    if name is None:
        return None
    path = inside(nation, name)
    table = [row for row in csv.reader(io.StringIO(read_text(path, MOST_BYTES), newline="")) if row]
    header = [cell.strip() for cell in table[0][1:]] if table else []
    lines = {row[0].strip(): (number + 2, row[1:]) for number, row in enumerate(table[1:])}
    values = np.empty((len(rows), len(columns)))
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            if row not in lines or column not in header:
                absent = row if row not in lines else column
                raise ScenarioError(f"the node '{absent}' is missing", Origin(str(path), 1))
            line, cells = lines[row]
            try:
                values[i, j] = float(cells[header.index(column)]) * 1e-3
            except (ValueError, IndexError) as error:
                raise ScenarioError(f"{row} → {column}: no delay in ms", Origin(str(path), line)) from error
            if not 0.0 <= values[i, j] < np.inf:
                raise ScenarioError(
                    f"{row} → {column}: a delay is a number of ms from 0", Origin(str(path), line)
                )
    return values
