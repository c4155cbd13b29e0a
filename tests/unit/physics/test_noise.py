"""Noise that hangs together in time and space, and stays when a site is appended."""

from __future__ import annotations

import numpy as np
import pytest

from sim.physics.delay import great_circle
from sim.physics.noise import correlated_ar1, site_draws

NAMES = ["beijing", "shanghai", "guiyang", "urumqi", "beijing_suburb"]
POSITIONS = np.array([[39.9, 116.4], [31.2, 121.5], [26.6, 106.6], [43.8, 87.6], [39.9, 116.4]])
LENGTH = 500e3


def series(count: int, epochs: int = 4000, memory: float = 22.0, seed: int = 3) -> np.ndarray:
    draws = site_draws(NAMES[:count], epochs, seed, 0, "wind")
    return correlated_ar1(draws, memory, POSITIONS[:count], LENGTH)


def test_an_appended_site_leaves_the_others_unchanged() -> None:
    whole = series(5)
    for count in range(1, 5):
        assert np.abs(whole[:, :count] - series(count)).max() < 1e-12


def test_a_national_list_grows_without_changing() -> None:
    generator = np.random.default_rng(0)
    positions = np.column_stack([generator.uniform(20, 50, 80), generator.uniform(80, 130, 80)])
    draws = site_draws([f"centre_{i}" for i in range(80)], 500, 1, 0, "wind")
    short = correlated_ar1(draws[:, :41], 22.0, positions[:41], LENGTH)
    assert np.abs(correlated_ar1(draws, 22.0, positions, LENGTH)[:, :41] - short).max() < 1e-12


def test_draws_belong_to_a_name_a_stream_and_a_replication() -> None:
    base = site_draws(["a", "b"], 50, 42, 0, "wind")
    assert np.array_equal(base[:, ::-1], site_draws(["b", "a"], 50, 42, 0, "wind"))
    for other in ((43, 0, "wind"), (42, 1, "wind"), (42, 0, "solar")):
        assert not np.any(base == site_draws(["a", "b"], 50, *other))


def test_one_site_follows_the_recursion() -> None:
    draws = site_draws(["a"], 200, 5, 0, "wind")
    got = correlated_ar1(draws, 10.0, POSITIONS[:1], LENGTH)[:, 0]
    keep = np.exp(-0.1)
    want = [draws[0, 0]]
    for draw in draws[1:, 0]:
        want.append(keep * want[-1] + np.sqrt(1.0 - keep**2) * draw)
    assert got == pytest.approx(np.array(want), abs=1e-12)


def test_it_is_stationary_from_the_first_epoch() -> None:
    first = np.array([series(1, epochs=30, seed=seed)[[0, 5, 29], 0] for seed in range(4000)])
    # Standard error of a variance of 4,000 draws is 0.022.
    assert first.var(axis=0) == pytest.approx(1.0, abs=0.09)


def test_correlations_in_time_and_space_are_those_asked_for() -> None:
    noise = series(5, epochs=400_000, memory=4.0)
    assert noise.std(axis=0) == pytest.approx(1.0, abs=0.02)
    lag = [np.corrcoef(noise[k:, 0], noise[: len(noise) - k, 0])[0, 1] for k in (1, 4)]
    assert lag == pytest.approx([np.exp(-0.25), np.exp(-1.0)], abs=0.01)
    latitude, longitude = POSITIONS.T
    distance = great_circle(latitude[:, None], longitude[:, None], latitude, longitude)
    assert np.corrcoef(noise.T) == pytest.approx(np.exp(-distance / LENGTH), abs=0.015)


def test_two_sites_at_one_place_have_one_weather() -> None:
    noise = series(5)
    assert np.abs(noise[:, 4] - noise[:, 0]).max() < 0.02
