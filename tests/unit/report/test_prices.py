"""Prices in a file: both kinds hold the same numbers, complete or not at all."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from sim.ground.errors import ResultsError, UsageError
from sim.report.prices import check_place, write_prices


@pytest.fixture
def prices() -> xr.Dataset:
    unit = {"units": "CNY/(EFLOPS h)"}
    return xr.Dataset(
        {
            "rent": (("epoch", "centre", "pool"), np.array([[[1.5, np.nan]], [[0.0, np.nan]]]), unit),
            "capacity_value": (("centre", "pool"), np.array([[1.5, np.nan]]), {"units": "CNY/EFLOPS"}),
        },
        coords={
            "epoch": np.array(["2024-07-15T14", "2024-07-15T15"], dtype="datetime64[ns]"),
            "centre": ["=贵安"],
            "pool": ["general", "smart"],
        },
    )


def test_the_table_has_a_row_for_every_price_that_is_there(tmp_path: Path, prices: xr.Dataset) -> None:
    path = write_prices(prices, tmp_path / "new" / "prices.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["quantity", "epoch [local time]", "place", "pool", "value", "unit"]
    assert rows == [
        ["rent", "2024-07-15T14:00", "'=贵安", "general", "1.5", "CNY/(EFLOPS h)"],
        ["capacity_value", "", "'=贵安", "general", "1.5", "CNY/EFLOPS"],
    ]
    assert [item.name for item in path.parent.iterdir()] == ["prices.csv"]


def test_netcdf_holds_the_arrays(tmp_path: Path, prices: xr.Dataset) -> None:
    path = write_prices(prices, tmp_path / "prices.nc")
    with xr.open_dataset(path) as read:
        xr.testing.assert_identical(read.load(), prices)


def test_what_is_there_stays_unless_forced(tmp_path: Path, prices: xr.Dataset) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ResultsError, match="--force"):
        write_prices(prices, path)
    assert path.read_text(encoding="utf-8") == "mine"
    write_prices(prices, path, force=True)
    assert path.read_text(encoding="utf-8-sig").startswith("quantity")


def test_a_folder_of_that_name_stays_even_where_forced(tmp_path: Path, prices: xr.Dataset) -> None:
    (tmp_path / "keep.csv").mkdir()
    (tmp_path / "keep.csv" / "mine").write_text("precious", encoding="utf-8")
    for act in (lambda path: check_place(path, force=True), lambda path: write_prices(prices, path, force=True)):
        with pytest.raises(ResultsError, match=r"keep\.csv: this is a folder, and a file is to be written"):
            act(tmp_path / "keep.csv")
    assert (tmp_path / "keep.csv" / "mine").read_text(encoding="utf-8") == "precious"


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"prices\.xls': .*\.nc or \.csv"):
        check_place(tmp_path / "prices.xls")
