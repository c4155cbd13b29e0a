"""Machine code from the cache is never older than any of the sources it was made from."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from numba.core.errors import NumbaError

import sim
from sim.engine import caller, compiled, kernel
from sim.engine.loop import Loop
from sim.ground.arrays import IntArray
from sim.workloads.jobs import Jobs

PROGRAM = """
import numpy as np
from sim.engine import kernel
from sim.engine.loop import Loop
from sim.workloads.jobs import Jobs
loop = Loop(Jobs.of(np.array([5]), np.array([1]), np.array([1])), [2, 2])
loop.set_capacity(1, 2)
hits = sum(kernel.set_capacity.stats.cache_hits.values())
print(int(loop.state.pool["newcomer"][1]), int(loop.state.touched[0]), hits)
"""


def run(folder: Path) -> list[int]:
    """Return what a process makes of the copy in a folder: a constant, a number that a callee writes, cache hits."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=folder, env=settings | {"PYTHONPATH": str(folder)}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    return [int(word) for word in found.stdout.split()]


def change(source: Path, old: str, new: str) -> None:
    text = source.read_text(encoding="utf-8")
    assert text.count(old) == 1
    source.write_text(text.replace(old, new), encoding="utf-8")


def test_a_change_in_another_file_reaches_the_compiled_loop(tmp_path: Path) -> None:
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(sim.__file__).parent, tmp_path / "sim", ignore=ignore)
    engine = tmp_path / "sim" / "engine"
    assert run(tmp_path) == [-2, 1, 0]
    assert run(tmp_path) == [-2, 1, 1], "unchanged, it comes from the cache"
    change(engine / "state.py", "NOBODY, ALL_NEW = -1, -2", "NOBODY, ALL_NEW = -1, -3")
    assert run(tmp_path) == [-3, 1, 0], "a constant of another file"
    change(engine / "lives.py", "s.touched[s.clock[0].touched] = p", "s.touched[s.clock[0].touched] = p + 6")
    assert run(tmp_path) == [-3, 7, 0], "a callee in another file"


def test_other_options_and_other_parts_are_another_stamp(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from sim.engine import b, z\nfrom sim.engine.compiled import entry\n")
    (tmp_path / "b.py").write_text("from sim.engine.c import (\n    X,\n)\n")
    (tmp_path / "c.py").write_text("X = 1\n")
    (tmp_path / "d.py").write_text("from sim.engine.a import entry\n")
    one = compiled.stamp(tmp_path, {"_nrt": False})
    assert one == compiled.stamp(tmp_path, {"_nrt": False})
    assert one != compiled.stamp(tmp_path, {"_nrt": True})
    (tmp_path / "d.py").write_text("")
    assert one == compiled.stamp(tmp_path, {"_nrt": False}), "what only uses it is no part of it"
    (tmp_path / "c.py").write_text("X = 2\n")
    assert one != compiled.stamp(tmp_path, {"_nrt": False}), "a part of a part"


def test_the_loop_cannot_allocate() -> None:
    """Without numba's runtime an allocation is a compile error, so what compiles does not allocate."""

    @compiled.entry
    def allocates(count: int) -> float:
        return float(np.zeros(count).sum())

    with pytest.raises(NumbaError, match="empty"):
        allocates(3)


def test_the_loop_is_compiled_once_whatever_it_is_given() -> None:
    for number, width in ((1, 1), (50, 3)):
        jobs = Jobs.of(np.arange(number), np.ones(number, dtype=np.int64), np.full(number, width))
        jobs = jobs.only(np.arange(0, number, 2)) if number == 50 else jobs
        for column in (jobs.arrive, jobs.due, jobs.region):
            column.flags.writeable = number == 1
        loop = Loop(jobs, [4], number % 3, log=number == 50, room=1)
        kind = numba.typeof(loop.state)
        loop.advance(10)
        loop.advance(np.int64(100))
        assert numba.typeof(loop.state) == kind, "it is asked for its types once, before it grows"
    assert len(kernel.run.signatures) == 1


def test_a_caller_asks_for_the_types_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, kind_of = [], numba.typeof
    monkeypatch.setattr(numba, "typeof", lambda value: asked.append(value) or kind_of(value))

    @compiled.entry
    def longer(table: IntArray, by: int) -> int:
        return len(table) + by

    call, table = caller.Caller(), np.zeros(3, dtype=np.int64)
    assert [call(longer, table, by) for by in (1, 2, 3)] == [4, 5, 6]
    assert len(asked) == 2
    assert len(longer.signatures) == 1
    assert caller.Caller()(longer, np.zeros(2), 1) == 3, "another caller, other types"
    assert caller.Caller()(len, "abc") == 3, "as where compiling is switched off"
