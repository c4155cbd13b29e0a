"""A run's map as GeoJSON: centres and regions as points, links as lines, with what was measured of each."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from sim.ground.names import MEASURES, flat
from sim.results.schema import Results

_LINKS = {
    "capacity_tbps": ("Tbit/s", "capacity"),
    "fibre_km": ("km", "length of the fibre"),
    "traffic_mean_tbps": ("Tbit/s", "mean traffic of the dispatch, without the background"),
    "traffic_max_tbps": ("Tbit/s", "largest hourly traffic of the dispatch, without the background"),
    "background_tbps": ("Tbit/s", "traffic that is always there"),
    "utilisation_mean": ("1", "mean traffic with background over capacity"),
    "utilisation_max": ("1", "largest hourly traffic with background over capacity"),
}  # fmt: skip


def geojson(results: Results) -> dict[str, Any]:
    """Return the map of a run after RFC 7946: longitude and latitude in degrees, WGS 84.

    Points are centres and regions (``properties.kind``), each at the place of its node; lines are directed links,
    drawn straight. Properties of points are the measures of `Results.by` by dotted key; ``units`` beside the features
    says the unit of every property.

    Parameters
    ----------
    results
        The run with its `meta`.
    """
    features = [*_points(results, "centre"), *_points(results, "region"), *_lines(results)]
    keys = {key for feature in features for key in feature["properties"]}
    units = {key: _unit(key) for key in sorted(keys) if _unit(key)}
    return {
        "type": "FeatureCollection",
        "name": str(results.meta.get("scenario", "")),
        "run": str(results.meta.get("id", "")),
        "units": units,
        "features": features,
    }


def text(results: Results) -> str:
    """Return the map of a run as GeoJSON text; the same run gives the same bytes."""
    return json.dumps(geojson(results), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _unit(key: str) -> str:
    if key in _LINKS:
        return _LINKS[key][0]
    if key.startswith("unserved_eflops_h."):
        return "EFLOPS h"
    return MEASURES[key].unit if key in MEASURES else ""


def _points(results: Results, kind: str) -> list[dict[str, Any]]:
    meta, found = results.meta, []
    for name, node in meta.get("node_of", {}).get(kind, {}).items():
        place = meta["places"].get(node)
        if place is None:
            continue
        names = meta.get("names", {}).get(kind, {}).get(name, {})
        about = {"kind": kind, "id": name, "name_en": names.get("en", ""), "name_zh": names.get("zh", ""), "node": node}
        if kind == "centre":
            about |= {"hub": meta.get("hub_of", {}).get(name), "role": meta.get("kind_of", {}).get(name)}
        measures = flat(results.by.get(kind, {}).get(name, {}))
        found.append(_feature(f"{kind}:{name}", {"type": "Point", "coordinates": _at(place)}, about | measures))
    return found


def _lines(results: Results) -> list[dict[str, Any]]:
    meta, found = results.meta, []
    busy, still, room = results["link_traffic"], results["background"], results["link_capacity"]
    for at, name in enumerate(results.ids("link")):
        ends = meta.get("link_ends", {}).get(name, ())
        places = [meta["places"].get(node) for node in ends]
        if len(places) != 2 or None in places:
            continue
        traffic = busy[:, at]
        values = {
            "capacity_tbps": room[at] / 1e12, "fibre_km": results["link_length"][at] / 1e3,
            "traffic_mean_tbps": traffic.mean() / 1e12, "traffic_max_tbps": traffic.max() / 1e12,
            "background_tbps": still[at] / 1e12, "utilisation_mean": (traffic.mean() + still[at]) / room[at],
            "utilisation_max": (traffic.max() + still[at]) / room[at],
        }  # fmt: skip
        about = {"kind": "link", "id": name, "from": ends[0], "to": ends[1]}
        told = {key: float(f"{value:.7g}") if np.isfinite(value) else None for key, value in values.items()}
        line = {"type": "LineString", "coordinates": [_at(place) for place in places]}
        found.append(_feature(f"link:{name}", line, about | told))
    return found


def _at(place: list[float]) -> list[float]:
    latitude, longitude = place
    return [longitude, latitude]


def _feature(name: str, geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}
