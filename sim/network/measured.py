"""Measured series that a nation may give instead of synthetic ones: hourly CSV, EPW weather, delays."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.ground.arrays import Array
from sim.ground.errors import Origin, ScenarioError, did_you_mean
from sim.scenario.layout import SERIES
from sim.scenario.nation import Nation
from sim.scenario.tables import ADVICE, inside
from sim.scenario.yaml_file import read_text

MOST_BYTES = 256 * 1024 * 1024
_EPW_FIRST, _EPW_DRY_BULB, _EPW_HUMIDITY = 8, 6, 8
# What the format allows; 99.9 degC and 999 % stand for a missing value.
_EPW_LEAST, _EPW_MOST = (-70.0, 0.0), (70.0, 110.0)
_DRIEST, _LONGEST = 0.01, 10.0

Lines = list[tuple[int, list[str]]]


def _file(nation: Nation, name: object) -> Path:
    """Return the path of a nation's file, inside its folder."""
    return inside(nation.folder, str(name), Origin(str(nation.folder / "nation.yaml")))


def _lines(path: Path) -> Lines:
    """Return the rows of a CSV file that are not empty, each with the number of its line."""
    reader = csv.reader(io.StringIO(read_text(path, MOST_BYTES, ADVICE), newline=""))
    try:
        return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise ScenarioError(f"not a CSV table: {error}", Origin(str(path), reader.line_num)) from error


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
        Where a column is missing, a cell is no number within bounds, or the rows are not one an hour.
    """
    listed = nation.files.get("series") or {}
    if kind not in listed:
        return None
    path = _file(nation, listed[kind])
    lines = _lines(path)
    header = [cell.strip() for cell in lines[0][1]] if lines else []
    missing = [name for name in names if name not in header]
    if missing:
        hint = did_you_mean(missing[0], header)
        raise ScenarioError(f"the column '{missing[0]}' is missing{hint}", Origin(str(path), 1))
    columns = [header.index(name) for name in names]
    unit, least, most = SERIES[kind]
    values = _numbers(lines[1:], columns, path, hours, [least] * len(names), [most] * len(names))
    return np.maximum(values * unit, _DRIEST) if kind == "relative_humidity_percent" else values * unit


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
    path = _file(nation, listed[site])
    lines = [(line, row) for line, row in _lines(path) if line > _EPW_FIRST]
    leap = hours == 8784 and len(lines) == 8760
    columns = [_EPW_DRY_BULB, _EPW_HUMIDITY]
    both = _numbers(lines, columns, path, 8760 if leap else hours, _EPW_LEAST, _EPW_MOST)
    if leap:
        after_february = (31 + 28) * 24
        both = np.insert(both, [after_february] * 24, both[after_february - 24 : after_february], axis=0)
    return both[:, 0], np.clip(both[:, 1] / 100.0, _DRIEST, 1.0)


def _numbers(
    lines: Lines, columns: list[int], path: Path, hours: int, least: Sequence[float], most: Sequence[float]
) -> Array:
    """Return the numbers of some columns, each within its bounds; [hour, column]."""
    if len(lines) != hours:
        raise ScenarioError(f"{len(lines)} rows of hours; the year has {hours}", Origin(str(path)))
    values = np.empty((hours, len(columns)))
    for number, (line, row) in enumerate(lines):
        try:
            values[number] = [float(row[column]) for column in columns]
        except (ValueError, IndexError) as error:
            raise ScenarioError(f"not a row of numbers: {error}", Origin(str(path), line)) from error
    # Written so that NaN, which is in no bounds, is found.
    wrong = np.argwhere(~((values >= least) & (values <= most)))
    if len(wrong):
        hour, column = wrong[0]
        text = (
            f"column {columns[column] + 1}: {values[hour, column]:g} is outside "
            f"{least[column]:g} to {most[column]:g}, or missing"
        )
        raise ScenarioError(text, Origin(str(path), lines[hour][0]))
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
    path = _file(nation, name)
    table = _lines(path)
    header = [cell.strip() for cell in table[0][1][1:]] if table else []
    lines = {row[0].strip(): (line, row[1:]) for line, row in table[1:]}
    values = np.empty((len(rows), len(columns)))
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            if row not in lines or column not in header:
                absent, known = (row, list(lines)) if row not in lines else (column, header)
                hint = did_you_mean(absent, known)
                raise ScenarioError(f"the node '{absent}' is missing{hint}", Origin(str(path), 1))
            line, cells = lines[row]
            try:
                values[i, j] = float(cells[header.index(column)]) * 1e-3
            except (ValueError, IndexError) as error:
                raise ScenarioError(f"{row} → {column}: no delay in ms", Origin(str(path), line)) from error
            if not 0.0 <= values[i, j] <= _LONGEST:
                raise ScenarioError(
                    f"{row} → {column}: a delay is a number of ms from 0 to {_LONGEST * 1e3:g}",
                    Origin(str(path), line),
                )
    return values
