"""The mean days of a run: what they hold is what the run did, hour by hour and month by month."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

import sim
from sim.engine.days import Days
from sim.ground.calendar import Calendar
from sim.results.schema import Results
from tests.unit.report.runs import run


def days(start: datetime, epochs: int, seconds: float = 3600.0) -> Days:
    return Days(Calendar(2024, start, epochs, seconds), 2, 3, np.ones((4, 2)))


def entered(made: Days, first: list[int], last: list[int], amount: list[float]) -> None:
    number = np.arange(len(first))
    both = np.repeat(np.array(amount)[:, None], 2, axis=1)
    made.spread(np.array(first), np.array(last), number % 2, number % 3, both)


def test_a_year_has_twelve_days_of_24_hours() -> None:
    made = days(datetime(2024, 1, 1), 8784)
    assert list(made.months) == list(range(1, 13))
    assert list(made.hours) == list(range(24))
    number = made.means()["instances"]
    assert number[1].tolist() == [29.0] * 24
    assert number.sum() == 8784


@pytest.mark.parametrize(("seconds", "hours"), [(900.0, [0, 1]), (21600.0, [0, 6, 12, 18]), (86400.0, [0])])
def test_other_steps_have_the_hours_in_which_they_begin(seconds: float, hours: list[int]) -> None:
    assert list(days(datetime(2024, 3, 1), 8, seconds).hours) == hours


def test_work_is_spread_evenly_over_its_epochs() -> None:
    made = days(datetime(2024, 1, 1), 48)
    entered(made, [0, 23], [3, 24], [4.0 * 3600.0, 2.0 * 3600.0])
    flow = made.means()["flow"][0]
    # Two days make the mean one: the first entry ran in one of them.
    assert flow[:4, 0, 0] == pytest.approx([0.5] * 4)
    assert flow[4:, 0, 0] == pytest.approx(0.0)
    assert flow[[23, 0], 1, 1] == pytest.approx([0.5, 0.5])


def test_what_is_entered_at_once_and_in_parts_is_the_same() -> None:
    rng = np.random.default_rng(1)
    first = rng.integers(0, 90, 50)
    last = np.minimum(first + rng.integers(0, 30, 50), 95)
    amount = rng.uniform(0.0, 1e20, 50)
    whole, parts = days(datetime(2024, 1, 30), 96), days(datetime(2024, 1, 30), 96)
    entered(whole, first.tolist(), last.tolist(), amount.tolist())
    for number in range(0, 50, 6):
        entered(parts, *(each[number : number + 6].tolist() for each in (first, last, amount)))
    np.testing.assert_allclose(parts.sent, whole.sent, rtol=1e-9, atol=1e6)
    assert whole.sent[..., 0].sum() == pytest.approx(amount.sum())


def means_of(results: Results) -> np.ndarray:
    """Return what the mean days add up to, [region, centre], FLOP."""
    return np.einsum("mhrc,mh->rc", results["flow"], results["instances"]) * results.seconds


@pytest.mark.parametrize("case", [{}, {"horizon": "30 h", "epoch": "30 min"}, {"horizon": "40 d", "epoch": "6 h"}])
def test_the_mean_days_of_a_run_add_up_to_what_it_moved(case: dict[str, str]) -> None:
    results = run(**case)
    np.testing.assert_allclose(means_of(results), results["moved"].sum(axis=2), rtol=1e-9)
    served = results.series["served"].sum("workload").groupby("epoch.hour").mean().values
    one_month = len(results["instances"]) == 1
    if one_month:
        np.testing.assert_allclose(results["flow"][0].sum(axis=1), served, rtol=1e-9)


def test_jobs_are_in_it_too() -> None:
    results = sim.run("scenarios/toy.yaml", engine="events", sets=["run.horizon=48 h", "run.jobs.count=500"])
    np.testing.assert_allclose(means_of(results), results["moved"].sum(axis=2), rtol=1e-6)


def test_data_on_the_way_are_the_traffic_over_the_links_of_the_routes() -> None:
    """A pair's data load every link of its route once: what goes and comes adds up to both directions."""
    results = run()
    hops = (results["route_link"] >= 0.0).sum(axis=3)
    bits = np.einsum("mhrc,mh->rc", results["stream"], results["instances"])
    used = results["path_work"].sum(axis=0)
    share = used / np.maximum(used.sum(axis=2, keepdims=True), 1.0)
    carried = (bits[:, :, None] * share * hops).sum()
    assert carried == pytest.approx(results["link_traffic"].sum(), rel=1e-9)
    assert carried > 0.0
