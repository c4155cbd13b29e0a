"""Distances on the Earth and delays of fibre."""

from __future__ import annotations

import numpy as np
import pytest

from sim.physics.delay import EARTH_RADIUS, fibre_delay, great_circle

BEIJING, SHANGHAI, URUMQI = (39.9075, 116.397), (31.23, 121.47), (43.83, 87.62)


def test_quarters_and_antipodes() -> None:
    assert great_circle(0.0, 0.0, 0.0, 90.0) == pytest.approx(np.pi / 2 * EARTH_RADIUS)
    assert great_circle(12.0, 34.0, -12.0, -146.0) == pytest.approx(np.pi * EARTH_RADIUS)
    assert great_circle(40.0, 116.0, 40.0, 116.0) == 0.0


def test_beijing_to_shanghai_is_the_distance_of_the_atlas() -> None:
    assert great_circle(*BEIJING, *SHANGHAI) == pytest.approx(1067e3, rel=3e-3)


def test_the_cosine_rule_agrees_where_it_has_its_digits() -> None:
    generator = np.random.default_rng(7)
    lat1, lat2 = np.radians(generator.uniform(-80, 80, (2, 200)))
    lon1, lon2 = np.radians(generator.uniform(-180, 180, (2, 200)))
    cosine = np.sin(lat1) * np.sin(lat2) + np.cos(lat1) * np.cos(lat2) * np.cos(lon2 - lon1)
    degrees = np.degrees([lat1, lon1, lat2, lon2])
    assert great_circle(*degrees) == pytest.approx(EARTH_RADIUS * np.arccos(cosine), rel=1e-9)


def test_short_distances_keep_their_digits() -> None:
    metre = np.degrees(1.0 / EARTH_RADIUS)
    assert great_circle(40.0, 116.0, 40.0 + metre, 116.0) == pytest.approx(1.0, rel=1e-6)


def test_distances_form_a_symmetric_matrix() -> None:
    latitude, longitude = np.array([BEIJING, SHANGHAI, URUMQI]).T
    matrix = great_circle(latitude[:, None], longitude[:, None], latitude, longitude)
    assert matrix.shape == (3, 3)
    assert matrix == pytest.approx(matrix.T)
    assert matrix[0, 2] < matrix[0, 1] + matrix[1, 2]
    assert np.all(np.diag(matrix) == 0.0)


def test_a_link_of_the_backbone_takes_its_time() -> None:
    # Harbin-Changchun: 302.6 km of fibre, 4.9 µs/km and 0.05 ms.
    assert fibre_delay(302.6e3, 1, 4.9e-9, 5e-5) == pytest.approx(1.533e-3, abs=5e-7)


def test_delays_of_a_path_add_up() -> None:
    lengths = np.array([100e3, 250e3, 700e3])
    parts = fibre_delay(lengths, np.ones(3), 4.9e-9, 5e-5)
    assert parts.sum() == pytest.approx(fibre_delay(lengths.sum(), 3, 4.9e-9, 5e-5))
