"""Rules that wait for better hours, against looking at every choice there is."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.ground.arrays import Array
from sim.network.network import Network
from sim.network.outlook import Outlook
from sim.network.view import View
from sim.policies.base import REGISTRY, Decision, Patient
from sim.workloads.jobs import TICK, Jobs
from tests.oracles.lone_centre import lone_centre
from tests.oracles.worlds import run, world

HOUR = 3600 * TICK
NAMES = ("lowest_slots", "lowest_window")


class Kept:
    """A policy; its views and decisions."""

    def __init__(self, policy: Any) -> None:
        self.policy = policy
        self.seen: list[tuple[View, Decision]] = []

    def dispatch(self, view: View) -> Decision:
        decision = self.policy.dispatch(view)
        self.seen.append((view, decision))
        return decision


def best(name: str, values: Array, length: int) -> float:
    """Return the least sum of so many hours, on end where the rule does not pause."""
    if name == "lowest_window":
        return min(float(values[at : at + length].sum()) for at in range(len(values) - length + 1))
    return min(sum(chosen) for chosen in combinations(values.tolist(), length))


def on_trace(folder: Path, trace: Array, *sets: str) -> Network:
    roomy = "centres.east_centre.pools.general.capacity=1000 EFLOPS"
    return lone_centre(folder, trace, ["forecast.law=perfect", roomy, *sets], len(trace))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("job", "slack", "margin"), [(1, 6, 0), (3, 6, 0), (3, 9, 4), (7, 6, 0), (20, 6, 2), (2, 6, 30)]
)
def test_arrivals_are_spread_over_the_best_hours_in_reach(
    tmp_path: Path, name: str, job: int, slack: int, margin: int
) -> None:
    trace = np.random.default_rng(job).integers(1, 9, 40).astype(float) * 100.0
    kept = Kept(REGISTRY.get(name)(job_h=job, margin_h=margin))
    results = run(on_trace(tmp_path, trace, f"workloads.batch.deadline={slack} h"), kept)
    for epoch, (_, decision) in enumerate(kept.seen):
        assert decision.when is not None
        reach = max(min(slack + 1, len(trace) - epoch) - margin, 1)
        length = min(job, reach)
        when = decision.when[0, 0]
        assert not when[reach:].any()
        chosen = np.flatnonzero(when)
        np.testing.assert_allclose(when[chosen], 1.0 / length)
        assert name != "lowest_window" or (np.diff(chosen) == 1).all()
        mine = (when[:reach] * trace[epoch : epoch + reach]).sum() * length
        assert mine == pytest.approx(best(name, trace[epoch : epoch + reach], length), rel=1e-12)
    assert results.kpi["served_share"] == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_it_believes_the_forecast(tmp_path: Path, name: str) -> None:
    """Told the day before, it takes the hour that was best then: 24 h apart from the one that will be best."""
    trace = np.full(96, 500.0)
    trace[10] = trace[24 + 20] = trace[48 + 2] = 100.0
    for law, hour in (("perfect", 20), ("persistence", 10)):
        network = on_trace(tmp_path / law, trace, "workloads.batch.deadline=23 h", f"forecast.law={law}")
        kept = Kept(REGISTRY.get(name)(job_h=1, margin_h=0.0))
        run(network, kept)
        when = kept.seen[24][1].when
        assert when is not None
        assert np.flatnonzero(when[0, 0]).tolist() == [hour]


@pytest.mark.parametrize("name", NAMES)
def test_price_is_another_signal(tmp_path: Path, name: str) -> None:
    """From 09:00 the east's price is above the flat one until 22:00 but for 14:00 to 18:00, and lowest from 23:00."""
    kept = Kept(REGISTRY.get(name)(signal="price", job_h=2, margin_h=0))
    run(world(tmp_path, ["forecast.law=perfect"], horizon="48 h"), kept)
    view, decision = kept.seen[9]
    assert decision.when is not None
    batch = list(view.outlook.network.ids("workload")).index("batch")
    assert np.flatnonzero(decision.when[0, batch]).tolist() == [14, 15]


@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_wait_and_bits_are_not_put_off(tmp_path: Path, name: str) -> None:
    kept = Kept(REGISTRY.get(name)())
    run(world(tmp_path, horizon="30 h"), kept)
    for view, decision in kept.seen:
        assert decision.when is not None
        assert (decision.when[:, (view.slack == 0) | (view.pool < 0), 0] == 1.0).all()


@pytest.mark.parametrize("name", NAMES)
def test_each_job_has_the_hours_of_its_own_length(tmp_path: Path, name: str) -> None:
    """For the event engine: J hours among the S + J that follow its arrival, at most 64 and none behind the run."""
    policy = REGISTRY.get(name)(margin_h=0.0)
    assert isinstance(policy, Patient)
    trace = np.random.default_rng(5).integers(1, 50, 100).astype(float)
    kept = Kept(policy)
    run(on_trace(tmp_path, trace), kept)
    for epoch in (0, 13, 70, 97, 99):
        length, slack = np.array([1, 2, 5, 3, 60, 70]), np.array([0, 4, 3, 24, 2, 9])
        jobs = Jobs.of(
            np.full(6, epoch * HOUR + 5), length * HOUR - 7, np.ones(6, dtype=np.int64), due=(epoch + slack) * HOUR + 5
        )
        found = policy.hours(jobs, kept.seen[epoch][0])
        lags = min(64, len(trace) - epoch)
        assert found.shape == (6, lags)
        for hours, long, late in zip(found, length, slack, strict=True):
            many = min(long, lags)
            reach = min(late + many, lags)
            assert hours.sum() == many
            assert not hours[reach:].any()
            mine = trace[epoch : epoch + lags][hours].sum()
            if many < 30:
                assert mine == pytest.approx(best(name, trace[epoch : epoch + reach], many))
            else:
                assert mine >= np.sort(trace[epoch : epoch + reach])[:many].sum() - 1e-9


def test_a_job_without_a_deadline_looks_as_far_as_masks_go(tmp_path: Path) -> None:
    trace = np.arange(100.0, 0.0, -1.0)
    policy = REGISTRY.get("lowest_slots")(margin_h=0.0)
    assert isinstance(policy, Patient)
    kept = Kept(policy)
    run(on_trace(tmp_path, trace), kept)
    jobs = Jobs.of(np.array([0]), np.array([2 * HOUR]), np.array([1]))
    assert np.flatnonzero(policy.hours(jobs, kept.seen[0][0])[0]).tolist() == [62, 63]


def test_waiting_pays_in_what_is_looked_at(tmp_path: Path) -> None:
    """On a trace of clean noons the rule emits less than doing all at once, and slots no more than a window."""
    trace = 500.0 + 300.0 * np.cos(np.arange(240) * 2.0 * np.pi / 24.0)
    network = on_trace(tmp_path, trace, "workloads.batch.deadline=24 h")
    emitted = {
        name: run(network, policy).kpi["emissions_mt"]["location"]
        for name, policy in (
            ("now", "local"),
            *((name, REGISTRY.get(name)(job_h=4, margin_h=0.0)) for name in NAMES),
        )
    }
    assert emitted["lowest_slots"] <= emitted["lowest_window"] * (1.0 + 1e-12) < 0.75 * emitted["now"]
    assert Outlook(network).draw[0, 0] > 0.0
