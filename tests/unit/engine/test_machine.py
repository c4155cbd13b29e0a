"""A log on one machine: starts and figures that can be done by hand, however time is cut into pieces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.engine.loop import Loop
from sim.engine.machine import DISCIPLINES, Schedule, replay
from sim.ground.errors import ScenarioError
from sim.workloads.jobs import MOST_LEVEL, TICK
from sim.workloads.jobs.trace import Trace
from sim.workloads.traces.base import read_trace

#: Of the job loop's own tests: a job that fills a gap, one that fits beside the head, one in the way of the next.
FIVE = ["0,10,3,10", "1,10,3,10", "2,10,4,10", "3,25,1,25", "4,5,1,6"]


def log(folder: Path, rows: list[str], columns: str = "arrive_s,run_s,width,ask_s") -> Trace:
    path = folder / "log.csv"
    path.write_text("\n".join([columns, *rows, ""]), "utf-8")
    return read_trace(path)


def starts(schedule: Schedule) -> list[float]:
    return (schedule.start / TICK).tolist()


@pytest.mark.parametrize(
    ("discipline", "expected"),
    [("fcfs", [0, 10, 20, 30, 30]), ("easy", [0, 10, 28, 3, 20]), ("conservative", [0, 10, 20, 30, 4])],
)
def test_each_discipline_starts_the_jobs_when_a_hand_does(tmp_path: Path, discipline: str, expected: list[int]) -> None:
    schedule = replay(log(tmp_path, FIVE), 4, discipline)
    assert starts(schedule) == expected
    assert ((schedule.end - schedule.start) / TICK).tolist() == [10, 10, 10, 25, 5]


def test_a_scheduler_that_knows_the_runs_fills_a_gap_that_requests_forbid(tmp_path: Path) -> None:
    trace = log(tmp_path, ["0,10,3,10", "1,10,4,10", "2,5,1,9"])
    assert starts(replay(trace, 4)) == [0, 10, 20]
    assert starts(replay(trace, 4, exact=True)) == [0, 10, 2]


def test_the_summary_of_three_jobs(tmp_path: Path) -> None:
    # On 4 processors the second waits 9 s and the third 20; runs below 10 s count as 10 in the slowdown.
    told = replay(log(tmp_path, ["100,10,3,10", "101,15,3,20", "105,5,4,5"]), 4, "fcfs").summary()
    assert told["wait_s"] == pytest.approx({"mean": 29 / 3, "p50": 9.0, "p95": 18.9, "p99": 19.78, "max": 20.0})
    assert told["bounded_slowdown"] == pytest.approx((1.0 + 24 / 15 + 25 / 10) / 3)
    assert told["makespan_s"] == 30.0
    assert told["utilisation"] == pytest.approx((30 + 45 + 20) / (4 * 30))
    assert (told["jobs"], told["missed"], told["estimates"]) == (3, 0, "requested")


def test_who_gives_up_is_counted_and_in_no_mean(tmp_path: Path) -> None:
    trace = log(tmp_path, ["0,10,4,", "1,10,4,5", "2,10,4,"], "arrive_s,run_s,width,due_s")
    schedule = replay(trace, 4)
    assert schedule.start.tolist() == [0, -1, 10 * TICK]
    assert schedule.end.tolist() == [10 * TICK, -1, 20 * TICK]
    told = schedule.summary()
    assert (told["jobs"], told["missed"]) == (3, 1)
    assert told["wait_s"]["mean"] == 4.0
    assert told["utilisation"] == 1.0


def test_where_nobody_runs_there_is_nothing_to_mean(tmp_path: Path) -> None:
    told = replay(log(tmp_path, ["5,10,4,0"], "arrive_s,run_s,width,due_s"), 4).summary()
    assert told["missed"] == 1
    assert told["wait_s"]["mean"] is told["bounded_slowdown"] is told["utilisation"] is told["makespan_s"] is None


def test_the_last_priority_that_a_log_may_give_waits_behind_the_first(tmp_path: Path) -> None:
    rows = ["0,10,1,0", f"1,10,1,{MOST_LEVEL}", "2,10,1,0"]
    assert starts(replay(log(tmp_path, rows, "arrive_s,run_s,width,level"), 1)) == [0, 20, 10]


def test_pods_that_ask_for_parts_of_a_gpu_share_it(tmp_path: Path) -> None:
    path = tmp_path / "pods.csv"
    head = "name,num_gpu,gpu_milli,qos,creation_time,deletion_time,scheduled_time\n"
    path.write_text(head + "a,1,500,LS,0,100,0\nb,1,600,LS,1,51,1\nc,1,400,LS,2,12,2\n", "utf-8")
    schedule = replay(read_trace(path), 1)
    assert starts(schedule) == [0, 100, 2]
    assert schedule.summary()["utilisation"] == pytest.approx((0.5 * 100 + 0.6 * 50 + 0.4 * 10) / 150)


@pytest.mark.parametrize("discipline", DISCIPLINES)
def test_the_pieces_into_which_time_is_cut_change_nothing(tmp_path: Path, discipline: str) -> None:
    rng = np.random.default_rng(4)
    arrive, run, width = np.sort(rng.integers(0, 4000, 500)), rng.integers(1, 300, 500), rng.integers(1, 9, 500)
    rows = [f"{a},{r},{w},{2 * r}" for a, r, w in zip(arrive, run, width, strict=True)]
    trace, told = log(tmp_path, rows), list[tuple[int, int]]()
    schedule = replay(trace, 8, discipline, progress=lambda done, count: told.append((done, count)))
    whole = Loop(trace.jobs, [8], DISCIPLINES[discipline])
    whole.advance(2**61)
    np.testing.assert_array_equal(schedule.start, whole.outcome().first)
    assert told[-1] == (500, 500)
    assert 20 < len(told) < 400
    assert told == sorted(told)


def test_a_log_that_outlasts_time_is_refused(tmp_path: Path) -> None:
    rows = [f"0,4000000000,1,{job}" for job in range(600)]
    with pytest.raises(ScenarioError, match=r"log\.csv: the jobs keep 1 processors busy for more than 73,000 years"):
        replay(log(tmp_path, rows, "arrive_s,run_s,width,job"), 1)
    assert replay(log(tmp_path, rows, "arrive_s,run_s,width,job"), 2).end.max() == 300 * 4 * 10**9 * TICK
