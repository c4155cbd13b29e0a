"""The compiled job loop against its twin on SimPy, and against what must never change its results."""

from __future__ import annotations

from collections import Counter

import numpy as np

from sim.engine.loop import Loop
from tests.oracles.job_systems import STATES, TURNS, System, by_loop, by_twin, random_system
from tests.oracles.job_twin import Twin

SYSTEMS = 2000


def turns(loop: Loop) -> list[tuple[int, int, str, int]]:
    """Return the event list by instant and job; a job's own events stay in order."""
    told = [(int(t["when"]), int(t["job"]), TURNS[t["what"]], int(t["pool"])) for t in loop.turns()]
    return sorted(told, key=lambda turn: turn[:2])


def assert_same(system: System, seed: object) -> tuple[Loop, Twin]:
    loop, books = by_loop(system)
    twin = by_twin(system)
    assert turns(loop) == sorted(twin.turns, key=lambda turn: turn[:2]), seed
    found = loop.outcome()
    assert [STATES[state] for state in found.state] == [job.state for job in twin.jobs], seed
    assert found.first.tolist() == [job.first for job in twin.jobs], seed
    assert found.end.tolist() == [job.end for job in twin.jobs], seed
    assert found.lost.tolist() == [job.lost for job in twin.jobs], seed
    for hour, book in enumerate(books):
        work, lost = twin.books(hour * system.epoch, (hour + 1) * system.epoch)
        for mine, theirs in ((book.work, work), (book.lost, lost)):
            for (p, w), amount in np.ndenumerate(mine):
                assert amount == theirs.get((p, w), 0), (seed, hour, p, w)
    return loop, twin


def test_the_event_list_is_that_of_a_simpy_twin() -> None:
    seen: Counter[str] = Counter()
    for seed in range(SYSTEMS):
        _, twin = assert_same(random_system(np.random.default_rng(seed)), seed)
        seen.update(what for _, _, what, _ in twin.turns)
    print(seen)
