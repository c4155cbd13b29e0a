"""The rules of the job loop, each on an example that can be done by hand; times are ticks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.loop import EASY, FCFS, UNBOUNDED, Loop
from sim.engine.state import COMING, FINISHED, HELD, MISSED, REJECTED, RUNNING, WAITING
from sim.workloads.jobs import TICK, Jobs

END = 2**61


def jobs(*rows: tuple[int, int, int], **others: Any) -> Jobs:
    """Return jobs from (arrive, run, width)."""
    arrive, run, width = np.array(rows, dtype=np.int64).T
    return Jobs.of(arrive, run, width, **{name: np.array(column) for name, column in others.items()})


def done(loop: Loop) -> list[int]:
    """Return the first starts after everything has happened."""
    loop.advance(END)
    return loop.outcome().first.tolist()


def two_centres(some: Jobs, capacity: list[int], discipline: int = FCFS, **how: Any) -> Loop:
    """Return a loop of one region, one workload and two centres of a pool each; the second is farther."""
    return Loop(some, capacity, discipline, pool_of=np.array([[0, 1]]), epoch=100, **how)


def test_fcfs_lets_nobody_pass_a_head_that_does_not_fit() -> None:
    assert done(Loop(jobs((0, 10, 3), (1, 10, 4), (2, 1, 1)), [4], FCFS)) == [0, 10, 20]


def test_easy_fills_the_gap_before_the_head_and_the_units_beside_it() -> None:
    # The head needs all 4 units but one, from 10 on: a job of 8 ticks ends by then, a long one fits beside it.
    some = jobs((0, 10, 2), (1, 10, 3), (2, 8, 1), (2, 50, 1), (2, 8, 2))
    assert done(Loop(some, [4], EASY)) == [0, 10, 2, 2, 20]


def test_easy_knows_requests_and_not_runs() -> None:
    some = jobs((0, 10, 3), (1, 10, 4), (2, 5, 1), ask=[10, 10, 9])
    assert done(Loop(some, [4], EASY)) == [0, 10, 20]
    some = jobs((0, 10, 3), (1, 10, 4), (2, 5, 1), ask=[10, 10, 8])
    assert done(Loop(some, [4], EASY)) == [0, 10, 2]


def test_easy_fills_the_units_beside_the_head_again_that_an_interrupted_job_gives_back_before_it() -> None:
    # The third takes the unit beside the head, by its request for good; but its hours end at 10, the head starts at 20.
    loop = Loop(jobs((0, 20, 2), (1, 10, 3), (2, 50, 1), (3, 50, 1)), [4], EASY, epoch=10)
    loop.defer(2, np.array([0b100001], dtype=np.uint64), np.array([True]))
    assert done(loop) == [0, 20, 2, 3]


def test_conservative_delays_no_reservation_that_easy_would() -> None:
    # Who fits beside the head may still be in the way of the second in line.
    some = jobs((0, 10, 3), (1, 10, 3), (2, 10, 4), (3, 25, 1))
    assert done(Loop(some, [4], EASY)) == [0, 10, 28, 3]
    assert done(Loop(some, [4], 2)) == [0, 10, 20, 30]


def test_at_one_instant_completions_precede_arrivals_and_one_pass_comes_last() -> None:
    # At 10 the first ends and two arrive; the one of the higher level starts, although it arrived after the other.
    some = jobs((0, 10, 1), (10, 5, 1), (10, 5, 1), level=[0, 1, 0])
    assert done(Loop(some, [1], FCFS)) == [0, 15, 10]


def test_advance_does_what_ends_at_an_instant_and_leaves_what_begins_there() -> None:
    loop = Loop(jobs((0, 10, 1), (10, 5, 1)), [1], FCFS)
    loop.advance(10)
    assert loop.outcome().state.tolist() == [FINISHED, COMING]
    loop.advance(11)
    assert loop.outcome().state.tolist() == [FINISHED, RUNNING]
    assert loop.outcome().end.tolist() == [10, -1]


def test_a_job_may_start_at_its_latest_start_and_leaves_a_tick_later() -> None:
    loop = Loop(jobs((0, 10, 1), (1, 5, 1), (1, 5, 1), due=[99, 10, 9]), [1], FCFS)
    assert done(loop) == [0, 10, -1]
    assert loop.outcome().state.tolist() == [FINISHED, FINISHED, MISSED]
    assert loop.outcome().end.tolist() == [10, 15, 10]
    assert loop.state.counts["missed"].tolist() == [1]


def test_a_head_that_gives_up_makes_way() -> None:
    assert done(Loop(jobs((0, 10, 1), (1, 5, 2), (2, 5, 1), due=[99, 4, 99]), [2], FCFS)) == [0, -1, 5]


def test_a_job_wider_than_its_pool_spills_and_one_wider_than_all_is_rejected() -> None:
    loop = two_centres(jobs((0, 5, 3), (0, 5, 2), (0, 5, 9)), [2, 4])
    assert done(loop) == [0, 0, -1]
    assert loop.outcome().pool.tolist() == [1, 0, -1]
    assert loop.outcome().state.tolist() == [FINISHED, FINISHED, REJECTED]


def test_a_job_that_only_an_outage_forbids_is_held_until_the_next_epoch() -> None:
    loop = two_centres(jobs((5, 7, 4)), [2, 4])
    loop.set_capacity(1, 0)
    loop.advance(150)
    assert loop.outcome().state.tolist() == [HELD]
    loop.set_capacity(1, 4)
    assert done(loop) == [200]
    assert loop.outcome().pool.tolist() == [1]


def test_a_held_job_gives_up_at_its_latest_start() -> None:
    loop = two_centres(jobs((5, 7, 4), due=[30]), [2, 4])
    loop.set_capacity(1, 0)
    assert done(loop) == [-1]
    assert loop.outcome().end.tolist() == [31]


def test_a_full_queue_turns_away_and_the_next_centre_takes() -> None:
    loop = two_centres(jobs(*[(k, 50, 1) for k in range(5)]), [1, 1], most=1)
    loop.advance(10)
    assert loop.outcome().pool.tolist() == [0, 0, 1, 1, -1]
    assert loop.outcome().state.tolist() == [RUNNING, WAITING, RUNNING, WAITING, REJECTED]


def test_shares_are_kept_on_average_and_quotas_from_job_to_job() -> None:
    some = Jobs.of(np.arange(4000), np.full(4000, 7), np.ones(4000))
    place = np.array([[[0.3, 0.5, 0.0, 0.2]]])
    for quota, slack in ((False, 0.03), (True, 0.0005)):
        loop = two_centres(some, [UNBOUNDED // 2, UNBOUNDED // 2], seed=3)
        loop.steer(place=place, quota=quota)
        done(loop)
        share = np.bincount(loop.outcome().pool + 1, minlength=3) / 4000
        np.testing.assert_allclose(share, [0.2, 0.3, 0.5], atol=slack)
        assert (loop.outcome().state == REJECTED).mean() == share[0]


def test_a_draw_does_not_depend_on_what_became_of_others() -> None:
    some = Jobs.of(np.arange(500), np.full(500, 7), np.ones(500))
    place = np.array([[[0.5, 0.5, 0.0, 0.0]]])
    found = []
    for kept in (slice(None), slice(0, 250)):
        loop = two_centres(some.only(np.arange(500)[kept]), [1000, 1000], seed=3)
        loop.steer(place=place)
        done(loop)
        found.append(loop.outcome().pool)
    assert found[0][:250].tolist() == found[1].tolist()
    assert 0 < found[1].sum() < 250


def test_a_score_weighs_the_wait_that_is_expected() -> None:
    # Jobs of 10 s on one unit: at the third, 20 s of requests would wait at the first centre, its own included.
    for congestion, pool in ((0.04, 0), (0.06, 1)):
        loop = two_centres(jobs((0, 10 * TICK, 1), (1, 10 * TICK, 1), (2, 10 * TICK, 1)), [1, 1])
        loop.steer(score=np.array([[[0.0, 1.0]]]), congestion=congestion)
        loop.advance(3)
        assert loop.outcome().pool.tolist() == [0, 0, pool]


def test_a_score_may_forbid_for_an_epoch() -> None:
    loop = two_centres(jobs((5, 7, 1)), [1, 1])
    loop.steer(score=np.full((1, 1, 2), np.inf))
    loop.advance(50)
    assert loop.outcome().state.tolist() == [HELD]
    loop.steer(score=np.array([[[np.inf, 2.0]]]))
    assert done(loop) == [100]


def test_a_column_may_defer_or_reject() -> None:
    loop = two_centres(jobs((5, 7, 1), (105, 7, 1)), [1, 1])
    loop.steer(place=np.array([[[0.0, 0.0, 1.0, 0.0]]]))
    loop.advance(100)
    assert loop.outcome().state.tolist() == [HELD, COMING]
    loop.steer(place=np.array([[[0.0, 0.0, 0.0, 1.0]]]))
    done(loop)
    assert loop.outcome().state.tolist() == [REJECTED, REJECTED]
    assert loop.outcome().end.tolist() == [100, 105]


def test_drain_lets_run_on_and_starts_nobody() -> None:
    loop = Loop(jobs((0, 10, 2), (0, 20, 2), (1, 5, 1)), [4], FCFS)
    loop.advance(5)
    loop.set_capacity(0, 2)
    assert done(loop) == [0, 0, 20]
    assert loop.outcome().lost.tolist() == [0, 0, 0]


def test_a_killed_job_loses_what_it_did_since_its_checkpoint_and_goes_first() -> None:
    loop = Loop(jobs((0, 100, 2), (1, 10, 2)), [2], FCFS, checkpoint=30)
    loop.advance(70)
    loop.set_capacity(0, 0, kill=True)
    loop.advance(90)
    assert loop.outcome().state.tolist() == [WAITING, WAITING]
    loop.set_capacity(0, 2)
    # 60 of 100 were kept: it ends after 40 more, and only then the other begins.
    assert done(loop) == [0, 130]
    assert loop.outcome().end.tolist() == [130, 140]
    assert loop.outcome().lost.tolist() == [10, 0]
    assert loop.close_epoch().lost.tolist() == [[20]]


def test_a_loss_beyond_64_bits_is_told_whole() -> None:
    """An EFLOPS for half a year is 1.6e19 unit-ticks; the books balance modulo 2⁶⁴ and tell a float beside."""
    units, half = 1_000_000, 182 * 86_400 * TICK
    loop = Loop(jobs((0, 2 * half, units)), [units], FCFS)
    loop.advance(half)
    loop.set_capacity(0, 0, kill=True)
    books = loop.close_epoch()
    assert books.gone.tolist() == [[float(units) * half]]
    assert float(units) * half > 2**63
    loop.set_capacity(0, units)
    done(loop)
    loop.audit()


def test_a_killed_job_without_checkpoints_begins_again() -> None:
    loop = Loop(jobs((0, 100, 1)), [1], FCFS)
    loop.advance(70)
    loop.kill(0, 1)
    done(loop)
    assert loop.outcome().end.tolist() == [170]
    assert loop.outcome().lost.tolist() == [70]


def test_a_kill_hits_no_more_than_it_must() -> None:
    loop = Loop(jobs(*[(0, 100, 2)] * 10), [20], FCFS)
    loop.advance(10)
    loop.kill(0, 5)
    assert loop.state.counts["killed"].tolist() == [3]
    assert loop.state.pool["used"].tolist() == [14]


def test_jobs_move_where_their_pool_has_become_too_small() -> None:
    loop = two_centres(jobs((0, 100, 3), (1, 100, 2), (2, 10, 1)), [3, 3])
    loop.advance(50)
    loop.set_capacity(0, 1, kill=True, move=True)
    assert done(loop) == [0, 150, 50]
    assert loop.outcome().pool.tolist() == [1, 1, 0]
    assert loop.outcome().end.tolist() == [150, 250, 60]


def test_hours_put_off_a_start_and_interrupt_only_who_is_pausable() -> None:
    # Epochs of 100: from 150 on, the job may run in the second and the fourth epoch after that of its arrival.
    for pausable, stretches in ((False, [(300, 450)]), (True, [(300, 400), (500, 550)])):
        loop = Loop(jobs((150, 150, 1)), [1], FCFS, epoch=100, log=True)
        loop.defer(0, np.array([0b10100], dtype=np.uint64), np.array([pausable]))
        done(loop)
        when = loop.turns()["when"].tolist()
        assert list(zip(when[::2], when[1::2], strict=True)) == stretches
        assert loop.outcome().end.tolist() == [stretches[-1][1]]
        assert loop.outcome().lost.tolist() == [0]


def test_a_pausable_job_waits_in_its_hours_only() -> None:
    loop = Loop(jobs((0, 250, 1), (0, 10, 1), (20, 10, 1)), [1], FCFS, epoch=100)
    loop.defer(1, np.array([0b1001], dtype=np.uint64), np.array([True]))
    loop.advance(150)
    assert loop.outcome().state.tolist() == [RUNNING, HELD, WAITING]
    assert done(loop) == [0, 300, 250]


def test_hours_come_too_late_for_who_has_arrived() -> None:
    loop = Loop(jobs((0, 10, 1), (20, 10, 1)), [1])
    loop.advance(5)
    loop.defer(1, np.array([2], dtype=np.uint64), np.array([True]))
    with pytest.raises(ValueError, match="job 0 has arrived"):
        loop.defer(0, np.array([2], dtype=np.uint64), np.array([True]))


def test_the_books_hold_unit_ticks_of_every_epoch() -> None:
    loop = Loop(jobs((0, 25, 2), (5, 10, 1), workload=[0, 1]), [3], FCFS)
    found = []
    for until in (10, 20, 30):
        loop.advance(until)
        found.append(loop.close_epoch().work.tolist())
        loop.audit()
    assert found == [[[20, 5]], [[20, 5]], [[10, 0]]]


@pytest.mark.parametrize(
    ("arrive", "run", "ask", "width"),
    [([5, 0], [1, 1], [1, 1], [1, 1]), ([0, 1], [0, 1], [1, 1], [1, 1]), ([0, 1], [2, 1], [1, 1], [1, 1]),
     ([0, 1], [1, 1], [1, 1], [0, 1]), ([-1, 1], [1, 1], [1, 1], [1, 1])],
    ids=["not in order", "no run", "asks for less", "no width", "before the beginning"],
)  # fmt: skip
def test_jobs_that_would_lead_the_loop_astray_are_refused(
    arrive: list[int], run: list[int], ask: list[int], width: list[int]
) -> None:
    with pytest.raises(ValueError, match="arrive in order"):
        Loop(Jobs.of(np.array(arrive), np.array(run), np.array(width), ask=np.array(ask)), [4])


def test_tables_that_name_what_is_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="names pools"):
        Loop(jobs((0, 1, 1)), [4], pool_of=np.array([[1]]))
    with pytest.raises(ValueError, match="does not know"):
        Loop(jobs((0, 1, 1), region=[3]), [4], near=np.zeros((1, 1, 1), dtype=np.int64))
    with pytest.raises(ValueError, match="at least 0"):
        Loop(jobs((0, 1, 1)), [-4])


def test_no_jobs_take_no_time() -> None:
    loop = Loop(jobs((0, 1, 1)).only(np.zeros(1, dtype=np.bool_)), [4])
    loop.advance(100)
    assert loop.now == 100
    assert loop.close_epoch().work.tolist() == [[0]]
