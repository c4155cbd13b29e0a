"""The map projection against published numbers and its own properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.physics.projection import EARTH_KM, Albers, Paper

CHINA = Albers(25.0, 47.0, 105.0)
LATITUDE = st.floats(-80.0, 80.0)
LONGITUDE = st.floats(-60.0, 60.0)


def test_the_worked_example_of_snyder() -> None:
    """Professional Paper 1395, appendix A: unit sphere, 29.5°, 45.5°, origin 23°N 96°W; 35°N 75°W."""
    albers = Albers(29.5, 45.5, -96.0)
    x, y = albers.project(35.0, -75.0)
    _, origin = albers.project(23.0, -96.0)
    assert float(x) / EARTH_KM == pytest.approx(0.2952720, abs=1e-7)
    assert float(y - origin) / EARTH_KM == pytest.approx(0.2416774, abs=1e-7)


@pytest.mark.parametrize("latitude", [18.0, 25.0, 36.0, 47.0, 53.0])
def test_areas_are_true(latitude: float) -> None:
    step = 1e-4
    lat = latitude + np.array([-step, step, 0.0, 0.0])
    lon = 118.0 + np.array([0.0, 0.0, -step, step])
    x, y = CHINA.project(lat, lon)
    area = abs((x[1] - x[0]) * (y[3] - y[2]) - (x[3] - x[2]) * (y[1] - y[0]))
    true = (np.radians(2.0 * step) * EARTH_KM) ** 2 * np.cos(np.radians(latitude))
    assert area == pytest.approx(true, rel=1e-6)


@given(LATITUDE, LONGITUDE, st.sampled_from([(25.0, 47.0), (-47.0, -25.0), (5.0, 6.0), (-2.0, 20.0)]))
def test_the_way_back_leads_to_the_place(latitude: float, longitude: float, parallels: tuple[float, float]) -> None:
    albers = Albers(*parallels, meridian=10.0)
    back = albers.locate(*albers.project(latitude, 10.0 + longitude))
    assert [float(angle) for angle in back] == pytest.approx([latitude, 10.0 + longitude], abs=1e-6)


@pytest.mark.parametrize(
    "area",
    [(18.0, 54.0, 73.0, 135.0), (-10.0, 10.0, 20.0, 40.0), (-40.0, -30.0, 10.0, 20.0), (5.0, 5.0, 7.0, 7.0)],
)
def test_the_projection_of_an_area_keeps_its_shape(area: tuple[float, float, float, float]) -> None:
    albers = Albers.around(*area)
    middle = (area[0] + area[1]) / 2.0
    step = 0.01
    x, y = albers.project(np.array([middle, middle + step, middle]), albers.meridian + np.array([0.0, 0.0, step]))
    east = (x[2] - x[0]) / (np.radians(step) * EARTH_KM * np.cos(np.radians(middle)))
    north = (y[1] - y[0]) / (np.radians(step) * EARTH_KM)
    assert east == pytest.approx(1.0, abs=0.05)
    assert north == pytest.approx(1.0, abs=0.05)


def sheet(lat: list[float], lon: list[float]) -> Paper:
    return Paper.fit(CHINA, np.array(lat), np.array(lon), width=900.0, most=700.0, edge=50.0)


def test_all_places_find_room_on_the_sheet() -> None:
    lat, lon = [20.0, 50.0, 44.0, 31.0], [110.0, 127.0, 87.0, 121.0]
    paper = sheet(lat, lon)
    x, y = paper.at(np.array(lat), np.array(lon))
    assert x.min() >= 50.0 - 1e-6
    assert x.max() <= 850.0 + 1e-6
    assert y.min() >= 50.0 - 1e-6
    assert y.max() <= paper.height - 50.0 + 1e-6
    back = paper.place(x, y)
    assert back[0] == pytest.approx(lat)
    assert back[1] == pytest.approx(lon)


def test_a_single_place_lies_in_the_middle() -> None:
    paper = sheet([30.0], [120.0])
    x, y = paper.at(30.0, 120.0)
    assert (float(x), float(y)) == pytest.approx((450.0, paper.height / 2.0))


def test_the_graticule_is_labelled_where_it_meets_the_edge() -> None:
    paper = sheet([20.0, 50.0], [90.0, 125.0])
    lines = {line.text: line for line in paper.graticule()}
    assert {"20°N", "30°N", "40°N", "90°E", "100°E", "110°E", "120°E"} <= set(lines)
    mark = lines["100°E"].mark
    assert mark is not None
    latitude, longitude = paper.place(*mark)
    assert float(longitude) == pytest.approx(100.0, abs=0.05)
    assert mark[1] == paper.height
    parallel = lines["30°N"].mark
    assert parallel is not None
    assert float(paper.place(*parallel)[0]) == pytest.approx(30.0, abs=0.05)
    assert np.isfinite(float(latitude))


def test_south_and_west_are_named() -> None:
    albers = Albers.around(-35.0, -5.0, -75.0, -40.0)
    paper = Paper.fit(albers, np.array([-35.0, -5.0]), np.array([-75.0, -40.0]), 900.0, 700.0, 50.0)
    texts = {line.text for line in paper.graticule()}
    assert {"20°S", "60°W"} <= texts
