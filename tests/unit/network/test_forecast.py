"""Forecasts: each law as its equation says, the same for everybody, seeded by series and region."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.ground.arrays import Array
from sim.ground.errors import PluginError
from sim.network.forecast import NAMES, Forecast
from sim.network.network import Network
from tests.oracles.worlds import world

KNOWN = {"price": "price", "carbon": "emission_factor", "green": "green_supply"}
NOISE = ["forecast.law=noise", "forecast.error=0.2", "forecast.memory=12 h"]


def truth(network: Network, name: str) -> Array:
    if name == "demand":
        return np.asarray((network["demand"] + network["data_demand"]) * network.calendar.seconds)
    return network[KNOWN[name]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("law", ["perfect", "persistence", "noise"])
def test_what_is_now_is_known_and_the_run_is_the_end(tmp_path: Path, law: str, name: str) -> None:
    network = world(tmp_path, [f"forecast.law={law}"], horizon="48 h")
    told = Forecast(network)
    for epoch, hours, count in ((0, 1.0, 1), (0, 0.0, 1), (5, 6.0, 6), (5, 5.2, 6), (40, 24.0, 8), (47, 24.0, 1)):
        found = told(name, epoch, hours)
        assert found.shape == (count, *truth(network, name).shape[1:])
        np.testing.assert_array_equal(found[0], truth(network, name)[epoch])


@pytest.mark.parametrize("name", NAMES)
def test_perfect_is_the_truth(tmp_path: Path, name: str) -> None:
    network = world(tmp_path, ["forecast.law=perfect"], horizon="48 h")
    np.testing.assert_array_equal(Forecast(network)(name, 7, 30.0), truth(network, name)[7:37])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("epoch", "day"), [("1 h", 24), ("30 min", 48), ("2 h", 12)])
def test_persistence_is_the_same_hour_of_the_latest_day(tmp_path: Path, name: str, epoch: str, day: int) -> None:
    network = world(tmp_path, ["workloads.*.noise=0.1"], horizon="6 d", epoch=epoch)
    known, now = truth(network, name), 2 * day + 5
    found = Forecast(network)(name, now, 60.0)
    for lead in range(len(found)):
        days = 0 if lead == 0 else (lead - 1) // day + 1
        assert now + lead - days * day <= now
        np.testing.assert_array_equal(found[lead], known[now + lead - days * day])


@pytest.mark.parametrize("name", NAMES)
def test_the_day_before_the_run_is_that_of_the_calendar(tmp_path: Path, name: str) -> None:
    noisy = ["workloads.*.noise=0.1"]
    found = Forecast(world(tmp_path, noisy, start="2024-03-05", horizon="48 h"))(name, 0, 24.0)
    np.testing.assert_allclose(found[1:], truth(world(tmp_path, noisy, start="2024-03-04"), name)[1:24], rtol=1e-12)
    first = Forecast(world(tmp_path, noisy, start="2024-01-01"))(name, 2, 24.0)
    eve = truth(world(tmp_path, noisy, start="2024-12-31", horizon="24 h"), name)
    np.testing.assert_allclose(first[1:22], eve[3:], rtol=1e-12)


def test_noise_has_the_error_that_is_stated_and_grows_with_the_lead(tmp_path: Path) -> None:
    """Standard deviation 0.2 · √(1 − exp(−2τ / 12 h)) at a lead of τ, over the hours of a year."""
    network = world(tmp_path, NOISE, start="2024-01-01", horizon="366 d")
    told, price = Forecast(network), truth(network, "price")
    leads = [1, 3, 12, 48]
    wrong = np.array([told("price", t, 49.0)[leads] / price[t + np.array(leads)] - 1.0 for t in range(0, 8700)])
    spread = wrong.std(axis=(0, 2))
    np.testing.assert_allclose(spread, 0.2 * np.sqrt(1.0 - np.exp(-2.0 * np.array(leads) / 12.0)), rtol=0.06)
    np.testing.assert_allclose(wrong.mean(axis=(0, 2)), 0.0, atol=0.02)
    far = wrong[:, 3, 0]
    for gap in (1, 6, 12):
        # Of forecasts made at times apart for hours as far apart, the error remembers as its memory says.
        rho = np.corrcoef(far[:-gap], far[gap:])[0, 1]
        assert rho == pytest.approx(np.exp(-gap / 12.0), abs=0.06)


def test_the_forecast_of_an_hour_is_revised_as_news_comes_in(tmp_path: Path) -> None:
    """The error of an hour shrinks as it draws near, and what was known before explains it: φ^(τ) x."""
    network = world(tmp_path, NOISE, start="2024-03-01", horizon="30 d")
    told, price = Forecast(network), truth(network, "price")
    target = np.arange(100, 600)
    errors = np.array(
        [[told("price", k - lead, lead + 1.0)[lead] / price[k] - 1.0 for k in target] for lead in (2, 12)]
    )
    near, far = errors[0], errors[1]
    assert near.std() < 0.7 * far.std()
    news = far - near
    assert abs(np.corrcoef(near.ravel(), news.ravel())[0, 1]) < 0.1, "what is still unknown is new"


def test_it_is_seeded_by_region_and_series_and_nothing_else(tmp_path: Path) -> None:
    plain = world(tmp_path, NOISE, horizon="72 h")
    told = Forecast(plain)
    others = {
        "again": Forecast(plain),
        "later": Forecast(world(tmp_path, NOISE, start="2024-03-05", horizon="48 h")),
    }
    np.testing.assert_array_equal(others["again"]("carbon", 24, 20.0), told("carbon", 24, 20.0))
    np.testing.assert_allclose(others["later"]("carbon", 0, 20.0), told("carbon", 24, 20.0), rtol=1e-12)
    for change in (["run.seed=5"], ["run.replication=1"]):
        assert (Forecast(world(tmp_path, [*NOISE, *change]))("price", 4, 9.0)[1:] != told("price", 4, 9.0)[1:]).all()
    errors = [told(name, 4, 9.0)[1:, 0] / truth(plain, name)[5:13, 0] for name in ("price", "carbon")]
    assert (errors[0] != errors[1]).all()
    asked = truth(plain, "demand")[9]
    demand = told("demand", 4, 9.0)[5][asked > 0.0] / asked[asked > 0.0]
    assert len(np.unique(np.round(demand, 12))) == demand.size > 10


def test_centres_of_one_region_share_its_error(tmp_path: Path) -> None:
    network = world(tmp_path, NOISE, nation="china-2024", horizon="24 h")
    told = Forecast(network)("price", 0, 9.0) / network["price"][:9]
    at = network["place_region"].argmax(axis=1)
    for region in range(network["place_region"].shape[1]):
        here = told[:, at == region]
        np.testing.assert_allclose(here, np.broadcast_to(here[:, :1], here.shape), rtol=1e-12)
    assert len(np.unique(np.round(told[5], 12))) == len(np.unique(at))


def test_no_forecast_is_below_nothing(tmp_path: Path) -> None:
    network = world(tmp_path, ["forecast.law=noise", "forecast.error=1", "forecast.memory=1 h"], horizon="20 d")
    found = np.concatenate([Forecast(network)("price", t, 24.0).ravel() for t in range(0, 480, 24)])
    assert found.min() == 0.0


def test_an_unknown_series_is_told(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="there is no forecast of 'prise'; did you mean 'price'"):
        Forecast(world(tmp_path, horizon="1 h"))("prise", 0, 1.0)
