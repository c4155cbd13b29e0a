"""A run as CSV, XLSX, netCDF or GeoJSON, and other tables: complete or not there, nothing is overwritten unasked."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from sim.ground.errors import ResultsError, SimError, did_you_mean
from sim.ground.names import MEASURES, flat
from sim.report.geojson import text as geojson
from sim.results.product import Cell, as_text, placed
from sim.results.schema import Results

Table = list[list[Cell]]
# Hourly columns of the nation: array → unit outside the code and its value in SI; summed over the centres.
_HOURLY = {
    "it_power": ("MW", 1e6),
    "facility_power": ("MW", 1e6),
    "green_supply": ("MW", 1e6),
    "green_used": ("MW", 1e6),
    "charge": ("MW", 1e6),
    "discharge": ("MW", 1e6),
    "battery_content": ("MWh", 3.6e9),
    "grid_import": ("MW", 1e6),
}


def export(results: Results, kind: str, path: Path | str, *, force: bool = False) -> Path:
    """Write a run in another format and return its path.

    ``csv`` makes a folder of UTF-8 files with a byte order mark: kpi, hub, centre, region, workload and
    hourly_nation; ``xlsx`` one workbook with the same tables as sheets; ``netcdf`` the arrays with CF
    attributes; ``geojson`` the map.  A text that a spreadsheet would take for a formula gets an apostrophe before it.

    Parameters
    ----------
    results
        The run.
    kind
        ``csv``, ``xlsx``, ``netcdf`` or ``geojson``.
    path
        Folder (``csv``) or file to write.
    force
        Whether to replace what is there.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    SimError
        Where the kind is another.
    ResultsError
        Where something is there already, the place cannot be written, or the library for workbooks is
        not installed.
    """
    if kind not in _WRITERS:
        raise SimError(f"there is no export as '{kind}'{did_you_mean(kind, _WRITERS)}")
    return placed(Path(path), lambda draft: _WRITERS[kind](results, draft), folder=kind == "csv", force=force)


def export_tables(found: dict[str, Table], title: str, kind: str, path: Path | str, *, force: bool = False) -> Path:
    """Write tables as a folder of CSV files or as a workbook and return the path; as `export` does it.

    Parameters
    ----------
    found
        Name → rows, the header first.
    title
        Of the workbook.
    kind
        ``csv`` or ``xlsx``.
    path
        Folder or file to write.
    force
        Whether to replace what is there.

    Raises
    ------
    ResultsError
        As `export` says.
    """
    writers: dict[str, Callable[[Path], None]] = {
        "csv": lambda draft: _csv_files(found, draft),
        "xlsx": lambda draft: _workbook(found, title, draft),
    }
    return placed(Path(path), writers[kind], folder=kind == "csv", force=force)


def tables(results: Results) -> dict[str, Table]:
    """Return the tables of a run, the units in their headers.

    Parameters
    ----------
    results
        The run.

    Returns
    -------
    dict
        Name → rows, the header first; numbers in full precision.
    """
    kpi: Table = [["key", "value", "unit", "name_en", "name_zh"]]
    for key, value in flat(results.kpi).items():
        known = MEASURES.get(key)
        kpi.append([key, value, *((known.unit, known.en, known.zh) if known else ("", "", ""))])
    found = {"kpi": kpi}
    for group in ("hub", "centre", "region", "workload"):
        found[group] = _group(results, group)
    return found | {"hourly_nation": _hourly(results)}


def _group(results: Results, group: str) -> Table:
    measures = {item: flat(values) for item, values in results.by.get(group, {}).items()}
    keys = list(dict.fromkeys(key for values in measures.values() for key in values))
    names = results.meta.get("names", {}).get(group, {})
    rows: Table = [[group, "name_en", "name_zh", *(_header(key) for key in keys)]]
    for item, values in measures.items():
        name = names.get(item, {})
        rows.append([item, name.get("en", ""), name.get("zh", ""), *(values.get(key) for key in keys)])
    return rows


def _header(key: str) -> str:
    """Return a measure's key with its unit; a key that the dictionary does not hold names its own."""
    return f"{key} [{MEASURES[key].unit}]" if key in MEASURES else key


