"""What must fit together: ids, links, cooling stocks, demand classes, climate, tariffs, and the graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.scenario.desk import BASE, TOY, Desk, same


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("links.beijing-tianjin.to: nowhere", "links.beijing-tianjin.to: there is no 'nowhere'; allowed: 'beijing',"),
        (
            "links.beijing-tianjin.to: tianjing",
            "links.beijing-tianjin.to: there is no 'tianjing'; did you mean 'tianjin'",
        ),
        ("links.harbin-changchun.to: harbin", "links.harbin-changchun begins and ends at 'harbin'"),
        ("links.harbin-changchun.fibre_km: null", "links.harbin-changchun has neither fibre_km nor delay_ms; give one"),
        ("regions.beijing.node: bejing", "regions.beijing.node: there is no 'bejing'; did you mean 'beijing'"),
        ("regions.beijing.hub: guizou", "regions.beijing.hub: there is no 'guizou'; did you mean 'guizhou'?"),
        (
            "regions.beijing.residency.destinations: [guizou, gansu]",
            "regions.beijing.residency.destinations: there is no 'guizou'; did you mean 'guizhou'?",
        ),
        (
            "regions.hebei.residency.near: [gansou]",
            "regions.hebei.residency.near: there is no 'gansou'; did you mean 'gansu'",
        ),
        ("centres.gui_an.region: guizho", "centres.gui_an.region: there is no 'guizho'; did you mean 'guizhou'"),
        (
            "centres.gui_an.own_regions: [hebie]",
            "centres.gui_an.own_regions: there is no 'hebie'; did you mean 'hebei'",
        ),
        ("centres.gui_an.climate_site: paris", "centres.gui_an.climate_site: there is no climate of 'paris'; "),
        (
            "centres.gui_an.cooling.mix: {iec: 0.7}",
            "centres.gui_an.cooling.mix sums to 0.7; the shares of a cooling stock",
        ),
        ("centres.gui_an.cooling.mix: {}", "centres.gui_an.cooling.mix is empty; it needs at least one entry"),
        ("centres.gui_an.cooling.mix.ice: 0", "no cooling archetype is called 'ice'; did you mean 'iec'?"),
        ("workloads.training.kind: trainning", "no workload class is called 'trainning'; did you mean 'training'?"),
        (
            "workloads.storage.pool: general",
            "workloads.storage.level_tbps does not go with pool general; give level_eflops",
        ),
        ("workloads.training.drivers.genai: 1", "workloads.training.drivers.genai: there is no 'genai'; "),
        (
            "workloads.training.weight: people",
            "workloads.training.weight is 'people'; allowed: 'gdp', 'internet_users'",
        ),
        ("centres.gui_an.commissioned_share: 0.1", "centres.gui_an: 0.5995 of the racks are filled but only 0.1 are"),
        ("centres.shaoguan.rack_utilisation: 90 %", "centres.shaoguan: 0.9 of the racks are filled but only 0.35 are"),
        ("regions.tianjin.power.variable_share: 0.9", "regions.tianjin.power.variable_share is above renewable_share"),
        ("regions.tianjin.power.renewable_share: 0", "regions.tianjin.power.variable_share is above renewable_share"),
        ("regions.beijing.power.peak_hours: noon", "regions.beijing.power: tariff hours: found 'noon' in 'noon'"),
        ("regions.hebei.power.valley_hours: 15-18", "regions.hebei.power: tariff: 16 h is both in the peak hours"),
        ("network.service_class: ipprivate", "network.service_class is 'ipprivate'; did you mean 'ip_private'"),
    ],
)
def test_what_does_not_fit(body: str, line: str, desk: Desk) -> None:
    same(desk.told(BASE + f"set:\n  {body}\n"), [f"s.yaml:3:3: {line}"])


@pytest.mark.parametrize(
    ("body", "region", "lines"),
    [
        ("  workloads.interactive.latency_bound: 0.1 ms\n", "tibet", {3}),
        ("  links.harbin-*: null\n  centres.rest_heilongjiang: null\n", "heilongjiang", {3, 4}),
        ("  links.*: null\n", "tibet", {3}),
    ],
)
def test_a_region_that_reaches_no_centre(body: str, region: str, lines: set[int], desk: Desk) -> None:
    found = desk.problems(desk.write(f"{BASE}set:\n{body}"))
    assert found
    assert {Path(problem.origin.file).name for problem in found} == {"s.yaml"}
    assert {problem.origin.line for problem in found} <= lines
    assert {"reach" in problem.message for problem in found} == {True}
    assert any(region in problem.message for problem in found)


def test_a_scenario_that_reaches_every_centre_has_no_problem(desk: Desk) -> None:
    assert desk.told(BASE + "set: {workloads.interactive.latency_bound: 30 ms, links.beijing-tianjin: null}\n") == []


def test_a_pue_that_the_losses_do_not_allow(desk: Desk) -> None:
    from sim.network import calibration

    scenario = desk.read(BASE + "set:\n  centres.gui_an.pue: 1.0\n")
    with pytest.raises(Exception, match=r"s\.yaml:3:3: centres\.gui_an\.pue: 1 is below what its losses alone give"):
        calibration.kappa(scenario)


def test_a_value_that_is_refused_leads_to_nothing_else(desk: Desk) -> None:
    body = (
        "set:\n  centres.gui_an.cooling.mix: {iec: abc, liquid: 0.3}\n"
        "  centres.wuhu.cooling.mix: {iec: -0.5, liquid: 1.5}\n"
        "  centres.shaoguan.commissioned_share: 0\n  workloads.hpc.level: 3 Tbp\n  hubs.new_hub: 3\n"
        "  regions.beijing.hub: new_hub\nrun: {start: 2024-12-31, horizon: 0 h}\n"
    )
    same(
        desk.told(BASE + body),
        [
            "s.yaml:3:32: centres.gui_an.cooling.mix.iec: 'abc' is not a number such as 1.5",
            "s.yaml:4:30: centres.wuhu.cooling.mix.iec is -0.5; it must be at least 0",
            "s.yaml:4:41: centres.wuhu.cooling.mix.liquid is 1.5; it must be at most 1",
            "s.yaml:5:3: centres.shaoguan.commissioned_share is 0; it must be above 0",
            "s.yaml:6:3: workloads.hpc.level_eflops: 'Tbp' is not a unit known here",
            "s.yaml:7:3: hubs.new_hub is 3; it must be a mapping of keys to values",
            "s.yaml:9:26: run.horizon_h is 0; it must be above 0 h",
        ],
    )


def test_an_entity_of_another_nation(desk: Desk) -> None:
    line = "s.yaml:4:3: there is no 'gui_an' in centres; allowed: 'east_centre', 'middle_centre', 'west_centre'"
    same(desk.told(TOY + "set:\n  centres.gui_an.racks: 3\n"), [line])
