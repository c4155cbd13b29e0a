"""Facility power and the parameter sheets."""

from __future__ import annotations

import numpy as np
import pytest

from sim.centres.base import REGISTRY, Weather, facility_power, read_sheet
from sim.ground.errors import ScenarioError

WEATHER = Weather(np.array(30.0), np.array(24.0), np.array(95e3))


def test_kappa_scales_the_cooling_alone() -> None:
    load = np.array([0.2, 0.7])
    parts = REGISTRY.get("liquid")(load, WEATHER, read_sheet("liquid"))
    more = facility_power(load, parts, 1.5) - facility_power(load, parts)
    np.testing.assert_allclose(more, 0.5 * parts.cooling)
    np.testing.assert_allclose(facility_power(load, parts, 0.0), load + parts.electrical + parts.misc, rtol=1e-15)


def test_none_is_the_ideal() -> None:
    load = np.linspace(0.0, 1.0, 5)
    parts = REGISTRY.get("none")(load, WEATHER, read_sheet("none"))
    np.testing.assert_array_equal(facility_power(load, parts), load)
    assert dict(read_sheet("none")) == {}


def test_sheets_are_read_only_and_read_once() -> None:
    sheet = read_sheet("iec")
    assert read_sheet("iec") is sheet
    with pytest.raises(TypeError):
        sheet["effectiveness"] = 0.0  # type: ignore[index]


def test_an_unknown_sheet_names_the_nearest() -> None:
    with pytest.raises(ScenarioError, match="did you mean 'water_wse'"):
        read_sheet("water_wsa")


def test_temperature_alone_may_vary() -> None:
    weather = Weather(np.array([20.0, 44.0]), np.array(19.0), np.array(95e3))
    parts = REGISTRY.get("liquid")(np.array(0.5), weather, read_sheet("liquid"))
    assert {np.shape(part) for part in parts} == {(2,)}
    assert parts.liquid[1] > parts.liquid[0]
    assert parts.chiller[1] == parts.chiller[0]
