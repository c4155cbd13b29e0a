"""The tables of a sweep: a row a point for spreadsheets, a labelled cube for programs, failures apart."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.ground.names import MEASURES
from sim.results.product import as_text, placed
from sim.study.axes import Axis, Design, cell, column
from sim.study.parts import Row

TABLE, CUBE, FAILURES = "sweep.csv", "sweep.nc", "failures.csv"


def write(folder: Path, design: Design, rows: Sequence[Row]) -> dict[str, str]:
    """Write the tables of a sweep and return their paths: ``table``, ``cube``, and ``failures`` where there are any.

    Parameters
    ----------
    folder
        Where they go; what stands there of an earlier call is replaced.
    design
        The points.
    rows
        What is known of each, in order of their numbers; points without a row are left out.

    Raises
    ------
    ResultsError
        Where they cannot be written.
    """
    bad = [row for row in rows if row.failed]
    table, listed, keys = told(design, rows)
    good = [row for row in rows if not row.failed]
    files = {"table": _csv(folder / TABLE, table)}
    numeric = [key for key in keys if not any(isinstance(row.kpi.get(key), str) for row in good)]
    cube = _cube(design, good, numeric)
    files["cube"] = str(placed(folder / CUBE, lambda draft: _netcdf(cube, draft), force=True))
    (folder / FAILURES).unlink(missing_ok=True)
    if bad:
        files["failures"] = _csv(folder / FAILURES, listed)
    return files


def told(design: Design, rows: Sequence[Row]) -> tuple[list[list[Any]], list[list[Any]], list[str]]:
    """Return the table of the points that worked, that of those that failed, and the keys of the measures.

    Parameters
    ----------
    design
        The points.
    rows
        What is known of each, in order of their numbers.
    """
    settings = list(design.settings())
    good, bad = [row for row in rows if not row.failed], [row for row in rows if row.failed]
    meant = [design.meant(key) for key in design.keys]
    axes = [
        column(key, (setting[key] for setting in settings), name) for name, key in zip(design.keys, meant, strict=True)
    ]
    heads = [_head(axis.label, axis.unit) for axis in axes]

    def values(row: Row) -> list[Any]:
        return [cell(key, settings[row.point][key]) for key in meant]

    keys = list(dict.fromkeys(key for row in good for key in row.kpi))
    table: list[list[Any]] = [["point", *heads, "run", *(_head(key, _unit(key)) for key in keys)]]
    table += [[row.point, *values(row), row.run, *(row.kpi.get(key) for key in keys)] for row in good]
    listed = [["point", *heads, "kind", "message"], *([row.point, *values(row), *row.error] for row in bad)]
    return table, listed, keys


def _head(label: str, unit: str) -> str:
    return label if unit == "1" else f"{label} [{unit}]"


def _unit(key: str) -> str:
    return MEASURES[key].unit if key in MEASURES else "1"


def _csv(path: Path, table: list[list[Any]]) -> str:
    """Write a table as UTF-8 with a byte-order mark, by which spreadsheets know it, and return its path."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([as_text(item) for item in line] for line in table)
    return str(
        placed(path, lambda draft: draft.write_text(text.getvalue(), encoding="utf-8-sig", newline=""), force=True)
    )


def _cube(design: Design, rows: Sequence[Row], keys: Sequence[str]) -> Any:
    """Return the measures as a dataset, a dimension an axis; what is not known is no number."""
    import xarray as xr

    dims = tuple(_dimension(axis) for axis in design.axes)
    coords: dict[str, Any] = {}
    for axis, dim in zip(design.axes, dims, strict=True):
        for number, name in enumerate(axis.keys):
            key = design.meant(name)
            labels = [cell(key, row[number]) for row in axis.rows]
            words = any(isinstance(label, str) for label in labels)
            unit = column(key, (row[number] for row in axis.rows)).unit
            typed = np.array([str(label) for label in labels]) if words else np.array(labels, dtype=np.float64)
            coords[dim if len(axis.keys) == 1 else _name(name)] = (dim, typed, {} if words else {"units": unit})
    variables = {}
    for key in keys:
        values = np.full(design.points, np.nan)
        for row in rows:
            known = row.kpi.get(key)
            values[row.point] = np.nan if known is None else known
        text = MEASURES[key].text if key in MEASURES else key
        variables[key] = (dims, values.reshape(design.shape), {"units": _unit(key), "long_name": text})
    return xr.Dataset(variables, coords=coords, attrs={"Conventions": "CF-1.11"})


def _dimension(axis: Axis) -> str:
    return _name(axis.keys[0]) if len(axis.keys) == 1 else axis.name


def _name(key: str) -> str:
    """Return a key as netCDF takes it for a name."""
    return key.replace("/", "_")


def _netcdf(cube: Any, path: Path) -> None:
    try:
        cube.to_netcdf(path, engine="netcdf4")
    except RuntimeError as error:
        # How the library says that the disk is full.
        raise OSError(None, f"{error}, perhaps for lack of room") from error
