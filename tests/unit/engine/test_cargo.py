"""Jobs and their data by hand: when a job may wait, what a kill, a cut and a deadline do to it, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.loop import FCFS, Loop
from sim.engine.roads import Roads
from sim.engine.state import FINISHED, MISSED, MOVING, WAITING
from sim.workloads.jobs import TICK, Jobs

END = 2**61
# One region and two pools. Data reach pool 0 over link 0 or, longer, over link 3, and pool 1 over link 2; results leave
# pool 0 over link 1, and pool 1 without a link.
ROADS = Roads(
    way=np.array([[[0, 1], [2, -1]]]),
    hop=np.array([[[0], [3]], [[1], [-1]], [[2], [-1]]]),
    delay=np.array([[0.5, 2.0], [0.25, np.inf], [0.0, np.inf]]),
    capacity=np.full(4, 10.0),
    cap=10.0,
)


def loop(*rows: tuple[float, float, float, float], width: int = 1, roads: Roads = ROADS, **others: Any) -> Loop:
    """Return a loop of jobs from (arrive, run, bits in, bits out), in seconds and bits, and two pools of a unit."""
    arrive, run, bits_in, bits_out = np.array(rows).T
    jobs = Jobs.of(
        (arrive * TICK).astype(int), (run * TICK).astype(int), np.full(len(rows), width), bits_in=bits_in,
        bits_out=bits_out, **others,
    )  # fmt: skip
    return Loop(jobs, [width, width], FCFS, pool_of=np.array([[0, 1]]), epoch=100 * TICK, room=1, roads=roads)


def seconds(made: Loop, what: str) -> list[float]:
    """Return a column of the outcome after everything has happened, s."""
    made.advance(END)
    column = getattr(made.outcome(), what)
    return [tick / TICK if tick >= 0 else -1.0 for tick in column.tolist()]


def test_a_job_starts_when_its_data_have_come_and_holds_no_units_for_its_results() -> None:
    made = loop((0, 5, 100, 50), (12, 5, 0, 0))
    assert seconds(made, "came") == [10.5, 12.0]
    assert seconds(made, "first") == [10.5, 15.5]
    assert seconds(made, "went") == [20.75, 20.5]
    made = loop((0, 5, 100, 50))
    made.advance(7 * TICK)
    assert made.outcome().state.tolist() == [MOVING]
    assert made.outcome().came.tolist() == [-1]
    made.advance(18 * TICK)
    assert made.outcome().state.tolist() == [FINISHED]
    assert made.outcome().went.tolist() == [-1]


def test_jobs_share_the_link_to_their_pool() -> None:
    made = loop((0, 5, 100, 0), (0, 5, 50, 0))
    assert seconds(made, "came") == [15.5, 10.5]
    assert seconds(made, "first") == [15.5, 10.5]


def test_the_books_hold_what_every_link_carried_in_an_epoch() -> None:
    made = loop((0, 5, 100, 50))
    found = []
    for until in (4, 12, 40):
        made.advance(until * TICK)
        found.append(made.close_epoch().carried.tolist())
        made.audit()
    assert found == [[40.0, 0.0, 0.0, 0.0], [60.0, 0.0, 0.0, 0.0], [0.0, 50.0, 0.0, 0.0]]


def test_who_is_too_late_gives_its_data_up_and_leaves_the_link_to_others() -> None:
    made = loop((0, 5, 100, 0), (0, 5, 100, 0), due=np.array([12 * TICK, END]))
    assert seconds(made, "came") == [-1.0, pytest.approx(16.5, abs=2e-6)]
    assert made.outcome().state.tolist() == [MISSED, FINISHED]
    assert made.outcome().end[0] == 12 * TICK + 1
    assert made.close_epoch().carried[0] == pytest.approx(160.0)


def test_a_job_that_was_killed_has_its_data_and_one_that_moved_fetches_them_again() -> None:
    made = loop((0, 30, 100, 0))
    made.advance(20 * TICK)
    made.kill(0, 1)
    assert seconds(made, "end") == [50.0]
    assert seconds(made, "came") == [10.5]
    made = loop((0, 30, 100, 50))
    made.advance(20 * TICK)
    made.set_capacity(0, 0, kill=True, move=True)
    assert seconds(made, "first") == [10.5]
    assert seconds(made, "came") == [30.0]
    assert seconds(made, "end") == [60.0]
    assert seconds(made, "went") == [60.0]
    assert made.close_epoch().carried.tolist() == [100.0, 0.0, 100.0, 0.0]


def test_data_for_a_pool_that_has_become_too_narrow_turn_back_only_where_jobs_move() -> None:
    made = loop((0, 5, 100, 0), width=3)
    made.advance(4 * TICK)
    made.set_capacity(0, 1, move=True)
    assert seconds(made, "first") == [14.0]
    assert made.close_epoch().carried.tolist() == [40.0, 0.0, 100.0, 0.0]
    made = loop((0, 5, 100, 0), width=3)
    made.advance(4 * TICK)
    made.set_capacity(0, 1)
    made.advance(20 * TICK)
    assert made.outcome().state.tolist() == [WAITING]
    assert made.outcome().pool.tolist() == [0]


def test_data_take_another_way_around_a_cut_and_wait_where_there_is_none() -> None:
    made = loop((0, 5, 100, 0))
    made.advance(4 * TICK)
    made.set_links(np.array([0.0, 10.0, 10.0, 10.0]))
    assert seconds(made, "first") == [12.0]
    made = loop((0, 5, 100, 0))
    made.advance(4 * TICK)
    made.set_links(np.array([0.0, 10.0, 10.0, 0.0]))
    made.advance(20 * TICK)
    made.set_links(np.array([0.0, 10.0, 10.0, 20.0]))
    assert seconds(made, "first") == [28.0]
    assert made.close_epoch().carried.tolist() == [40.0, 0.0, 0.0, 60.0]


def test_hours_keep_back_the_data_too() -> None:
    made = loop((0, 5, 100, 0))
    made.defer(0, np.array([0b10], dtype=np.uint64), np.array([False]))
    assert seconds(made, "came") == [110.5]
    assert seconds(made, "first") == [110.5]


def test_without_roads_nothing_moves_and_there_are_no_links() -> None:
    made = Loop(Jobs.of(np.array([0]), np.array([5]), np.array([1]), bits_in=np.array([9.0])), [1])
    assert seconds(made, "first") == [0.0]
    assert seconds(made, "came") == [-1.0]
    assert made.close_epoch().carried.tolist() == []
    with pytest.raises(ValueError, match="no links"):
        made.set_links(np.zeros(0))


@pytest.mark.parametrize(
    ("what", "value", "told"),
    [
        ("way", np.array([[[0, 1], [2, 3]]]), "names routes"),
        ("way", np.array([[[0, 1], [2, -2]]]), "names routes"),
        ("way", np.array([[[0, 1]]]), r"\[region, pool, 2\]"),
        ("hop", np.array([[[4]], [[1]], [[2]]]), "delay|link"),
        ("delay", np.full((3, 2), -1.0), "delay"),
        ("cap", 0.5, "cap"),
        ("capacity", np.array([1.0, 1.0, 1.0, -1.0]), "capacity"),
    ],
    ids=str,
)
def test_roads_that_would_lead_the_loop_astray_are_refused(what: str, value: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        loop((0, 5, 100, 0), roads=ROADS._replace(**{what: value}))


def test_bits_and_links_that_cannot_be_are_refused() -> None:
    for bits in (-1.0, np.inf, np.nan):
        with pytest.raises(ValueError, match="finite number of bits"):
            loop((0, 5, bits, 0))
    made = loop((0, 5, 100, 0))
    for capacity in (np.full(3, 1.0), np.full(5, 1.0), np.full(4, -1.0), np.full(4, np.nan)):
        with pytest.raises(ValueError, match="each of 4 links"):
            made.set_links(capacity)
