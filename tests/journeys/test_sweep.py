"""A sweep as a planner runs it: taken up where it stopped, whatever stopped it, and the same bytes in the end."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xarray as xr

from sim.ground.errors import ResultsError, ScenarioError
from sim.study import parts as store
from sim.study import table
from sim.study.axes import Axis, Design
from sim.study.parts import Row
from sim.study.sweep import plan

ROOT = Path(__file__).parents[2]
SCENARIO = """extends: toy.yaml
name: asked
run: {horizon: 48 h}
sweep:
  grid: {run.seed: [1, 2, 3], policy.name: [lowest_slots, cheapest], grid.carbon_price: [0 CNY/t, 50 CNY/t]}
"""
MAIN = [sys.executable, "-m", "sim"]
# Files that grow beyond 1,500 bytes cannot be written: a disk that fills up while parts are kept.
FULL = "import resource as r, sys; r.setrlimit(r.RLIMIT_FSIZE, (1500, 1500)); from sim.cli import main; main()"


def command(place: Path, *words: str) -> list[str]:
    return [*MAIN, "sweep", str(place / "asked.yaml"), "--results", str(place / "results"), *words]


def begun(words: list[str], **how: Any) -> subprocess.Popen[str]:
    environment, pipe = {**os.environ, "PYTHONPATH": str(ROOT)}, subprocess.PIPE
    return subprocess.Popen(words, env=environment, stdout=pipe, stderr=pipe, text=True, **how)


def told(words: list[str], code: int = 0) -> tuple[str, str]:
    """Return what a command prints on both streams; its exit code must be this one."""
    process = begun(words)
    out, error = process.communicate(timeout=600)
    assert process.returncode == code, f"exit code {process.returncode}\n{out}{error}"
    return out, error


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "asked.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    place = tmp_path_factory.mktemp("undisturbed")
    (place / "asked.yaml").write_text(SCENARIO, encoding="utf-8")
    told(command(place, "--workers", "1"))
    return kept(place)


def kept(place: Path) -> dict[str, bytes]:
    """Return every file of the only sweep in a place."""
    (folder,) = (place / "results").glob("sweep-*")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def parts(place: Path) -> list[Path]:
    return sorted((place / "results").glob("sweep-*/parts/*.part"))


def waited(until: Callable[[], object], seconds: float = 120.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """Return the processes that work for a sweep: copies of the one that has imported all they need."""
    return [worker for server in begotten(pid, b"forkserver") for worker in begotten(server, b"")]


def begotten(pid: int, named: bytes) -> list[int]:
    """Return the children of a process whose command line holds a word."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid and named in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def listens(pid: int) -> bool:
    """Return whether a process catches Ctrl-C."""
    (caught,) = re.findall(r"SigCgt:\s*(\w+)", Path(f"/proc/{pid}/status").read_text())
    return bool(int(caught, 16) >> (signal.SIGINT - 1) & 1)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


LINUX = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")


def test_tables_hold_every_point_once_with_units(place: Path, undisturbed: dict[str, bytes]) -> None:
    document = json.loads(told(command(place, "--json", "--workers", "2"))[0])
    assert (document["points"], document["done"], document["failed"]) == (12, 12, 0)
    assert kept(place) == undisturbed
    text = Path(document["table"]).read_text(encoding="utf-8")
    assert text.startswith("\ufeffpoint,")
    rows = list(csv.DictReader(text[1:].splitlines()))
    assert [int(row["point"]) for row in rows] == list(range(12))
    assert {row["grid.carbon_price_cny_per_t [CNY/t]"] for row in rows} == {"0.0", "50.0"}
    one = json.loads(
        told([*MAIN, "run", str(place / "asked.yaml"), "--results", str(place / "alone"), "--seed", "2", "--json",
              "--policy", "cheapest", "--set", "grid.carbon_price=50 CNY/t"])[0]
    )  # fmt: skip
    assert (rows[7]["run"], float(rows[7]["pue"])) == (one["id"], one["kpi"]["pue"])
    assert float(rows[7]["cost_bn_cny.total [bn CNY]"]) == one["kpi"]["cost_bn_cny"]["total"]
    cube = xr.load_dataset(document["cube"])
    point = {"run.seed": 2, "policy.name": "cheapest", "grid.carbon_price": 50.0}
    assert float(cube["cost_bn_cny.total"].sel(point)) == one["kpi"]["cost_bn_cny"]["total"]
    assert cube["it_energy_twh"].attrs["units"] == "TWh"


