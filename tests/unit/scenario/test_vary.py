"""A variant is the scenario that reading the files with the same differences gives."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sim.ground.errors import ScenarioError
from sim.ground.places import scenarios
from sim.scenario.read import read
from sim.scenario.vary import Variants
from sim.study.axes import sets

BASE = scenarios() / "west-shift.yaml"


@pytest.mark.parametrize(
    "settings",
    [
        {"grid.carbon_price": "50 CNY/t"},
        {"centres.*.green.solar": "+20%", "centres.gui_an.green.solar": "7 MW"},
        {"regions.beijing|hebei.residency.move_share": 0.5},
        {"policy.name": "lowest_slots", "policy.job_h": 6, "run": {"seed": 8, "horizon": "2 d"}},
        {"links.beijing-zhangjiakou.capacity": "64 Tbps", "standard.idle_smart": 0.25, "limits.green_share": None},
        {"events": [{"at": "2024-07-15", "what": "outage", "hub": "guizhou", "for": "6 h"}], "limits.green_share": 0.2},
        {"centres.gui_an.cooling.mix": {"iec": 0.5, "liquid": 0.5}, "workloads.*.growth": 1.5e-05},
    ],
)
def test_the_configuration_and_its_identity_are_those_of_the_files(settings: dict[str, Any]) -> None:
    base = read(BASE)
    before = base.canonical()
    slow = read(BASE, sets(settings))
    made, problems = Variants(base).of(settings)
    assert not problems
    assert made.config == slow.config
    assert made.canonical() == slow.canonical() != before
    assert base.canonical() == before
    whole = {
        "config": made.config.model_dump(mode="json", by_alias=True, exclude={"sweep", "plan"}),
        "nation": made.nation.digest,
    }
    assert made.canonical() == json.dumps(whole, sort_keys=True, ensure_ascii=False)
    assert made.origins == slow.origins
    assert made.written == slow.written


@pytest.mark.parametrize(
    "settings",
    [
        {"grid.carbon_price": "-3 CNY/t"},
        {"grid.carbon_price": 3},
        {"run.sed": 3},
        {"centres.gui_an.cooling.mix": {"iec": 0.5}},
        {"centres.*.racks": -3},
        {"centres.nowhere*.racks": 3},
        {"run.horizon": "400 d"},
    ],
)
def test_what_is_wrong_is_told_as_the_files_tell_it(settings: dict[str, Any]) -> None:
    base = read(BASE)
    made, problems = Variants(base).of(settings)
    assert made is base
    with pytest.raises(ScenarioError) as error:
        read(BASE, sets(settings))
    assert [str(problem) for problem in problems] == str(error.value).splitlines()
