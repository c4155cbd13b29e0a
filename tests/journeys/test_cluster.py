"""A sweep on a Dask cluster: the same bytes, whoever is lost on the way; one sentence where it cannot be."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.test_sweep import (
    LINUX,
    ROOT,
    alive,
    begotten,
    begun,
    command,
    kept,
    parts,
    place,
    told,
    undisturbed,
    waited,
)

pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
__all__ = ["place", "undisturbed"]


def daemon(words: list[str], folder: Path, file: Path) -> subprocess.Popen[bytes]:
    """Start a part of a cluster in a folder of its own; what it says goes to a file."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_LOGGING__DISTRIBUTED": "info"}
    with file.open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]],
            cwd=folder, env=environment, stdout=said, stderr=said,
        )  # fmt: skip


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler on this machine, and its address."""
    file = tmp_path / "scheduler.txt"
    process = daemon(["dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"], tmp_path, file)
    try:
        waited(lambda: re.search(r"Scheduler at:\s+(tcp://\S+)", file.read_text()))
        yield re.findall(r"Scheduler at:\s+(tcp://\S+)", file.read_text())[0], process
    finally:
        process.kill()
        process.wait()


@LINUX
def test_a_worker_of_a_cluster_that_is_killed_costs_nothing(place: Path, undisturbed: dict[str, bytes]) -> None:
    process = begun(command(place, "--dask", "local", "--workers", "2"))
    waited(lambda: len(parts(place)) >= 1)
    os.kill(begotten(process.pid, b"spawn_main")[0], signal.SIGKILL)
    _, error = process.communicate(timeout=600)
    assert process.returncode == 0, error
    assert kept(place) == undisturbed


@LINUX
def test_a_sweep_that_is_killed_ends_its_cluster_and_goes_on(place: Path, undisturbed: dict[str, bytes]) -> None:
    process = begun(command(place, "--dask", "local", "--workers", "1"))
    waited(lambda: len(parts(place)) >= 1)
    workers = begotten(process.pid, b"spawn_main")
    process.kill()
    process.communicate()
    assert workers
    waited(lambda: not any(alive(worker) for worker in workers))
    assert len(parts(place)) < 12
    told(command(place, "--workers", "1"))
    assert kept(place) == undisturbed


def test_workers_may_come_late_and_stand_elsewhere(
    place: Path, scheduler: tuple[str, subprocess.Popen[bytes]], undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    address, _ = scheduler
    words = [os.path.relpath(word, place) if os.sep in word and Path(word).is_relative_to(place) else word
             for word in command(place, "--dask", address)]  # fmt: skip
    process = begun(words, cwd=place)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    worker = daemon(
        ["dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"], elsewhere, tmp_path / "w"
    )
    try:
        _, error = process.communicate(timeout=600)
        assert process.returncode == 0, error
        assert kept(place) == undisturbed
    finally:
        worker.kill()
        worker.wait()


@pytest.mark.parametrize("late", [False, True])
def test_a_worker_of_another_version_is_refused_in_one_sentence(
    place: Path, scheduler: tuple[str, subprocess.Popen[bytes]], tmp_path: Path, late: bool
) -> None:
    address, _ = scheduler
    (tmp_path / "older.py").write_text("import sim.once\nsim.once.code_version = lambda: '0.0.1+older'\n")
    said = tmp_path / "worker.txt"
    words = ["dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--preload", "older.py"]
    worker = None if late else daemon(words, tmp_path, said)
    try:
        if worker is not None:
            waited(lambda: "Registered to:" in said.read_text())
        process = begun(command(place, "--dask", address))
        if worker is None:
            waited(lambda: list((place / "results").glob("sweep-*/sweep.json")))
            worker = daemon(words, tmp_path, said)
        _, error = process.communicate(timeout=600)
    finally:
        if worker is not None:
            worker.kill()
            worker.wait()
    assert process.returncode == 2, error
    assert "0.0.1+older" in error
    assert ("a worker runs suanwang" if late else "workers of the cluster run another version") in error
    assert "install the same one" in error
    assert len(error.strip().splitlines()) == 1
    assert not parts(place)


def test_a_scheduler_that_is_lost_is_one_clear_sentence(
    place: Path, scheduler: tuple[str, subprocess.Popen[bytes]]
) -> None:
    address, cluster = scheduler
    process = begun(command(place, "--dask", address))
    waited(lambda: list((place / "results").glob("sweep-*/sweep.json")))
    cluster.kill()
    _, error = process.communicate(timeout=600)
    assert process.returncode in (1, 2), error
    assert f"--dask {address}" in error
    assert "Traceback" not in error


def test_an_address_where_nobody_answers_is_told(place: Path) -> None:
    _, error = told(command(place, "--dask", "tcp://127.0.0.1:1"), code=2)
    assert "no scheduler answers there" in error
    assert "Traceback" not in error
