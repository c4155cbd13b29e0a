"""All problems at once: each told once, at its own place, in the order of the file."""

from __future__ import annotations

from tests.unit.scenario.desk import BASE, TOY, Desk, same

FIVE = """extends: baseline-2024.yaml
name: five
set:
  centres.gui_an.rack: 400000            # unknown key
  links.beijing-zhangjiakou.capacity: 64 MW   # bad unit
  regions.beijin.gdp_bn_cny: 5000        # unknown id
  centres.qingyang.racks: -1             # negative number
  centres.zhongwei.cooling.mix: {iec: 0.7, liquid: 0.2}   # sums to 0.9
"""


def test_five_different_mistakes_give_five_messages_in_file_order(desk: Desk) -> None:
    same(
        desk.told(FIVE),
        [
            "s.yaml:4:3: 'rack' is not a key of centres.gui_an; did you mean 'racks'?",
            "s.yaml:5:3: links.beijing-zhangjiakou.capacity_tbps: 'MW' measures power; expected one of bit rate",
            "s.yaml:6:3: there is no 'beijin' in regions; did you mean 'beijing'",
            "s.yaml:7:3: centres.qingyang.racks is -1; it must be at least 0",
            "s.yaml:8:3: centres.zhongwei.cooling.mix sums to 0.9; the shares of a cooling stock sum to 1",
        ],
    )


MIXED = """extends: baseline-2024.yaml
nam: mixed
name: 5
policy: base
run: {start: 2025-01-01, seed: x}
set:
  centres.*.racks: "+1%"
  centres.gui_an.cooling.mix: {ice: 1}
  centres.wuhu.cooling.mix: {iec: 0.5}
  workloads.training.kind: trainning
  regions.hebei.power.peak_hours: noon
  links.harbin-changchun.capacity: 3
events:
  - {at: 2024-07-15 14:00, what: outage, hub: guizou, for: 6 h}
  - {at: 2026-07-15, what: heat, for: 6 h}
"""


def test_mistakes_of_the_schema_the_world_and_the_models_together(desk: Desk) -> None:
    same(
        desk.told(MIXED),
        [
            "s.yaml:2:1: 'nam' is not a key of a scenario file; did you mean 'name'",
            "s.yaml:3:1: name is 5; it must be text; put quotes around it",
            "s.yaml:4:1: policy is 'base'; it must be a mapping of keys to values",
            "s.yaml:5:7: run.start is 2025-01-01, but the nation 'china-2024' describes 2024",
            "s.yaml:5:26: run.seed: 'x' is not a number such as 1.5",
            "s.yaml:8:32: no cooling archetype is called 'ice'; did you mean 'iec'?",
            "s.yaml:9:3: centres.wuhu.cooling.mix sums to 0.5; the shares of a cooling stock sum to 1",
            "s.yaml:10:3: no workload class is called 'trainning'; did you mean 'training'?",
            "s.yaml:11:3: regions.hebei.power: tariff hours: found 'noon' in 'noon'",
            "s.yaml:12:3: links.harbin-changchun.capacity needs a unit: write capacity_tbps: 3 or capacity: 3 Tbps",
            "s.yaml:14:42: events.0.hub: there is no 'guizou'; did you mean 'guizhou'?",
            "s.yaml:15:5: events.1: heat needs `add_k`",
            "s.yaml:15:6: events.1.at is 2026-07-15 00:00, but the nation describes 2024",
        ],
    )


def test_the_graph_is_checked_beside_other_mistakes(desk: Desk) -> None:
    body = "set:\n  workloads.interactive.latency_bound: 0.1 ms\n  centres.gui_an.racks: -3\n  centres.gui_an.rack: 3\n"
    lines = desk.told(BASE + body)
    places = {line.split(": ", 1)[0] for line in lines}
    assert places == {"s.yaml:3:3", "s.yaml:4:3", "s.yaml:5:3"}
    assert all("reach" in line for line in lines if line.startswith("s.yaml:3:3"))


def test_mistakes_of_a_chain_are_told_where_they_were_written(desk: Desk) -> None:
    desk.write(TOY + "set:\n  regions.east.gdp_bn_cny: -1\n  regions.est.gdp_bn_cny: 1\n", "a.yaml")
    desk.write("extends: a.yaml\nset:\n  regions.west.gdp_bn_cny: 3 kW\n", "b.yaml")
    same(
        desk.told("extends: b.yaml\nset:\n  regions.middle.gdp_bn_cny: -.inf\n", sets=["run.epoch=7 h"]),
        [
            "--set run.epoch=7 h: run.epoch is 7 h; a day must hold whole epochs",
            "a.yaml:4:3: regions.east.gdp_bn_cny is -1; it must be at least 0 bn CNY",
            "a.yaml:5:3: there is no 'est' in regions; did you mean 'west' or 'east'?",
            "b.yaml:3:3: regions.west.gdp_bn_cny: 'kW' measures power; expected one of money, such as bn CNY",
            "s.yaml:3:3: regions.middle.gdp_bn_cny is -inf; it must be a finite number",
        ],
    )


def test_a_mistake_of_a_base_that_is_written_over_is_told_all_the_same(desk: Desk) -> None:
    desk.write(TOY + "set: {regions.east.gdp_bn_cny: 3 kW}\n", "a.yaml")
    lines = desk.told("extends: a.yaml\nset: {regions.east.gdp_bn_cny: 3}\n")
    same(lines, ["a.yaml:3:7: regions.east.gdp_bn_cny: 'kW' measures power"])


def test_a_nation_s_mistakes_stand_beside_the_scenario_s(desk: Desk) -> None:
    def edit(folder):
        table = folder / "regions.csv"
        table.write_text(table.read_text("utf-8").replace("120,0,50,", "120,0,-50,"), "utf-8")

    desk.nation(edit)
    same(
        desk.told(TOY.replace("toy-3", "mine") + "set: {regions.west.gdp_bn_cny: -1}\n"),
        [
            "regions.csv:2: regions.east.population_million is -50; it must be at least 0 million",
            "s.yaml:3:7: regions.west.gdp_bn_cny is -1; it must be at least 0 bn CNY",
        ],
    )
