"""The compiled job loop against its twin on SimPy, and against what must never change its results."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from sim.engine.loop import EASY, FCFS, Loop
from sim.ground.errors import InvariantError
from sim.workloads.jobs import Jobs
from tests.oracles import textbook
from tests.oracles.job_systems import STATES, by_loop, by_twin, random_system, told_by_loop, told_by_twin

SYSTEMS = 3000
END = 2**61


@pytest.mark.slow
def test_events_and_books_are_those_of_a_simpy_twin() -> None:
    seen: Counter[str] = Counter()
    for seed in range(SYSTEMS):
        system = random_system(np.random.default_rng(seed))
        twin = by_twin(system)
        assert told_by_loop(*by_loop(system)) == told_by_twin(twin, system), seed
        seen.update(what for _, _, what, _ in twin.turns)
        seen.update(job.state for job in twin.jobs if job.state in ("waiting", "held", "running"))
        moves = {(number, pool) for _, number, what, pool in twin.turns if what == "starts"}
        seen["suspended"] += twin.suspended
        seen["moved"] += len(moves) - len({number for number, _ in moves})
    assert len(seen) == 11, seen
    assert min(seen.values()) > SYSTEMS // 10, f"the systems are too quiet to say anything: {seen}"


def test_no_stop_and_no_size_of_a_table_changes_a_byte() -> None:
    for seed in range(300):
        rng = np.random.default_rng(seed)
        system = random_system(rng)
        stops = np.unique(rng.integers(0, system.end, 50))
        one, books = by_loop(system)
        other, other_books = by_loop(system, stops, room=1024)
        for mine, theirs in zip(one.outcome(), other.outcome(), strict=True):
            assert mine.tobytes() == theirs.tobytes(), seed
        assert one.turns().tobytes() == other.turns().tobytes(), seed
        for book, other_book in zip(books, other_books, strict=True):
            assert book.work.tobytes() == other_book.work.tobytes(), seed
            assert book.lost.tobytes() == other_book.lost.tobytes(), seed


def machine_load(rng: np.random.Generator, exact: bool) -> tuple[list[textbook.Job], int]:
    """Return jobs that come often at the same instant to a machine that is mostly full, and its width."""
    machine, number = int(rng.integers(4, 65)), 120
    width = np.minimum(2 ** rng.integers(0, 7, number), machine)
    run = rng.integers(1, 40, number)
    ask = run if exact else run + rng.integers(0, 60, number)
    span = int((run * width).sum() / machine)
    submit = np.sort(rng.integers(0, span, number))
    return [textbook.Job(*(int(n) for n in one)) for one in zip(submit, run, ask, width, strict=True)], machine


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("discipline", [FCFS, EASY])
def test_starts_are_those_of_the_textbook(discipline: int, exact: bool) -> None:
    waited = 0
    for seed in range(150):
        load, machine = machine_load(np.random.default_rng(seed), exact)
        submit, run, ask, width = (np.array(column) for column in zip(*load, strict=True))
        loop = Loop(Jobs.of(submit, run, width, ask=ask), [machine], discipline, room=1)
        loop.advance(END)
        expected = textbook.starts(load, machine, easy=discipline == EASY)
        assert loop.outcome().first.tolist() == expected, seed
        waited += sum(start > job.submit for start, job in zip(expected, load, strict=True))
    assert waited > 150 * 60, "the machines are too empty to say anything"


def test_a_conservative_queue_breaks_no_promise() -> None:
    """With exact requests nobody starts later than promised at arrival: the plan in which all before it are kept."""
    for seed in range(100):
        load, machine = machine_load(np.random.default_rng(seed), exact=True)
        submit, run, ask, width = (np.array(column) for column in zip(*load, strict=True))
        loop = Loop(Jobs.of(submit, run, width, ask=ask), [machine], 10**6, room=1)
        loop.advance(END)
        # With nothing ending early, a plan made once in the order of arrival is the schedule.
        used = np.zeros(int(submit.max() + run.sum()) + 1, dtype=np.int64)
        planned = []
        for job in load:
            start = job.submit
            while (used[start : start + job.run] + job.width > machine).any():
                start += 1
            used[start : start + job.run] += job.width
            planned.append(start)
        assert loop.outcome().first.tolist() == planned, seed


def stopped_halfway() -> Loop:
    load, machine = machine_load(np.random.default_rng(7), exact=False)
    submit, run, ask, width = (np.array(column) for column in zip(*load, strict=True))
    loop = Loop(Jobs.of(submit, run, width, ask=ask), [machine], EASY)
    loop.advance(int(submit[60]))
    loop.close_epoch()
    loop.audit()
    assert loop.state.pool["waiting"][0] > 0
    assert loop.state.pool["running"][0] > 0
    return loop


def test_a_job_that_vanishes_is_noticed() -> None:
    loop = stopped_halfway()
    loop.state.pool["waiting"] -= 1
    with pytest.raises(InvariantError, match="jobs are gone"):
        loop.close_epoch()


def test_units_that_vanish_are_noticed() -> None:
    loop = stopped_halfway()
    loop.state.pool["used"] -= 1
    with pytest.raises(InvariantError, match="units"):
        loop.close_epoch()


@pytest.mark.parametrize("check", ["audit", "close_epoch"])
@pytest.mark.parametrize("what", ["work of a job", "work in the books"])
def test_work_that_vanishes_is_noticed(what: str, check: str) -> None:
    loop = stopped_halfway()
    if what == "work of a job":
        waiting = np.flatnonzero(loop.state.job["state"] == STATES.index("waiting"))
        loop.state.job["left"][waiting[0]] -= 1
    else:
        loop.state.booked["work"] += 1
    with pytest.raises(InvariantError, match="unit-ticks of workload 0"):
        getattr(loop, check)()
