"""Exports: what was measured, in full, or nothing at all."""

from __future__ import annotations

import csv
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from sim.ground.errors import ResultsError, SimError
from sim.ground.names import flat
from sim.report import export as module
from sim.report.export import export, tables
from tests.unit.report.runs import run, with_meta

KINDS = ("csv", "xlsx", "netcdf")


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_the_csv_files_hold_every_measure(tmp_path: Path) -> None:
    results = run()
    place = export(results, "csv", tmp_path / "out")
    names = {path.name for path in place.iterdir()}
    assert names == {f"{name}.csv" for name in ("kpi", "hub", "centre", "region", "workload", "hourly_nation")}
    kpi = {row[0]: row[1] for row in rows(place / "kpi.csv")[1:]}
    for key, value in flat(results.kpi).items():
        assert kpi[key] == ("" if value is None else str(value))
    head, *body = rows(place / "centre.csv")
    assert head[:3] == ["centre", "name_en", "name_zh"]
    column = head.index("facility_energy_twh [TWh]")
    for row in body:
        assert float(row[column]) == results.by["centre"][row[0]]["facility_energy_twh"]
    assert [row[2] for row in body] == ["东部集群", "中部集群", "西部集群"]


def test_a_spreadsheet_knows_the_files_are_utf_8(tmp_path: Path) -> None:
    place = export(run(), "csv", tmp_path / "out")
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in place.iterdir())


def test_the_hours_add_up_to_the_measures(tmp_path: Path) -> None:
    results = run()
    head, *body = rows(export(results, "csv", tmp_path / "out") / "hourly_nation.csv")
    assert [row[0] for row in body[:2]] == ["2024-07-01T00:00", "2024-07-01T01:00"]
    assert len(body) == 48

    def total(column: str) -> float:
        return sum(float(row[head.index(column)]) for row in body)

    assert total("facility_power [MW]") / 1e6 == pytest.approx(results.kpi["facility_energy_twh"])
    assert total("emissions.location [t/h]") / 1e6 == pytest.approx(results.kpi["emissions_mt"]["location"])
    served = results.by["workload"]["batch"]["served_eflops"]
    assert total("served.batch [EFLOPS (FP32)]") / 48 == pytest.approx(served)
    assert total("served.storage [Tbps]") / 48 == pytest.approx(results.by["workload"]["storage"]["served_tbps"])
    assert "served.storage [EFLOPS (FP32)]" not in head


def test_every_number_has_its_unit_in_the_header() -> None:
    for name, table in tables(run()).items():
        if name != "kpi":
            columns = [str(column) for column in table[0][3:]]
            assert all("[" in column or "_eflops_h" in column for column in columns), name


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_becomes_a_formula(text: str, tmp_path: Path) -> None:
    results = run()
    names = {**results.meta["names"], "hub": {"coast": {"en": text, "zh": "安全"}}}
    hostile = with_meta(results, names=names, scenario=text)
    place = export(hostile, "csv", tmp_path / "out")
    assert rows(place / "hub.csv")[1][1] == f"'{text}"
    book = export(hostile, "xlsx", tmp_path / "out.xlsx")
    with zipfile.ZipFile(book) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 6
    assert not any("<f>" in sheet for sheet in sheets)


def test_negative_numbers_stay_numbers() -> None:
    assert module.as_text(-1.5) == -1.5
    assert module.as_text("a=b") == "a=b"
    assert module.as_text(None) is None


def test_the_workbook_is_the_same_every_time(tmp_path: Path) -> None:
    one, two = (export(run(), "xlsx", tmp_path / f"{name}.xlsx") for name in "ab")
    assert one.read_bytes() == two.read_bytes()


def test_the_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(ResultsError, match=r"suanwang\[xlsx\]"):
        export(run(), "xlsx", tmp_path / "out.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_the_arrays_come_back_from_netcdf(tmp_path: Path) -> None:
    results = run()
    with xr.open_dataset(export(results, "netcdf", tmp_path / "out.nc")) as series:
        assert set(series.data_vars) == set(results.series.data_vars)
        for name in results.series.data_vars:
            np.testing.assert_array_equal(series[name].values, results.series[name].values)
            assert series[name].attrs["units"] == results.series[name].attrs["units"]
        assert series["epoch"].attrs["standard_name"] == "time"
        assert series.attrs["Conventions"].startswith("CF-")
        assert series.attrs["title"] == "case"
        assert list(series["centre"].values) == list(results.ids("centre"))
    assert not results.series["epoch"].attrs


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_overwritten_unasked(kind: str, tmp_path: Path) -> None:
    place = tmp_path / "out"
    export(run(), kind, place)
    with pytest.raises(ResultsError, match="--force"):
        export(run(), kind, place)
    assert export(run(), kind, str(place), force=True) == place
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_and_a_folder_never_give_way_to_each_other(tmp_path: Path) -> None:
    folder, file = export(run(), "csv", tmp_path / "folder"), export(run(), "netcdf", tmp_path / "file")
    for kind, place in (("csv", file), ("netcdf", folder), ("xlsx", folder)):
        with pytest.raises(ResultsError, match="choose another place"):
            export(run(), kind, place, force=True)
    assert file.is_file()
    assert len(list(folder.iterdir())) == 6


@pytest.mark.parametrize("kind", KINDS)
def test_what_fails_leaves_nothing_behind(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = export(run(), kind, tmp_path / "out")
    kept = place.stat().st_mtime_ns

    def fail(results: object, draft: Path) -> None:
        draft.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(module._WRITERS, kind, fail)
    with pytest.raises(ResultsError, match="No space left"):
        export(run(), kind, place, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert place.stat().st_mtime_ns == kept


def test_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SimError, match="did you mean 'csv'"):
        export(run(), "csvs", tmp_path / "out")
