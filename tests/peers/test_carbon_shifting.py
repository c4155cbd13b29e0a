"""Deferred work emits what others published for the same traces, hour by hour: by the optimum, and by two rules.

EuroSys 2024, "On the Limitations of Carbon-Aware Temporal and Spatial Workload Shifting": a job of J hours of
constant power, deferred by at most S hours, interruptible or not, at every hour of 2022. The nation of one region
and one centre is built from tables and the trace; the arrivals alone are put into its program hour by hour. The rules
run in the fluid engine, where a job of every hour spreads its work over the hours picked for it.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.ground.arrays import Array
from sim.network.outlook import Outlook
from sim.network.view import View
from sim.optimise.bound import bound
from sim.optimise.layout import Facts, facts
from sim.optimise.pieces import Pieces
from sim.optimise.prices import Prices
from sim.optimise.program import Program, all_routes
from sim.optimise.solve import solve
from sim.policies.base import REGISTRY, Decision, Policy
from tests.oracles.lone_centre import lone_centre
from tests.oracles.worlds import run
from tests.peers.data import PEERS, reads

FOLDER = PEERS / "carbon_shifting"
pytestmark = [pytest.mark.peers, reads(FOLDER)]
ZONES = ("DE", "GB", "US-CAL-CISO", "ZA")
JOBS, SLACKS = (1, 24), (24, 168)
STARTS = 60
NONE = np.zeros(0, dtype=np.int64)
WEIGHT = 1.0
"""Of a tonne, kCNY: 1,000 CNY."""


def published(job: int, slack: int, zone: str, column: str) -> Array:
    """Return a column of a file of theirs; [start hour], g for a job of 1 kW."""
    with gzip.open(FOLDER / f"job{job}_slack{slack}_{zone}.csv.gz", "rt", encoding="utf-8") as file:
        return np.array([float(row[column]) for row in csv.DictReader(file)])


def one_centre(folder: Path, trace: Array) -> Facts:
    """Return the facts of a nation of one centre of 1 EFLOPS on the grid of a trace."""
    sets = ["objective={cost: 0, carbon: 1000 CNY/t}", "centres.east_centre.pools.general.capacity=1 EFLOPS"]
    data = facts(lone_centre(folder, trace, sets))
    assert data.demand.shape[1:] == (1, 1)
    assert (data.capacity[:, 0, 0] == 1.0).all()
    assert not data.power.start.any()
    np.testing.assert_allclose(data.power.slope, 1.0)
    return data


def job_at(data: Facts, start: int, job: int, slack: int) -> Facts:
    """Return the facts of a job's window: `job` EFLOPS·h arrive at its first hour and may wait to its last."""
    hours = slice(start, start + slack + job)
    demand = np.zeros((slack + job, 1, 1))
    demand[0] = job
    return replace(
        data, demand=demand, slack=np.array([slack + job - 1]), capacity=data.capacity[hours], price=data.price[hours],
        load=data.load[hours], green=data.green[hours], link_room=data.link_room[hours],
        power=Pieces(data.power.start[hours], data.power.slope[:, hours], data.power.width[:, hours]),
    )  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
def test_the_optimum_emits_what_they_published(tmp_path: Path, zone: str) -> None:
    data = one_centre(tmp_path, published(1, 24, zone, "slack_0"))
    grams = 1e3 / (WEIGHT * data.draw[0, 0])
    for job in JOBS:
        for slack in SLACKS:
            theirs = published(job, slack, zone, "interrupt")
            for start in np.linspace(0, 8759 - slack - job, STARTS).astype(int):
                mine = job_at(data, start, job, slack)
                program = Program(mine, all_routes(mine), NONE)
                found = solve(program.window(0, slack + job))
                assert found.objective * grams == pytest.approx(theirs[start], rel=1e-6), (job, slack, start)
                prices = Prices.empty(program)
                prices.enter(program, 0, slack + job, found.prices)
                assert bound(mine, prices).total == pytest.approx(found.objective, rel=1e-9)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("slack", SLACKS)
def test_at_every_hour_it_is_the_cleanest_hours_of_the_window(zone: str, job: int, slack: int) -> None:
    trace, theirs = published(1, 24, zone, "slack_0"), published(job, slack, zone, "interrupt")
    windows = np.lib.stride_tricks.sliding_window_view(trace, slack + job)
    cleanest = np.sort(windows, axis=1)[:, :job].sum(axis=1)
    np.testing.assert_allclose(theirs[: len(cleanest)], cleanest, rtol=1e-6)


class Kept:
    """A policy; of each of its decisions what it says about when."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.when: list[Array] = []

    def dispatch(self, view: View) -> Decision:
        decision = self.policy.dispatch(view)
        assert decision.when is not None
        self.when.append(decision.when[0, 0])
        return decision


@pytest.mark.parametrize(("name", "column"), [("lowest_slots", "interrupt"), ("lowest_window", "non_interrupt")])
@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("slack", SLACKS)
@pytest.mark.parametrize("zone", ZONES)
def test_the_rules_emit_what_they_published(
    tmp_path: Path, zone: str, slack: int, job: int, name: str, column: str
) -> None:
    """Of every start hour whose window lies within the year, and in the sum of all in one run of the fluid engine."""
    trace, theirs = published(1, 24, zone, "slack_0"), published(job, slack, zone, column)
    starts = len(trace) - slack - job + 1
    sets = [
        f"workloads.batch.deadline={slack + job - 1} h", "workloads.batch.growth=1",
        "centres.east_centre.pools.general.capacity=1000 EFLOPS", "forecast.law=perfect",
    ]  # fmt: skip
    network = lone_centre(tmp_path, trace, sets, len(trace))
    asked = network["demand"].copy()
    asked[starts:] = 0.0
    network = replace(network, data=network.data.assign(demand=network.data["demand"].copy(data=asked)))
    policy = Kept(REGISTRY.get(name)(job_h=job, margin_h=0.0))  # type: ignore[call-arg]
    done = run(network, policy)
    windows = np.lib.stride_tricks.sliding_window_view(trace, slack + job)
    mine = (np.stack(policy.when[:starts]) * windows).sum(axis=1) * job
    np.testing.assert_allclose(mine, theirs[:starts], rtol=1e-6)
    kwh = asked[:starts, 0, 0] * 3600.0 * Outlook(network).draw[0, 0] / 3.6e6
    expected = (kwh / job * theirs[:starts]).sum() / 1e12
    assert done.kpi["emissions_mt"]["location"] == pytest.approx(expected, rel=1e-6)
    assert done.kpi["served_share"] == pytest.approx(1.0, abs=1e-12)
