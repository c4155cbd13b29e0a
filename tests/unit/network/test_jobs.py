"""The jobs of a run: traces scaled as the scenario says, laws met by the network's demand, both in one order."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from sim.network.jobs import jobs, sources, widest
from sim.network.network import Network
from sim.network.traces import UNIT, warnings
from sim.workloads.jobs import TICK, Jobs
from tests.oracles.worlds import run, world

HOUR, DAY = 3600 * TICK, 86_400 * TICK
# Two jobs a day for three days, at one and at thirteen o'clock.
LOG = "arrive_s,run_s,width\n" + "".join(
    f"{day * 86_400 + hour * 3600},{600 * hour},{hour}\n" for day in range(3) for hour in (1, 13)
)


def traced(folder: Path, said: str = "", log: str = LOG, workload: str = "hpc", **how: str) -> Network:
    """Return toy-3 with a workload fed by a trace of processors of 1 PFLOPS."""
    (folder / "log.csv").write_text(log, "utf-8")
    part = f"{{file: log.csv, processor: 1000 TFLOPS{said}}}"
    return world(folder, [f"workloads.{workload}.trace={part}"], **how)


def clock(some: Jobs) -> list[tuple[int, int]]:
    """Return day and hour of every arrival."""
    return [(int(arrive // DAY), int(arrive % DAY // HOUR)) for arrive in some.arrive]


def test_a_trace_as_it_stands(tmp_path: Path) -> None:
    network = traced(tmp_path, ", region: east", horizon="48 h")
    mine = network.jobs["hpc"]
    assert clock(mine) == [(0, 1), (0, 13), (1, 1), (1, 13)], "the third day lies behind the run"
    assert mine.width.tolist() == [1000, 13_000, 1000, 13_000]
    assert (mine.run // TICK).tolist() == [600, 7800, 600, 7800]
    assert set(mine.region.tolist()) == {network.ids("region").index("east")}
    assert set(mine.workload.tolist()) == {network.ids("workload").index("hpc")}
    assert (mine.due - mine.arrive == 72 * HOUR).all()
    work = mine.width * (mine.run / TICK) * UNIT
    workload = network.scenario.config.workloads["hpc"]
    assert mine.bits_in == pytest.approx(work * workload.bits_per_flop_in)
    assert mine.bits_out == pytest.approx(work * workload.bits_per_flop_out)


def test_demand_is_the_work_of_the_trace_when_it_arrives(tmp_path: Path) -> None:
    network = traced(tmp_path)
    w = network.ids("workload").index("hpc")
    demand = network["demand"][:, :, w]
    assert np.flatnonzero(demand.sum(axis=1)).tolist() == [1, 13, 25, 37]
    assert demand.sum(axis=1)[[1, 13]] * 3600.0 == pytest.approx([600e15, 7800 * 13e15])
    others = [column for column in range(demand.shape[1]) if column != w]
    plain = world(tmp_path)
    np.testing.assert_array_equal(network["demand"][:, :, others], plain["demand"][:, :, others])


def test_the_fluid_engine_is_asked_for_the_work_of_a_trace(tmp_path: Path) -> None:
    network = traced(tmp_path, ", count_factor: 50", workload="batch")
    w = network.ids("workload").index("batch")
    mine = network.jobs["batch"]
    asked = (mine.width * (mine.run / TICK)).sum() * UNIT
    assert run(network)["asked"][:, w].sum() == pytest.approx(asked)


@pytest.mark.parametrize(
    ("said", "days"),
    [
        (", begin: 24 h", [(0, 1), (0, 13), (1, 1), (1, 13)]),
        (", begin: 13 h", [(0, 0), (0, 12), (1, 0), (1, 12), (2, 0)]),
        (", begin: 60 h", [(0, 1)]),
        (", begin: 1000 h", []),
        (", arrival_factor: 0.5", [(0, 0), (0, 6), (0, 12), (0, 18), (1, 0), (1, 6)]),
        (", begin: 48 h, repeat: true", [(0, 1), (0, 13), (1, 1), (1, 13), (2, 1), (2, 13), (3, 1), (3, 13)]),
        (", repeat: true", [(0, 1), (0, 13), (1, 1), (1, 13), (2, 1), (2, 13), (3, 1), (3, 13)]),
    ],
)
def test_a_trace_moved_in_time(tmp_path: Path, said: str, days: list[tuple[int, int]]) -> None:
    assert clock(traced(tmp_path, said, horizon="96 h").jobs["hpc"]) == days


def test_a_trace_scaled_in_size(tmp_path: Path) -> None:
    plain, long = traced(tmp_path).jobs["hpc"], traced(tmp_path, ", run_factor: 2.5").jobs["hpc"]
    np.testing.assert_array_equal(long.run, plain.run * 5 // 2)
    np.testing.assert_array_equal(long.ask, long.run)
    np.testing.assert_array_equal(long.width, plain.width)


def test_copies_come_on_other_days_within_the_hour(tmp_path: Path) -> None:
    plain = traced(tmp_path, horizon="72 h").jobs["hpc"]
    many = traced(tmp_path, ", count_factor: 200.5", horizon="72 h").jobs["hpc"]
    assert abs(len(many) - 200.5 * len(plain)) <= 3
    assert len(np.unique(many.arrive)) > 0.99 * len(many)
    # Each copy is moved by days and at most half an hour.
    hours = many.arrive % DAY / HOUR
    assert (np.minimum(abs(hours - 1), abs(hours - 13)) <= 0.5).all()
    days = np.bincount(many.arrive // DAY)
    assert (abs(days - days.mean()) < 4 * np.sqrt(days.mean())).all()
    for name in ("width", "run"):
        assert set(getattr(many, name).tolist()) == set(getattr(plain, name).tolist())


def test_a_part_of_a_trace_is_so_many_of_its_jobs(tmp_path: Path) -> None:
    log = "arrive_s,run_s,width\n" + "".join(f"{second},9,1\n" for second in range(10_000))
    part = traced(tmp_path, ", count_factor: 0.3", log).jobs["hpc"]
    assert abs(len(part) - 3000) < 4 * np.sqrt(10_000 * 0.3 * 0.7)
    assert len(np.unique(part.arrive)) == len(part)


def test_regions_come_from_the_trace_or_by_weight(tmp_path: Path) -> None:
    log = "arrive_s,run_s,width,region\n" + "".join(
        f"{second},9,1,{'east' if second % 2 else ''}\n" for second in range(20_000)
    )
    network = traced(tmp_path, "", log)
    mine, east = network.jobs["hpc"], network.ids("region").index("east")
    odd = mine.arrive // TICK % 2 == 1
    assert (mine.region[odd] == east).all()
    figures = np.array([r.software_revenue_bn_cny for r in network.scenario.config.regions.values()])
    share = figures / figures.sum()
    found = np.bincount(mine.region[~odd], minlength=len(share)) / (~odd).sum()
    assert (abs(found - share) < 4 * np.sqrt(share * (1 - share) / 10_000) + 1e-12).all()


def test_what_a_trace_says_of_a_job_goes_before_the_workload(tmp_path: Path) -> None:
    log = "arrive_s,run_s,width,due_s,data_in_gb,ask_s,level\n3600,60,1,7200,2,90,3\n7200,60,1,,,,\n"
    mine = traced(tmp_path, ", arrival_factor: 2, run_factor: 10", log).jobs["hpc"]
    assert (mine.due - mine.arrive).tolist() == [HOUR, 72 * HOUR]
    assert mine.bits_in.tolist() == [1.6e10, 0.0]
    assert (mine.ask // TICK).tolist() == [900, 600]
    assert mine.level.tolist() == [3, 0]


def test_what_is_left_out_of_a_trace_is_a_warning(tmp_path: Path) -> None:
    log = LOG + "9,-1,4\n5,0,1\n" + "400000,5,1\n300000,5,1\n"
    told = [problem.message for problem in warnings(traced(tmp_path, "", log).scenario)]
    assert told == [
        "log.csv: 2 of 10 records are left out: the run is not above 0 (lines 8, 9)",
        "log.csv: 1 of 10 records are taken otherwise: arrives before an earlier record: sorted (lines 11)",
    ]


def test_copies_are_the_same_for_one_seed_and_others_for_another(tmp_path: Path) -> None:
    first, again, other = (
        traced(tmp_path, ", count_factor: 9.5", seed=seed).jobs["hpc"]  # type: ignore[arg-type]
        for seed in (1, 1, 2)
    )
    for field in fields(Jobs):
        np.testing.assert_array_equal(getattr(first, field.name), getattr(again, field.name))
    assert not np.array_equal(first.arrive, other.arrive)


def whole(network: Network, count: float) -> Jobs:
    return Jobs.joined(jobs(network, count))


def test_drawn_jobs_do_the_work_of_the_network(tmp_path: Path) -> None:
    network = world(tmp_path, start="2024-01-25", horizon="14 d")
    some = whole(network, 20_000)
    names = network.ids("workload")
    assert abs(len(some) - 20_000) < 4 * np.sqrt(20_000)
    assert {names[w] for w in set(some.workload.tolist())} == {"batch", "hpc", "training"}, "the others stay fluid"
    np.testing.assert_array_equal(some.number, np.arange(1, len(some) + 1))
    assert (np.diff(some.arrive) >= 0).all()
    for source in sources(network, 20_000):
        mine = some.only(some.workload == source.number)
        work = (mine.width * (mine.run / TICK)).sum() * UNIT
        assert work == pytest.approx(network["demand"][:, :, source.number].sum() * 3600.0, rel=1e-9)
        assert mine.width.max() * UNIT <= widest(network, source.number, 0.1)
        assert source.sizes.work == pytest.approx(sources(network, 20_000)[0].sizes.work)
        assert (mine.due - mine.arrive == round(network["deadline"][source.number]) * TICK).all()


def test_the_widest_job_is_a_share_of_the_smallest_pool_used(tmp_path: Path) -> None:
    sets = [f"centres.{name}.pools.general.capacity={size} EFLOPS" for name, size in
            (("east_centre", 6), ("middle_centre", 3.5), ("west_centre", 0.5))]  # fmt: skip
    network = world(tmp_path, sets)
    batch = network.ids("workload").index("batch")
    # 9.5 of 10 are in the two large ones, 6 alone are less than nine tenths.
    assert widest(network, batch, 1.0) == pytest.approx(3.5e18)
    assert widest(network, batch, 0.01) == pytest.approx(3.5e16)


def test_traced_and_drawn_jobs_come_in_one_order(tmp_path: Path) -> None:
    network = traced(tmp_path, ", count_factor: 300, repeat: true", start="2024-01-30", horizon="4 d")
    months = list(jobs(network, 5_000))
    assert len(months) == 2
    some = Jobs.joined(months)
    assert (np.diff(some.arrive) >= 0).all()
    np.testing.assert_array_equal(some.number, np.arange(1, len(some) + 1))
    hpc = network.ids("workload").index("hpc")
    mine = some.only(some.workload == hpc)
    for name in ("arrive", "run", "width", "region", "due"):
        np.testing.assert_array_equal(getattr(mine, name), getattr(network.jobs["hpc"], name))
    assert "hpc" not in {source.name for source in sources(network, 5_000)}


def test_a_trace_of_requests_feeds_the_demand_and_no_jobs(tmp_path: Path) -> None:
    network = traced(tmp_path, workload="inference")
    assert len(network.jobs["inference"]) == 4
    some = whole(network, 1_000)
    assert network.ids("workload").index("inference") not in set(some.workload.tolist())