def test_a_dry_run_counts_and_writes_nothing(place: Path) -> None:
    said = json.loads(told(command(place, "--dry-run", "--json"))[0])
    assert (said["points"], said["done"], said["failed"]) == (12, 0, 0)
    assert said["seconds"] > 0.0
    assert said["memory_mb"] > 50.0
    assert said["disk_mb"] > 0.0
    assert not (place / "results").exists()
    told(command(place, "--workers", "1"))
    again = json.loads(told(command(place, "--dry-run", "--json"))[0])
    assert (again["done"], again["seconds"], again["runs"]) == (12, 0.0, 0)


def test_what_is_done_is_not_done_again_and_what_is_damaged_is(place: Path, undisturbed: dict[str, bytes]) -> None:
    told(command(place, "--workers", "1"))
    first, second, third, fourth = parts(place)[:4]
    first.write_bytes(first.read_bytes()[:-40])
    second.write_bytes(second.read_bytes().replace(b"pue", b"PUE"))
    third.unlink()
    stamp = fourth.stat().st_mtime_ns
    told(command(place, "--workers", "1"))
    assert kept(place) == undisturbed
    assert fourth.stat().st_mtime_ns == stamp


@LINUX
def test_a_sweep_that_is_killed_goes_on_and_leaves_no_process(place: Path, undisturbed: dict[str, bytes]) -> None:
    process = begun(command(place, "--workers", "2"))
    waited(lambda: len(parts(place)) >= 2)
    workers = children(process.pid)
    process.kill()
    process.communicate()
    assert workers
    waited(lambda: not any(alive(worker) for worker in workers))
    before = {path.name: path.stat().st_mtime_ns for path in parts(place)}
    assert len(before) < 12
    told(command(place, "--workers", "2"))
    assert kept(place) == undisturbed
    assert all(path.stat().st_mtime_ns == before.get(path.name, path.stat().st_mtime_ns) for path in parts(place))


@LINUX
def test_a_worker_that_is_killed_costs_nothing(place: Path, undisturbed: dict[str, bytes]) -> None:
    process = begun(command(place, "--workers", "2"))
    waited(lambda: len(parts(place)) >= 1)
    killed = children(process.pid)[0]
    # What it leaves where the moment is a bad one.
    (parts(place)[0].parent / f".000099.{store._here()}.{killed}.tmp").touch()
    os.kill(killed, signal.SIGKILL)
    _, error = process.communicate(timeout=600)
    assert process.returncode == 0, error
    assert kept(place) == undisturbed


def test_interrupting_keeps_what_is_done_and_says_how_to_go_on(place: Path, undisturbed: dict[str, bytes]) -> None:
    process = begun(command(place, "--workers", "1"))
    waited(lambda: len(parts(place)) >= 2)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=600)
    assert process.returncode == 130
    assert "of 12 points are kept; run it again to go on" in error
    assert 2 <= len(parts(place)) < 12
    told(command(place, "--workers", "2"))
    assert kept(place) == undisturbed


