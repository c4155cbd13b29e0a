"""Runs on disk: whole or not there, checked when read, safe between writers, found by their beginning."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.ground.errors import ResultsError
from sim.results import store
from sim.results.schema import Results
from tests.oracles.worlds import run, world

ID = "0123456789ab"
META = {"id": ID, "scenario": "case", "engine": "fluid", "policy": "base", "seed": 42, "nested": {"a": [1, "二"]}}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    network = world(tmp_path_factory.mktemp("world"), ["workloads.*.growth=1.5"])
    return replace(run(network), meta=META)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "results"


def test_a_run_comes_back_as_it_went(results: Results, folder: Path) -> None:
    place = store.save(results, folder, {"report.html": "<p>ü</p>", "log.jsonl": "{}\n"})
    assert place == folder / ID
    assert {path.name for path in place.iterdir()} == {
        "series.nc", "kpi.json", "run.json", "report.html", "log.jsonl",
    }  # fmt: skip
    back = store.load(place)
    assert back.kpi == results.kpi
    assert back.by == results.by
    assert back.meta == results.meta
    assert back.seconds == results.seconds
    assert set(back.series.data_vars) == set(results.series.data_vars)
    for name, variable in results.series.data_vars.items():
        kept = back.series[name]
        assert kept.dims == variable.dims
        assert kept.attrs["units"] == variable.attrs["units"]
        assert kept.dtype == np.float64
        finite = np.isfinite(variable.values)
        np.testing.assert_array_equal(finite, np.isfinite(kept.values))
        largest = np.abs(variable.values[finite]).max(initial=0.0)
        np.testing.assert_allclose(
            kept.values[finite], variable.values[finite], rtol=2**-23, atol=1e-38 + 1e-12 * largest
        )
    np.testing.assert_array_equal(back.series["epoch"].values, results.series["epoch"].values)
    for dim in ("region", "centre", "workload", "link"):
        assert back.ids(dim) == results.ids(dim)
    with pytest.raises(ValueError, match="read-only"):
        back["water"][0] = 1.0


def test_the_document_on_disk_is_the_one_that_is_printed(results: Results, folder: Path) -> None:
    place = store.save(results, folder, {})
    text = (place / "kpi.json").read_text(encoding="utf-8")
    assert text == store.as_json(store.document(results))
    assert list(json.loads(text)) == ["id", "scenario", "engine", "policy", "seed", "kpi", "by"]


def test_the_same_run_is_the_same_bytes(results: Results, tmp_path: Path) -> None:
    one, two = (store.save(results, tmp_path / name, {}) for name in ("a", "b"))
    for name in ("kpi.json", "run.json", "series.nc"):
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


def test_without_series_a_run_is_complete_for_those_who_want_none(results: Results, folder: Path) -> None:
    place = store.save(results, folder, {}, series=False)
    assert store.complete(place, series=False)
    assert not store.complete(place)
    store.save(results, folder, {})
    assert store.complete(place)


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, OSError])
@pytest.mark.parametrize("step", ["_write_series", "_checksum", "_flush", "as_json"])
def test_a_run_that_is_cut_off_leaves_nothing(
    results: Results, folder: Path, step: str, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error("cut off")

    monkeypatch.setattr(store, step, fail)
    with pytest.raises(ResultsError if error is OSError else error):
        store.save(results, folder, {"report.html": "x"})
    assert list(folder.iterdir()) == []


def test_what_a_killed_process_leaves_does_not_count(results: Results, folder: Path) -> None:
    """A draft stays where a process was killed outright: no run is found in it, and it is in nobody's way."""
    place = store.save(results, folder, {})
    draft = folder / f".{ID}.{os.getpid()}.{threading.get_ident()}.tmp"
    os.rename(place, draft)
    with pytest.raises(ResultsError, match="there is no single run"):
        store.find(folder, ID)
    for name in (".", "." + ID):
        with pytest.raises(ResultsError, match="there is no single run"):
            store.find(folder, name)
    assert store.complete(store.save(results, folder, {}))
    assert store.find(folder, ID) == place


@pytest.mark.parametrize("name", ["kpi.json", "series.nc", "report.html"])
@pytest.mark.parametrize("damage", ["flip", "cut", "gone"])
def test_a_damaged_file_is_noticed_and_the_next_run_mends_it(
    results: Results, folder: Path, name: str, damage: str
) -> None:
    place = store.save(results, folder, {"report.html": "<p>page</p>"})
    file = place / name
    whole = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        half = len(whole) // 2
        file.write_bytes(whole[:half] + (bytes([whole[half] ^ 1]) + whole[half + 1 :] if damage == "flip" else b""))
    assert not store.complete(place)
    with pytest.raises(ResultsError, match="damaged"):
        store.load(place)
    store.save(results, folder, {"report.html": "<p>page</p>"})
    assert file.read_bytes() == whole
    assert [path.name for path in folder.iterdir()] == [ID]


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"checksums": []}', b"null", b"\xff\xfe", b"3"])
def test_a_damaged_record_is_noticed(results: Results, folder: Path, text: bytes) -> None:
    place = store.save(results, folder, {})
    (place / "run.json").write_bytes(text)
    assert not store.complete(place)
    with pytest.raises(ResultsError, match="damaged"):
        store.load(place)