def _hourly(results: Results) -> Table:
    """Return the nation's series, a row an epoch, which begins at the time given."""
    times = np.datetime_as_string(results.series["epoch"].values.astype("datetime64[m]"), unit="m")
    columns: dict[str, Any] = {}
    for at, name in enumerate(results.ids("workload")):
        if results["asked_data"][:, at].any():
            columns[f"served.{name} [Tbps]"] = results["served_data"][:, :, at].sum(axis=1) / 1e12
            columns[f"backlog.{name} [TB]"] = results["backlog_data"][:, at] / 8e12
            continue
        columns[f"served.{name} [EFLOPS (FP32)]"] = results["served"][:, :, at].sum(axis=1) / 1e18
        columns[f"demand.{name} [EFLOPS (FP32)]"] = results["demand"][:, at] / 1e18
        columns[f"unserved.{name} [EFLOPS (FP32)]"] = results["unserved"][:, at] / 1e18
        columns[f"backlog.{name} [EFLOPS h (FP32)]"] = results["backlog"][:, at] / 3.6e21
    for name, (unit, value) in _HOURLY.items():
        columns[f"{name} [{unit}]"] = results[name].sum(axis=1) / value
    emissions = (results["grid_import"] * results["emission_factor"]).sum(axis=1)
    columns["emissions.location [t/h]"] = emissions * 3.6
    columns["link_traffic [Tbps]"] = results["link_traffic"].sum(axis=1) / 1e12
    values = np.column_stack(list(columns.values()))
    rows: Table = [["epoch [local time]", *columns]]
    return rows + [[time, *row] for time, row in zip(times.tolist(), values.tolist(), strict=True)]


def _write_csv(results: Results, draft: Path) -> None:
    _csv_files(tables(results), draft)


def _csv_files(found: dict[str, Table], draft: Path) -> None:
    draft.mkdir()
    for name, rows in found.items():
        # The mark at the front is how a spreadsheet knows UTF-8.
        with (draft / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([as_text(cell) for cell in row] for row in rows)


def _write_xlsx(results: Results, draft: Path) -> None:
    _workbook(tables(results), str(results.meta.get("scenario", "")), draft)


def _workbook(found: dict[str, Table], title: str, draft: Path) -> None:
    try:
        import xlsxwriter
    except ImportError as error:
        raise ResultsError(
            "writing a workbook needs the package xlsxwriter, which is not installed; "
            "install 'suanwang[xlsx]', or export as CSV"
        ) from error
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(draft), options) as book:
        # A date of its own would make the same run another file every time.
        book.set_properties({"title": title, "created": datetime(2000, 1, 1)})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for name, rows in found.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 1)
            sheet.set_column(0, len(rows[0]) - 1, 18)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, [as_text(cell) for cell in row], bold if number == 0 else None)


def _write_netcdf(results: Results, draft: Path) -> None:
    series = results.series.copy()
    meta = results.meta
    series.attrs = {
        "Conventions": "CF-1.11",
        "title": str(meta.get("scenario", "")),
        "comment": str(meta.get("question", "")),
        "source": f"suanwang {meta.get('code_version', '')}".strip(),
        "references": f"run {meta.get('id', '')}".strip(),
    }
    series["epoch"].attrs = {
        "standard_name": "time",
        "long_name": "beginning of the epoch, local time of the nation",
        "axis": "T",
    }
    for name in ("region", "hub", "centre", "other", "pool", "workload", "link"):
        series[name].attrs = {"long_name": f"id of the {'centre' if name == 'other' else name}"}
    packed = {str(name): {"zlib": True, "complevel": 1} for name in series.data_vars}
    series.to_netcdf(draft, engine="netcdf4", encoding=packed)


def _write_geojson(results: Results, draft: Path) -> None:
    draft.write_text(geojson(results), encoding="utf-8")


_WRITERS: dict[str, Callable[[Results, Path], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "netcdf": _write_netcdf,
    "geojson": _write_geojson,
}