@LINUX
@pytest.mark.parametrize("working", [False, True])
def test_interrupting_ends_every_process_at_once_and_says_so_once(place: Path, working: bool) -> None:
    """Ctrl-C reaches all processes of a terminal, those too that are only starting."""
    process = begun(command(place, "--workers", "2"), start_new_session=True)
    waited(lambda: parts(place) if working else begotten(process.pid, b"forkserver"))
    if not working:
        # In the first moments of Python nobody can be silent yet.
        time.sleep(1.0)
        waited(lambda: not listens(begotten(process.pid, b"forkserver")[0]))
    helpers = [*begotten(process.pid, b"forkserver"), *children(process.pid)]
    os.killpg(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "of 12 points are kept; run it again to go on" in error
    assert "Traceback" not in error
    waited(lambda: not any(alive(helper) for helper in helpers))


@pytest.mark.skipif(sys.platform == "win32", reason="the size of files cannot be limited there")
def test_a_full_disk_is_one_clear_sentence_and_no_half_file(place: Path, undisturbed: dict[str, bytes]) -> None:
    words = command(place, "--workers", "1")
    _, error = told([sys.executable, "-c", FULL, *words[3:]], code=1)
    assert "cannot be written (File too large); make room" in error
    assert "Traceback" not in error
    assert not parts(place)
    assert not list((place / "results").glob("sweep-*/parts/.*"))
    told(words)
    assert kept(place) == undisturbed


def test_points_that_fail_are_told_apart_and_not_repeated_unasked(place: Path) -> None:
    # Without its only path no centre is reached: that is seen when the graph is made, not before.
    text = SCENARIO.replace("run.seed: [1, 2, 3]", "workloads.interactive.latency_bound: [0.001 ms, 50 ms]")
    (place / "asked.yaml").write_text(text, encoding="utf-8")
    out, _ = told(command(place, "--workers", "1"), code=5)
    assert "failed: 4" in out
    (folder,) = (place / "results").glob("sweep-*")
    failures = list(csv.DictReader((folder / "failures.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["point"] for row in failures] == ["0", "1", "2", "3"]
    assert "reaches no centre for interactive" in failures[0]["message"]
    assert len(list(csv.DictReader((folder / "sweep.csv").read_text(encoding="utf-8-sig").splitlines()))) == 4
    stamps = {path: path.stat().st_mtime_ns for path in parts(place)}
    told(command(place, "--workers", "1"), code=5)
    assert stamps == {path: path.stat().st_mtime_ns for path in parts(place)}
    told(command(place, "--workers", "1", "--retry-failed"), code=5)
    assert [path.stat().st_mtime_ns > stamps[path] for path in parts(place)] == 4 * [True] + 4 * [False]
    (place / "asked.yaml").write_text(text.replace("name: asked", "name: again"), encoding="utf-8")
    out, _ = told(command(place, "--workers", "1", "--fail-fast"), code=5)
    assert "points computed: 0 / 8" in out


CUBE = ", ".join(
    f"workloads.{name}.growth: {[1 + n / 1000 for n in range(216)]}" for name in ("hpc", "batch", "training")
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing to sweep"),
        ("sweep: {grid: {grid.carbon_price: [5 CNY/t, -1 CNY/t]}}", ":2:16: grid.carbon_price_cny_per_t is -1"),
        ("sweep: {grid: {run.sed: [1]}}", ":2:16: 'sed' is not a key of run; did you mean 'seed'"),
        ("sweep: {names: {a: run.sed}, zip: {a: [1, 2]}}", ":2:30: 'sed' is not a key of run"),
        ("sweep: {grid: {policy.name: [neerest]}}", "did you mean 'nearest'"),
        ("sweep: {grid: {workloads.hpc.growth: [.nan, 1]}}", "growth is nan; it must be a finite number"),
        ("sweep: {sample: {method: lhs, n: 9, over: {workloads.hpc.growth: [1, .inf]}}}", "growth is inf; it must"),
        ("sweep: {grid: {grid.carbon_price: [5 CNY/t, 5.0 CNY/t]}}", "grid.carbon_price takes 5.0 twice"),
        ("sweep: {grid: {run.replications: [1, 2]}}", "run.replications is no axis"),
        ("sweep: {grid: {run: [{replications: 2}]}}", "run.replications is no axis"),
        (
            "sweep: {sample: {method: saltelli, n: 1000000, over: {workloads.hpc.growth: [1, 2]}}}",
            "has 3,000,000 points",
        ),
        (f"sweep: {{grid: {{{CUBE}}}}}", "has 10,077,696 points"),
    ],
)
def test_an_axis_that_cannot_be_is_told_at_its_place_before_anything_is_made(place: Path, text: str, said: str) -> None:
    (place / "asked.yaml").write_text(f"extends: toy.yaml\n{text}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        plan(place / "asked.yaml", results=place / "results")
    assert said in str(error.value)
    assert "asked.yaml" in str(error.value)
    assert not (place / "results").exists()


def test_a_wrong_axis_has_its_exit_code_and_a_policy_its_option(place: Path) -> None:
    _, error = told(command(place, "--policies", "base,neerest"), code=3)
    assert "keep one axis" in error
    (place / "asked.yaml").write_text("extends: toy.yaml\nrun: {horizon: 1 h}\n", encoding="utf-8")
    _, error = told(command(place, "--policies", "base,neerest"), code=3)
    assert error.startswith("--policies: no policy is called 'neerest'; did you mean 'nearest'")
    _, error = told(command(place, "--policies", "base,base"), code=3)
    assert "policy.name takes base twice" in error


def test_two_sweeps_at_once_share_a_folder(place: Path, undisturbed: dict[str, bytes]) -> None:
    first, second = (begun(command(place, "--workers", "1")) for _ in range(2))
    for process in (first, second):
        _, error = process.communicate(timeout=600)
        assert process.returncode == 0, error
    assert kept(place) == undisturbed


def test_only_what_nobody_writes_any_more_is_swept_out(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (tmp_path / "parts").mkdir()
    names = ("parts/.000001.{host}.{pid}.tmp", ".suanwang.{pid}.7.tmp")
    drafts = [tmp_path / name.format(host=store._here(), pid=pid) for pid in (ended.pid, os.getpid()) for name in names]
    strange = tmp_path / f"parts/.000001.elsewhere.{ended.pid}.tmp"
    for draft in (*drafts, strange):
        draft.touch()
    store.sweep_out(tmp_path)
    assert [draft.exists() for draft in (*drafts, strange)] == [False, False, True, True, True]


def test_names_in_chinese_and_a_bare_locale(place: Path) -> None:
    path = place / "西部 60 %.yaml"
    text = (
        "extends: toy.yaml\nrun: {horizon: 24 h}\nsweep: {names: {份额: workloads.hpc.growth}, grid: {份额: [1, 2]}}\n"
    )
    path.write_text(text, encoding="utf-8")
    words = [*MAIN, "sweep", str(path), "--results", str(place / "结果"), "--workers", "1", "--json"]
    bare = {"PATH": os.environ["PATH"], "HOME": str(place), "PYTHONPATH": str(ROOT), "LC_ALL": "C"}
    process = subprocess.run(words, check=True, env=bare, capture_output=True)
    document = json.loads(process.stdout.decode("utf-8"))
    assert Path(document["table"]).read_text(encoding="utf-8-sig").startswith("point,份额,run,")
    assert xr.load_dataset(document["cube"])["份额"].values.tolist() == [1.0, 2.0]


def test_a_disk_that_is_full_under_the_cube_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise RuntimeError("NetCDF: HDF error")

    monkeypatch.setattr(xr.Dataset, "to_netcdf", full)  # What netCDF4 raises on a disk without room.
    design = Design((Axis("run.seed", ("run.seed",), ((1,), (2,))),))
    with pytest.raises(
        ResultsError, match=r"sweep\.nc: cannot be written: NetCDF: HDF error, perhaps for lack of room"
    ):
        table.write(tmp_path, design, [Row(0, "a", {"pue": 1.3}), Row(1, "b", {"pue": 1.2})])
    assert not list(tmp_path.glob(".*"))
