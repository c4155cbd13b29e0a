"""The prices of an optimal dispatch: a file to work with, and a short table on the terminal."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sim.ground.errors import UsageError
from sim.report.numbers import number
from sim.report.words import PageWords
from sim.results import product
from sim.results.product import Cell, as_text

SUFFIXES = (".nc", ".csv")
_HEADER: list[Cell] = ["quantity", "epoch [local time]", "place", "pool", "value", "unit"]


def check_place(path: Path, *, force: bool = False) -> None:
    """Raise where prices cannot go to a file; before the long work that makes them.

    Parameters
    ----------
    path
        The file.
    force
        Whether to replace what is there.

    Raises
    ------
    UsageError
        Where its suffix is another.
    ResultsError
        As `sim.results.product.check_place` says.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"'{path}': prices are written as netCDF or CSV; end the name in {' or '.join(SUFFIXES)}")
    product.check_place(path, force=force)


def write_prices(prices: xr.Dataset, path: Path, *, force: bool = False) -> Path:
    """Write prices to a file, complete or not at all, and return its path.

    ``.nc`` holds the labelled arrays. ``.csv`` is one long table, UTF-8 with a byte order mark: quantity,
    epoch (empty for what holds over the period), place, pool, value, unit. What is not there has no row,
    nor has an hourly price of 0.

    Parameters
    ----------
    prices
        Arrays with `units`.
    path
        The file.
    force
        Whether to replace what is there.

    Raises
    ------
    UsageError, ResultsError
        As `check_place` says, or where the file cannot be written.
    """
    check_place(path, force=force)
    return product.placed(path, lambda draft: _WRITERS[path.suffix.lower()](prices, draft), force=force)


def _write_netcdf(prices: xr.Dataset, draft: Path) -> None:
    packed = {str(name): {"zlib": True, "complevel": 1} for name in prices.data_vars}
    prices.to_netcdf(draft, engine="netcdf4", encoding=packed)


def _write_csv(prices: xr.Dataset, draft: Path) -> None:
    with draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for name in prices.data_vars:
            writer.writerows(_rows(str(name), prices[name]))


_WRITERS = {".nc": _write_netcdf, ".csv": _write_csv}


def _rows(name: str, array: xr.DataArray) -> Iterator[list[Cell]]:
    """Yield the rows of a quantity."""
    hourly = "epoch" in array.dims
    wanted = ~np.isnan(array.values)
    if hourly:
        wanted &= array.values != 0.0
    labels = {dim: _labels(array[dim].values) for dim in array.dims}
    (place,) = (dim for dim in array.dims if dim not in ("epoch", "pool"))
    unit = str(array.attrs["units"])
    for at in np.argwhere(wanted):
        key = {dim: labels[dim][k] for dim, k in zip(array.dims, at, strict=True)}
        value = float(array.values[tuple(at)])
        yield [name, key.get("epoch", ""), key[place], key.get("pool", ""), value, unit]


def _labels(values: Any) -> list[Cell]:
    if np.issubdtype(values.dtype, np.datetime64):
        return list(np.datetime_as_string(values.astype("datetime64[m]"), unit="m"))
    return [as_text(str(value)) for value in values]


def print_prices(found: Mapping[str, Any], language: str) -> None:
    """Print what work costs at the hubs, and the dearest links.

    Parameters
    ----------
    found
        ``hub`` and ``link``, as the document of a solved scenario holds them.
    language
        ``en`` or ``zh``.
    """
    words = PageWords(language, {})
    hubs = [
        [hub, pool, number(price["mean"]), number(price["max"])]
        for hub, pools in found["hub"].items()
        for pool, price in pools.items()
    ]
    if hubs:
        _print(words, "hub_prices", ("hub", "pool", "mean_price", "max_price"), 2, hubs)
    links = [[row["link"], number(row["cny_per_gbps"]), number(row["hours"])] for row in found["link"]]
    if links:
        _print(words, "dear_links", ("link_price", "per_gbps", "hours_binding"), 1, links)
    else:
        print(words("no_dear_links"))


def print_stopped(language: str) -> None:
    """Print that the time was up, in ``en`` or ``zh``."""
    print(PageWords(language, {})("time_is_up"))


def _print(words: PageWords, title: str, header: tuple[str, ...], names: int, rows: list[list[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(words(title)), title_justify="left", box=SIMPLE_HEAD)
    for at, key in enumerate(header):
        table.add_column(words(key), justify="left" if at < names else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)