def test_a_damaged_run_on_a_full_disk_is_not_passed_off_as_written(
    results: Results, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = store.save(results, folder, {})
    (place / "series.nc").write_bytes(b"short")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_write_series", full)
    with pytest.raises(ResultsError, match="No space left on device"):
        store.save(results, folder, {})


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ResultsError) as below_a_file:
        store.save(results, tmp_path / "file" / "results", {})

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(ResultsError) as read_only:
        store.save(results, tmp_path / "results", {})
    for caught in (below_a_file, read_only):
        text = str(caught.value)
        assert "\n" not in text
        assert text.startswith(str(tmp_path))
        assert "cannot be written" in text
        assert "--results" in text
    assert "Permission denied" in str(read_only.value)


def test_a_whole_run_that_is_there_stands(results: Results, folder: Path) -> None:
    place = store.save(results, folder, {"report.html": "first"})
    before = (place / "run.json").stat().st_ino
    store.save(results, folder, {"report.html": "second"})
    assert (place / "report.html").read_text(encoding="utf-8") == "first"
    assert (place / "run.json").stat().st_ino == before
    assert [path.name for path in folder.iterdir()] == [ID]


@pytest.mark.parametrize("moment", ["before the look", "after the look"])
def test_of_two_processes_at_once_the_faster_stands(
    results: Results, folder: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process puts its run in place while this one is about to: nothing is lost, nothing left behind."""
    rival = store.save(results, folder.parent / "rival", {"report.html": "the rival's"})
    replace_, take = os.replace, store._take_place

    def rush() -> None:
        if not (folder / ID).exists():
            shutil.copytree(rival, folder / ID)

    def replaced(source: Path, target: Path) -> None:
        if Path(target).name == ID:
            rush()
        replace_(source, target)

    def taken(draft: Path, target: Path, series: bool) -> None:
        rush()
        take(draft, target, series)

    if moment == "before the look":
        monkeypatch.setattr(store, "_take_place", taken)
    else:
        monkeypatch.setattr(os, "replace", replaced)
    place = store.save(results, folder, {"report.html": "ours"})
    assert store.complete(place)
    assert (place / "report.html").read_text(encoding="utf-8") == "the rival's"
    assert [path.name for path in folder.iterdir()] == [ID], "a draft was left behind"


def _together(work: Sequence[Callable[[], object]]) -> list[BaseException]:
    failures: list[BaseException] = []

    def guarded(task: Callable[[], object]) -> None:
        try:
            task()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(task,)) for task in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failures


def test_two_threads_of_a_process_write_the_same_run_at_once(results: Results, folder: Path) -> None:
    """They share a process number, so that alone must not name the draft."""
    tasks = [lambda: store.save(results, folder, {"report.html": "x" * 1000}, series=False)] * 4
    assert _together(tasks) == []
    assert store.complete(folder / ID, series=False)
    assert [path.name for path in folder.iterdir()] == [ID]


def test_a_run_is_found_by_its_beginning(results: Results, folder: Path) -> None:
    for name in ("abc111", "abc222", "def333"):
        store.save(replace(results, meta=META | {"id": name}), folder, {}, series=False)
    (folder / "abc999").mkdir()  # no run.json: no run
    assert store.find(folder, "abc1") == folder / "abc111"
    assert store.find(folder, "def333") == folder / "def333"
    for name, word in (("abc", "abc111, abc222"), ("", "no single run"), ("xyz", "no single run")):
        with pytest.raises(ResultsError, match=word):
            store.find(folder, name)
    with pytest.raises(ResultsError, match=r"did you mean 'def333'"):
        store.find(folder, "def334")
    with pytest.raises(ResultsError, match="no single run"):
        store.find(folder / "nowhere", "abc")
    with pytest.raises(ResultsError, match="no single run"):
        store.find(folder, "../results/abc111")


def test_a_file_of_a_run_may_be_replaced(results: Results, folder: Path) -> None:
    place = store.save(results, folder, {"report.html": "English"})
    store.replace_file(place, "report.html", "中文")
    assert (place / "report.html").read_text(encoding="utf-8") == "中文"
    assert store.complete(place)
    with pytest.raises(ResultsError, match="cannot be read"):
        store.replace_file(folder / "nowhere", "report.html", "x")


def test_numbers_that_json_does_not_know_are_refused() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        store.as_json({"pue": float("nan")})
