"""Jobs that move their data: the compiled loop against the twins of jobs and of transfers, joined."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from sim.engine.loop import Loop
from sim.engine.roads import Roads
from sim.ground.errors import InvariantError
from sim.workloads.jobs import TICK, Jobs
from tests.oracles.cargo_systems import by_twin, moved_by_loop, moved_by_twin, random_system
from tests.oracles.job_systems import STATES, by_loop, told_by_loop, told_by_twin

SYSTEMS = 3000
KINDS = 20
"""Kinds of what happens to a job, or to its data, of which the systems must show enough."""


def met(systems: int) -> Counter[str]:
    """Return what happened how often in so many systems, in which loop and twin agree in everything."""
    seen: Counter[str] = Counter()
    for seed in range(systems):
        system = random_system(np.random.default_rng(seed))
        loop, books = by_loop(system)
        twin = by_twin(system)
        assert told_by_loop(loop, books) == told_by_twin(twin, system), seed
        assert moved_by_loop(loop) == moved_by_twin(twin), seed
        exact = np.array([[float(bits) for bits in hour] for hour in twin.wires.books[1:]])
        found = np.array([book.carried for book in books])
        assert np.abs(found - exact).max() <= 1e-12 * max(exact.max(), 1.0), seed
        seen.update(what for _, _, what, _ in twin.turns)
        seen.update(job.state for job in twin.jobs if job.state in ("waiting", "held", "running", "moving"))
        seen.update(twin.seen + twin.wires.seen)
    return seen


@pytest.mark.slow
def test_events_instants_and_books_are_those_of_the_joined_twins() -> None:
    seen = met(SYSTEMS)
    assert len(seen) == KINDS, seen
    assert min(seen.values()) > SYSTEMS // 10, f"the systems are too quiet to say anything: {seen}"


def test_a_hundred_systems_are_those_of_the_joined_twins() -> None:
    assert len(met(100)) == KINDS


def test_no_stop_and_no_size_of_a_table_changes_a_byte_where_data_move() -> None:
    for seed in range(100):
        rng = np.random.default_rng(seed)
        system = random_system(rng)
        stops = np.unique(rng.integers(0, system.end, 50))
        one, books = by_loop(system)
        other, other_books = by_loop(system, stops, room=1024)
        for mine, theirs in zip(one.outcome(), other.outcome(), strict=True):
            assert mine.tobytes() == theirs.tobytes(), seed
        assert one.turns().tobytes() == other.turns().tobytes(), seed
        for book, other_book in zip(books, other_books, strict=True):
            assert [part.tobytes() for part in book] == [part.tobytes() for part in other_book], seed


def test_a_quantum_moves_instants_and_loses_neither_a_bit_nor_a_job() -> None:
    different = 0
    for seed in range(60):
        system = random_system(np.random.default_rng(seed))
        assert system.roads is not None
        exact, *others = (
            by_loop(replace(system, roads=system.roads._replace(quantum=quantum)))[0].outcome()
            for quantum in (0, 1, 3 * system.unit)
        )
        assert exact.went.tolist() == others[0].went.tolist(), seed
        different += exact.came.tolist() != others[1].came.tolist()
    assert different > 15


def under_way() -> Loop:
    """Return a loop in which the data of one job and the results of another are on the way, over one link."""
    roads = Roads(np.array([[[0, 1]]]), np.array([[[0]], [[0]]]), np.zeros((2, 1)), np.array([1e9]), 1e9)
    jobs = Jobs.of(
        np.zeros(2, dtype=int), np.full(2, TICK), np.ones(2), bits_in=np.array([1e12, 0.0]),
        bits_out=np.array([0.0, 1e12]),
    )  # fmt: skip
    loop = Loop(jobs, [1], roads=roads)
    loop.advance(10 * TICK)
    loop.close_epoch()
    loop.audit()
    loop.advance(20 * TICK)
    assert [STATES[state] for state in loop.outcome().state] == ["moving", "finished"]
    return loop


@pytest.mark.parametrize("field", ["served", "carried", "targets"])
@pytest.mark.parametrize("route", [0, 1])
def test_bits_that_vanish_are_noticed(route: int, field: str) -> None:
    loop = under_way()
    loop.state.route[field][route] -= 1e16
    with pytest.raises(InvariantError, match=f"route {route} has lost or made bits"):
        loop.close_epoch()


def test_a_link_that_carries_too_much_is_noticed() -> None:
    loop = under_way()
    loop.state.link["capacity"] //= 2
    with pytest.raises(InvariantError, match="link 0 carries more than it can"):
        loop.close_epoch()


def test_a_job_that_vanishes_on_the_way_is_noticed() -> None:
    loop = under_way()
    loop.state.clock["moving"] -= 1
    with pytest.raises(InvariantError, match="jobs are gone"):
        loop.close_epoch()


@pytest.mark.parametrize("what", ["the flow", "some work"])
def test_work_that_vanishes_on_the_way_is_noticed(what: str) -> None:
    loop = under_way()
    if what == "the flow":
        loop.state.flow["route"][loop.state.job["slot"][0]] = -1
    else:
        loop.state.job["left"][0] -= 1
    with pytest.raises(InvariantError, match="unit-ticks of workload 0"):
        loop.audit()
