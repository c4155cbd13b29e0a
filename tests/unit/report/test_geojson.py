"""The map as GeoJSON: what RFC 7946 asks for, and the numbers of the run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.ground.names import flat
from sim.report.export import export
from sim.report.geojson import geojson, text
from tests.unit.report.runs import china, run


def test_every_centre_region_and_link_is_there_with_its_place() -> None:
    results = china()
    found = geojson(results)
    assert found["type"] == "FeatureCollection"
    kinds = [feature["properties"]["kind"] for feature in found["features"]]
    counts = {kind: len(results.ids(kind)) for kind in ("centre", "region", "link")}
    assert {kind: kinds.count(kind) for kind in counts} == counts
    ids = [feature["id"] for feature in found["features"]]
    assert len(ids) == len(set(ids))
    for feature in found["features"]:
        shape, places = feature["geometry"]["type"], feature["geometry"]["coordinates"]
        assert shape == ("LineString" if feature["properties"]["kind"] == "link" else "Point")
        for longitude, latitude in places if shape == "LineString" else [places]:
            assert 73.0 < longitude < 136.0, "longitude comes first"
            assert 17.0 < latitude < 54.0


def test_its_properties_are_the_measures_with_units() -> None:
    results = china()
    found = geojson(results)
    centre = next(feature for feature in found["features"] if feature["id"] == "centre:qingyang")
    for key, value in flat(results.by["centre"]["qingyang"]).items():
        assert centre["properties"][key] == value
    assert centre["properties"]["name_zh"]
    assert found["units"]["facility_energy_twh"] == "TWh"
    assert found["units"]["traffic_mean_tbps"] == "Tbit/s"
    link = next(feature for feature in found["features"] if feature["properties"]["kind"] == "link")["properties"]
    at = results.ids("link").index(link["id"])
    busy = results["link_traffic"][:, at] + results["background"][at]
    assert link["utilisation_max"] == pytest.approx(busy.max() / results["link_capacity"][at], rel=1e-6)
    assert link["traffic_mean_tbps"] == pytest.approx(results["link_traffic"][:, at].mean() / 1e12, rel=1e-6)


def test_it_is_written_whole_and_the_same_every_time(tmp_path: Path) -> None:
    place = export(run(), "geojson", tmp_path / "toy.geojson")
    assert place.read_text(encoding="utf-8") == text(run())
    assert len(json.loads(place.read_bytes())["features"]) == 3 + 3 + len(run().ids("link"))
