"""Hostile and careless nations: toy-3 with one thing wrong, or several."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.scenario.desk import TOY, Desk, same

MINE = TOY.replace("toy-3", "mine")
Edit = Callable[[Path], object]


def swap(table: str, old: str, new: str) -> Edit:
    """Return an edit that replaces the first of some text in a table."""

    def edit(folder: Path) -> None:
        path = folder / table
        text = path.read_text("utf-8")
        assert old in text, f"{table} has no {old!r}"
        path.write_text(text.replace(old, new, 1), "utf-8")

    return edit


def more(table: str, *lines: str) -> Edit:
    """Return an edit that adds lines to the end of a table."""

    def edit(folder: Path) -> None:
        path = folder / table
        path.write_text(path.read_text("utf-8") + "".join(f"{line}\n" for line in lines), "utf-8")

    return edit


def without(*tables: str) -> Edit:
    return lambda folder: [(folder / table).unlink() for table in tables]


def filled(table: str, text: str) -> Edit:
    return lambda folder: (folder / table).write_text(text, "utf-8")


def linked(table: str, target: str) -> Edit:
    return lambda folder: ((folder / table).unlink(), (folder / table).symlink_to(target))


@pytest.mark.parametrize(
    ("edit", "lines"),
    [
        (
            without("regions.csv", "power.csv"),
            ["power.csv: there is no file of this name", "regions.csv: there is no file of this name"],
        ),
        (
            swap("climate.csv", "relative_humidity_percent", "humidity"),
            ["climate.csv:1: the column 'relative_humidity_percent' is missing"],
        ),
        (
            swap("centres.csv", "climate_site", "climatesite"),
            ["centres.csv:1: the column 'climatesite' is not known here; did you mean 'climate_site'?"],
        ),
        (
            swap("links.csv", "capacity_tbps", "capacity"),
            ["links.csv:1: the column 'capacity' is not known here; did you"],
        ),
        (
            swap("green.csv", "wind_mw", "wind_mv"),
            ["green.csv:1: the column 'wind_mv' is not known here; did you mean 'wind_mw'"],
        ),
        (swap("hubs.csv", "name_zh", "name_en"), ["hubs.csv:1: the column 'name_en' stands twice; keep one of them"]),
        (
            more("hubs.csv", "a,b,c,d,e,f", "short,x"),
            [
                "hubs.csv:4: the row has 6 cells, the header 5",
                "hubs.csv:5: the row has 2 cells, the header 5",
            ],
        ),
        (more("hubs.csv", ",North,北,A01,assumption"), ["hubs.csv:4: the cell 'hub' is empty"]),
        (more("hubs.csv", "", " , , , , "), []),
        (swap("regions.csv", "East", '"East'), ["regions.csv:4: not a CSV table: unexpected end of data"]),
        (
            swap("regions.csv", "East", "Ea\0st"),
            ["regions.csv:2:13: a control character (U+0000) stands here; remove it"],
        ),
        (
            filled("nodes.csv", ""),
            [
                "nodes.csv:1: the column 'confidence' is missing",
                "nodes.csv:1: the column 'node' is missing",
                "nodes.csv:1: the column 'source' is missing",
            ],
        ),
        (filled("hubs.csv", "hub,name_en,name_zh,source,confidence\n"), None),
        (filled("regions.csv", "region,node,latitude_deg,longitude_deg,source,confidence\n"), None),
        (
            swap("allocations.csv", "fp32", "fp16"),
            [
                "allocations.csv:2: precision is 'fp16'; capacity is counted in fp32 here and the two never add",
            ],
        ),
        (
            swap("workloads.csv", "EFLOPS_FP32", "EFLOPS_FP16"),
            [
                "workloads.csv:2: level_unit is 'EFLOPS_FP16'; allowed: 'EFLOPS_FP32', 'Tbps'",
                "workloads.csv:2: workloads.interactive.level_eflops",
            ],
        ),
        (
            more("regions.csv", "east,TY-E,East,东部,coast,east_city,30,120,0,50,5000,40,500,A01,assumption"),
            [
                "regions.csv:5: 'east' stands twice (first in line 2)",
            ],
        ),
        (
            more("cooling_mix.csv", "east_centre,none,1,A01,assumption"),
            ["cooling_mix.csv:5: 'east_centre / none' stands twice"],
        ),
        (
            more("power.csv", "wset" + ",1" * 12 + ",A01,assumption"),
            ["power.csv:5: there is no region 'wset'; did you mean 'west'"],
        ),
        (
            swap("elasticities.csv", "batch,data_produced", "bach,data_produced"),
            ["elasticities.csv:6: there is no workload 'bach'"],
        ),
        (
            swap("elasticities.csv", "batch,data_produced", "batch,data"),
            ["elasticities.csv:6: workloads.batch.drivers.data: there is no"],
        ),
        (
            swap("centres.csv", "100000", "lots"),
            ["centres.csv:2: centres.east_centre.racks is 'lots'; it must be a number"],
        ),
        (
            swap("cooling_mix.csv", ",1,", ",one,"),
            ["cooling_mix.csv:2: centres.east_centre.cooling.mix.none is 'one'; it must be"],
        ),
        (
            swap("allocations.csv", ",3,", ",nan,"),
            ["allocations.csv:2: centres.east_centre.pools.general.capacity_eflops is nan; it"],
        ),
        (
            swap("links.csv", ",700,", ",-700,"),
            ["links.csv:2: links.east_city-middle_city.fibre_km is -700; it must be at least 0 km"],
        ),
        (
            swap("links.csv", ",700,", ",inf,"),
            ["links.csv:2: links.east_city-middle_city.fibre_km is inf; it must be a finite number"],
        ),
        (
            swap("green.csv", ",10,", ",ten,"),
            ["green.csv:2: centres.west_centre.green.wind_mw is 'ten'; it must be a number in MW"],
        ),
        (
            swap("regions.csv", "east_city", "esat_city"),
            ["regions.csv:2: regions.east.node: there is no 'esat_city'; did you mean"],
        ),
        (
            swap("hubs.csv", "coast,", "co/ast,"),
            [
                "centres.csv:2: centres.east_centre.hub: there is no 'coast'",
                "hubs.csv:2: hubs.co/ast is 'co/ast'; an id is a word",
                "regions.csv:2: regions.east.hub: there is no 'coast'",
            ],
        ),
        (
            swap("national.csv", "standard.rack_kw,2.5", "standard.rack_kw,two"),
            ["national.csv:2: standard.rack_kw is 'two'; it must be a number in kW"],
        ),
        (
            swap("national.csv", "standard.rack_kw", "standard.rackkw"),
            [
                "national.csv: standard.rack_kw is missing; give it in kW",
                "national.csv:2: 'standard.rackkw' is not a single value of a nation; did you mean 'standard.rack_kw'",
            ],
        ),
        (
            more(
                "national.csv",
                "year.x,3,1,3,3,,,A01,x",
                "regions,3,1,3,3,,,A01,x",
                "regions.east.gdp_bn_cny,3,1,3,3,,,A01,x",
            ),
            [
                "national.csv:36: 'year.x' is not a single value of a nation",
                "national.csv:37: 'regions' is not a single value",
                "national.csv:38: 'regions.east.gdp_bn_cny' is not a single value",
            ],
        ),
        (
            swap("climate.csv", "east_city,12,", "east_city,13,"),
            ["climate.csv:13: month is 13; it must be a whole number from 1 to 12"],
        ),
        (
            swap("climate.csv", "east_city,12,20,20,20,50,A01,assumption\n", ""),
            ["climate.csv:2: the climate site 'east_city' has no month 12"],
        ),
        (
            swap("climate.csv", "east_city,1,20,20,20", "east_city,1,20,20,30"),
            ["climate.csv:2: temperatures 30, 20, 20 degC"],
        ),
        (
            swap("climate.csv", "20,20,20,50", "20,20,20,500"),
            ["climate.csv:2: relative_humidity_percent is 500; it must be above 0, at most 100"],
        ),
        (
            swap("climate.csv", "20,20,20,50", "20,20,warm,50"),
            ["climate.csv:2: temperature_min_c: 'warm' is not a number"],
        ),
        (
            swap("climate.csv", "20,20,20,50", "20,20,nan,50"),
            ["climate.csv:2: temperature_min_c: 'nan' is not a finite number"],
        ),
        (linked("regions.csv", "/etc/passwd"), ["regions.csv: 'regions.csv' leaves the folder 'mine'"]),
        (linked("nation.yaml", "/etc/passwd"), None),
        (swap("nation.yaml", "2024", "abc"), ["nation.yaml:5:1: year is 'abc'; it must be a whole number"]),
        (swap("nation.yaml", "year: 2024\n", ""), ["nation.yaml:1: year is empty; it must be a whole number"]),
        (
            swap("nation.yaml", "2024", "2023"),
            ["s.yaml:2:7: run.start is 2024-01-01, but the nation 'toy-3' describes 2023"],
        ),
        (swap("nation.yaml", "id: toy-3", "id: a/b"), ["nation.yaml:1:1: nation is 'a/b'; an id is a word without"]),
        (
            swap("nation.yaml", "consistent", "cons"),
            ["nation.yaml:7:1: there is no allocation 'cons'; allowed: 'consistent'"],
        ),
        (
            filled("nation.yaml", ""),
            ["nation.yaml:1: there is no allocation ''; allowed: 'consistent'", "nation.yaml:1: year is empty"],
        ),
        (filled("nation.yaml", "- a\n"), ["nation.yaml:1:1: a scenario is a mapping of keys to values"]),
        (
            more("nation.yaml", "serise: {}", "series: 3", "epw: [a]", "delays: {a: b}"),
            [
                "nation.yaml:11:1: 'serise' is not a key of a nation; did you mean 'series'?",
                "nation.yaml:12:1: series is a mapping to names of files",
                "nation.yaml:13:1: epw is a mapping to names of files",
                "nation.yaml:14:1: there is no file '{'a': 'b'}' in the nation's folder",
            ],
        ),
        (
            more(
                "nation.yaml",
                "series: {temp_c: x.csv, temperature_c: ../../etc/passwd, price_cny_per_kwh: nothing.csv}",
                "epw: {east_city: /etc/passwd}",
                "delays: 3",
            ),
            [
                "nation.yaml:11:10: there is no series 'temp_c'; did you mean 'temperature_c'?",
                "nation.yaml:11:25: '../../etc/passwd' leaves the folder 'mine'",
                "nation.yaml:11:58: there is no file 'nothing.csv' in the nation's folder",
                "nation.yaml:12:7: '/etc/passwd' leaves the folder 'mine'",
                "nation.yaml:13:1: there is no file '3'",
            ],
        ),
    ],
)
def test_a_nation_with_something_wrong(edit: Edit, lines: list[str] | None, desk: Desk) -> None:
    desk.nation(edit)
    found = desk.told(MINE)
    if lines is None:
        assert found
        assert all(": " in line for line in found)
    else:
        same(found, lines)


def test_all_tables_are_told_together(desk: Desk) -> None:
    desk.nation(
        swap("centres.csv", "100000", "lots"),
        swap("cooling_mix.csv", ",1,", ",one,"),
        swap("allocations.csv", ",3,", ",nan,"),
        swap("climate.csv", ",20,20,20,", ",x,20,20,"),
        more("hubs.csv", "coast,Coast,沿海枢纽,A01,assumption"),
        more("nation.yaml", "colour: red"),
    )
    same(
        desk.told(MINE + "set: {regions.west.gdp_bn_cny: -1}\n"),
        [
            "allocations.csv:2: centres.east_centre.pools.general.capacity_eflops is nan; it must be a finite number",
            "centres.csv:2: centres.east_centre.racks is 'lots'; it must be a number",
            "climate.csv:2: temperature_mean_c: 'x' is not a number",
            "cooling_mix.csv:2: centres.east_centre.cooling.mix.none is 'one'; it must be a number",
            "hubs.csv:4: 'coast' stands twice (first in line 2)",
            "nation.yaml:11:1: 'colour' is not a key of a nation; allowed:",
            "s.yaml:3:7: regions.west.gdp_bn_cny is -1; it must be at least 0 bn CNY",
        ],
    )


def test_a_table_of_other_bytes(desk: Desk) -> None:
    folder = desk.nation()
    table = folder / "regions.csv"
    table.write_bytes(table.read_bytes() + "côte\n".encode("latin-1"))
    (line,) = desk.told(MINE)
    assert line.startswith("regions.csv:5:2: byte ")
    assert line.endswith(" is not UTF-8; save the file as UTF-8 and try again")


def test_a_table_with_a_mark_and_other_line_ends(desk: Desk) -> None:
    folder = desk.nation()
    for table in folder.glob("*.csv"):
        table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes().replace(b"\n", b"\r\n"))
    assert desk.told(MINE) == []


def test_a_pipe_is_no_table(desk: Desk) -> None:
    folder = desk.nation(without("regions.csv"))
    os.mkfifo(folder / "regions.csv")
    os.mkfifo(folder / "another.csv")
    same(desk.told(MINE), ["regions.csv: this is no plain file; name a file that can be read to its end"])


def test_a_table_may_be_left_out_where_it_adds_nothing(desk: Desk) -> None:
    desk.nation(without("green.csv", "costs.csv", "targets.csv", "history.csv", "elasticities.csv"))
    assert desk.told(MINE) == []


def test_a_battery_table_is_read(desk: Desk) -> None:
    text = "centre,energy_mwh,power_mw,charge_efficiency,source,confidence\neast_centre,8,4,0.9,A01,assumption\n"
    desk.nation(filled("battery.csv", text))
    battery = desk.read(MINE).config.centres["east_centre"].battery
    assert (battery.energy_mwh, battery.power_mw, battery.charge_efficiency, battery.discharge_efficiency) == (
        8,
        4,
        0.9,
        0.95,
    )
