"""A few days stand for all: weights, extremes, and how near the means come."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.ground.errors import ScenarioError, UsageError
from sim.network.build import build
from sim.network.network import Network
from sim.optimise.likeness import likeness
from sim.optimise.periods import EXTREMES, Periods, choose
from sim.optimise.signals import signals
from tests.oracles.worlds import shipped, world


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Three regions, a whole year."""
    return world(tmp_path_factory.mktemp("year"), start="2024-01-01", horizon="366 d")


@pytest.fixture(scope="module")
def nation() -> Network:
    """The nation, its year."""
    return build(shipped("baseline-2024"))


@pytest.mark.parametrize("days", [5, 12, 30, 365])
@pytest.mark.parametrize("extremes", [True, False])
def test_the_weights_sum_to_all_days_exactly(year: Network, days: int, extremes: bool) -> None:
    if extremes and days <= len(EXTREMES):
        days += len(EXTREMES)
    found = choose(year, days, extremes)
    assert len(found) == days
    assert found.weight.sum() == 366.0
    assert found.weight[::-1].cumsum()[-1] == 366.0, "exact in any order"
    assert (found.weight > 0.0).all()
    assert (np.diff(found.day) > 0).all()
    assert found.extreme.any() == extremes
    assert (found.weight[found.extreme] == 1.0).all()


def test_the_extreme_days_are_those_of_the_series(nation: Network) -> None:
    found = choose(nation, 12)
    why = {reason: int(day) for day, reasons in zip(found.day, found.reason, strict=True) for reason in reasons}
    demand, pool = nation["demand"].sum(axis=1), nation["workload_pool"]
    for name, number in (("demand_general", 0), ("demand_smart", 1)):
        assert why[name] == int(demand[:, pool == number].sum(axis=1).argmax()) // 24
    share = nation["rated_power"] / nation["rated_power"].sum()
    assert why["heat"] == int((nation["temperature"] @ share).reshape(366, 24).mean(axis=1).argmax())
    by_name = {signal.name: signal for signal in signals(nation)}
    green = (by_name["wind"].nation + by_name["solar"].nation).reshape(366, 24).mean(axis=1)
    assert why["dark"] == int(green.argmin())
    assert "price" not in why, "a tariff that is the same every day has no dearest one"
    first = found.day[0]
    assert found.label[0] == str(np.datetime64("2024-01-01") + int(first))


def test_every_day_is_exact(year: Network) -> None:
    found = choose(year, 400)
    assert found.day.tolist() == list(range(366))
    assert (found.weight == 1.0).all()
    for series in likeness(year, found):
        assert series.mean_error == pytest.approx(0.0, abs=1e-12)
        assert series.duration_error == pytest.approx(0.0, abs=1e-12)
        assert series.peak == series.chosen_peak


def test_the_choice_is_the_same_again(year: Network) -> None:
    one, other = choose(year, 12), choose(year, 12)
    assert one.day.tolist() == other.day.tolist()
    assert one.weight.tolist() == other.weight.tolist()


def worst(network: Network, periods: Periods) -> tuple[float, float]:
    """Return the largest errors of a mean and of a duration curve; the temperature's is over °C and not among them."""
    found = [series for series in likeness(network, periods) if series.name != "temperature"]
    return max(abs(s.mean_error) for s in found), max(s.duration_error for s in found)


def test_twelve_days_keep_the_means_and_more_days_the_curves(year: Network) -> None:
    few, more, many = (worst(year, choose(year, days)) for days in (12, 36, 120))
    assert few[0] < 0.05
    assert more[0] < 0.02
    assert few[1] > more[1] > many[1]


def test_chosen_days_are_nearer_than_evenly_spaced_ones(year: Network) -> None:
    day = np.linspace(15, 350, 12).astype(np.int64)
    even = Periods(day, np.full(12, 30.5), np.zeros(12, dtype=bool), ("",) * 12, ((),) * 12)
    chosen, spaced = worst(year, choose(year, 12, extremes=False)), worst(year, even)
    assert chosen[0] < 0.5 * spaced[0]
    assert chosen[1] < spaced[1]


def test_the_likeness_counts_what_is_there(year: Network) -> None:
    """One day for all: its own mean and its own curve against the year's."""
    one = Periods(np.array([200]), np.array([366.0]), np.array([False]), ("",), ((),))
    for series in likeness(year, one):
        if series.name != "solar":
            continue
        by_name = {signal.name: signal.nation for signal in signals(year)}
        values = by_name["solar"]
        day = values[200 * 24 : 201 * 24]
        assert series.chosen_mean == pytest.approx(day.mean(), rel=1e-12)
        assert series.mean_error == pytest.approx((day.mean() - values.mean()) / values.mean(), rel=1e-9)
        curve = np.repeat(np.sort(day), 366)
        area = np.abs(np.sort(values) - curve).mean() / values.mean()
        assert series.duration_error == pytest.approx(area, rel=1e-9)
        return
    pytest.fail("no solar series")


def test_epochs_of_a_period_are_its_own_day(year: Network) -> None:
    found = choose(year, 12)
    hours = found.epochs(24)
    assert hours.shape == (12, 24)
    assert (hours[:, 0] == found.day * 24).all()
    assert (np.diff(hours, axis=1) == 1).all()


def test_a_few_days_and_coarse_epochs_are_taken_as_they_are(tmp_path: Path) -> None:
    found = choose(world(tmp_path, horizon="3 d", epoch="3 h"), 3)
    assert found.weight.tolist() == [1.0, 1.0, 1.0]


def test_what_cannot_be_is_refused(tmp_path: Path, year: Network, nation: Network) -> None:
    with pytest.raises(UsageError, match="leave no typical one"):
        choose(nation, 3)
    assert len(choose(year, 1, extremes=False)) == 1
    with pytest.raises(ScenarioError, match="whole days"):
        choose(world(tmp_path, horizon="50 h"), 2)


def test_the_nation_keeps_its_means_on_twelve_days(nation: Network) -> None:
    found = {series.name: series for series in likeness(nation, choose(nation, 12))}
    for name in ("idle", "full", "demand.interactive", "demand.inference", "demand.batch", "demand.training"):
        assert abs(found[name].mean_error) < 0.01, name
    for name in ("wind", "solar", "carbon_factor"):
        assert abs(found[name].mean_error) < 0.03, name
