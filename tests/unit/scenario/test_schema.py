"""Every field says what it is and in which unit; the editors' schema knows what the reader knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, get_args, get_origin

import jsonschema
import pytest

from sim.ground.places import scenarios
from sim.ground.units import UNITS, split_key
from sim.scenario import layout
from sim.scenario.entities import Section
from sim.scenario.fields import Place, spellings
from sim.scenario.json_schema import text
from sim.scenario.schema import Configuration
from sim.scenario.yaml_file import parse_document, read_document


def sections(kind: Any = Configuration) -> Iterator[type[Section]]:
    """Yield a section and all below it."""
    place = Place("", kind)
    if place.section is not None:
        yield place.section
        for _, inner in spellings(place.section).values():
            yield from sections(inner)
    elif place.entries is not None or get_origin(kind) is tuple:
        yield from sections(get_args(kind)[1 if place.entries is not None else 0])


ALL = sorted(set(sections()), key=lambda section: section.__name__)


def test_the_sections_are_found() -> None:
    assert {section.__name__ for section in ALL} >= {"Configuration", "Run", "Event", "Pool", "Power", "Link", "Sweep"}


@pytest.mark.parametrize("section", ALL, ids=lambda section: section.__name__)
def test_every_field_says_what_it_is(section: type[Section]) -> None:
    assert section.__doc__
    for name, info in section.model_fields.items():
        assert info.description, name
        assert len(info.description) > 3, name


@pytest.mark.parametrize("section", ALL, ids=lambda section: section.__name__)
def test_no_two_keys_are_written_alike(section: type[Section]) -> None:
    known = spellings(section)
    names = {info.alias or name for name, info in section.model_fields.items()}
    assert {key for key, _ in known.values()} == names
    for written, (key, _) in known.items():
        assert written in (key, split_key(key)[0])
        assert key in UNITS or "_" in key or split_key(key)[1].label == "1"


def test_a_quantity_has_its_unit_in_the_key() -> None:
    counts = {
        # Of a plan: in the unit of the kind that is built or of the measure, and shares of the cost or of a hall.
        "at_first",
        "at_least",
        "at_most",
        "most",
        "most_at_centre",
        "module",
        "weight",
        "within",
        "gap",
        "ceiling",
        "most_filled",
        "racks",
        "paths",
        "seed",
        "replication",
        "year",
        "growth",
        "noise",
        "error",
        "pue",
        "factor",
        "share",
        "level",
        "cost",
    }
    ratios = (
        "share",
        "factor",
        "utilisation",
        "efficiency",
        "availability",
        "curtailment",
        "shape",
        "noise",
        "reference",
    )
    for section in ALL:
        for name, (key, kind) in spellings(section).items():
            if kind is float and name == key and split_key(key)[1].label == "1":
                assert key in counts or key.endswith(ratios) or "idle" in key or "bits_per_flop" in key, (section, key)


@lru_cache(maxsize=1)
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", sorted(scenarios().glob("*.yaml")), ids=lambda path: path.stem)
def test_the_editors_schema_accepts_what_ships(path: Any) -> None:
    assert [error.message for error in validator().iter_errors(read_document(path).values)] == []


@pytest.mark.parametrize(
    "written",
    [
        "set: {centres: {gui_an: {cooling: {mix: {iec: 0.7}}, pue: '+3%', green: null}}}",
        "set: {centres.*.green.solar_mw: '+20%', links.a-b.capacity: 64 Tbps, allocation: hub_175}",
        "set: {centres: {'rest_*': null}, links: {a-b: {from: a, to: b, capacity: 3 Tbps, delay: 3 ms}}}",
        "events: [{at: 2024-07-15 14:00, what: derate, hub: guizhou, for: 6 h, share: 0.5}]",
        "sweep: {grid: {policy.name: [nearest, base], run.seed: [1, 2]}}",
        "policy: {name: x, weight: 3}",
        "set: {economy.allow_unserved: false, economy: {allow_unserved: true}}",
        "set: {workloads: {hpc: {trace: {file: a.swf, processor: 8.7 TFLOPS, repeat: true, begin: 2 d}}}}",
        "run: {start: 2024-01-01, horizon_h: 24, epoch: 15 min, seed: 3}",
        "set:",
    ],
)
def test_the_editors_schema_accepts_what_may_be_written(written: str) -> None:
    assert [error.message for error in validator().iter_errors(parse_document(written, "x").values)] == []


@pytest.mark.parametrize(
    "written",
    [
        "nam: x",
        "centres: {}",
        "set: {centers: {}}",
        "set: {centre.gui_an.racks: 3}",
        "set: {centres: {gui_an: {rack: 3}}}",
        "set: {nation: toy-3}",
        "set: {economy: {allow_unserved: 'yes'}}",
        "run: {horizon: 5}",
        "run: {engin: fluid}",
        "run: {engine: warp}",
        "events: [{at: 2024-07-15, what: outage, for: 6 h, colour: red}]",
        "sweep: {grid: {policy.name: nearest}}",
        "name: 3",
        "extends: [a]",
    ],
)
def test_the_editors_schema_refuses_a_mistake(written: str) -> None:
    assert not validator().is_valid(parse_document(written, "x").values)


def test_the_editors_schema_says_units() -> None:
    schema = json.loads(text())
    green = schema["properties"]["set"]["properties"]["centres"]["additionalProperties"]["properties"]["green"]
    assert green["properties"]["wind"]["description"] == "contracted wind [MW]"
    assert green["properties"]["wind_mw"]["anyOf"][0] == {"type": "number"}
    assert {"type": "number"} not in green["properties"]["wind"]["anyOf"]
    assert text() == text()


def test_the_layout_of_a_nation_knows_the_schema() -> None:
    for table, (key, section) in layout.ENTITIES.items():
        known = layout.LAYOUTS[table].known
        assert known is not None
        assert known >= {key, "source", "confidence"} | set(layout.columns(section))
    assert "capacity" not in (layout.LAYOUTS["links"].known or ()), "a table gives the unit in its column"
    for name in layout.SECTIONS:
        assert Place("", spellings(Configuration)[name][1]).section is not None
