"""Numbers, dates and sizes: what is not finite, out of bounds, of another kind, or too much to compute."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.scenario.check import check, warnings
from tests.unit.scenario.desk import BASE, TOY, Desk, same

HUGE = "1" + "0" * 400


@pytest.mark.parametrize("written", [".nan", ".NaN", ".inf", "-.Inf", "1e400", HUGE, f"-{HUGE}"])
def test_a_number_is_finite(written: str, desk: Desk) -> None:
    (line,) = desk.told(BASE + f"set:\n  centres.gui_an.racks: {written}\n")
    assert line.startswith("s.yaml:3:3: centres.gui_an.racks is ")
    assert line.endswith("inf; it must be a finite number") or line.endswith("nan; it must be a finite number")


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("centres.gui_an.racks: '.nan'", "centres.gui_an.racks: '.nan' is not a number such as 1.5"),
        ("centres.gui_an.elevation: nan m", "centres.gui_an.elevation_m: 'nan m' is not a quantity such as '1.5 m'"),
        ("centres.gui_an.elevation: .inf", "centres.gui_an.elevation needs a unit: write elevation_m: inf or"),
        ("centres.gui_an.elevation: 1e999 m", "centres.gui_an.elevation_m is inf; it must be a finite number"),
        ("centres.gui_an.racks: true", "centres.gui_an.racks is a number, not true"),
        ("regions.beijing.power.price_cny_per_kwh: false", "regions.beijing.power.price_cny_per_kwh is a number, not"),
        ("centres.gui_an.racks: [1, 2]", "centres.gui_an.racks is [1, 2]; it must be a number"),
        ("centres.gui_an.racks: {a: 1}", "'centres.gui_an.racks' is a value, not a mapping"),
        ("centres.gui_an.racks: -1", "centres.gui_an.racks is -1; it must be at least 0"),
        ("centres.gui_an.racks: 1" + "0" * 38, "centres.gui_an.racks is 1" + "0" * 38 + "; it must be at most 1e+15"),
        (
            "centres.gui_an.pools.general.capacity: -4 EFLOPS",
            "centres.gui_an.pools.general.capacity_eflops is -4; it must be at least 0 EFLOPS",
        ),
        ("centres.gui_an.rack_utilisation: 120 %", "centres.gui_an.rack_utilisation is 1.2; it must be at most 1"),
        ("centres.gui_an.latitude_deg: 91", "centres.gui_an.latitude_deg is 91; it must be at most 90 deg"),
        ("centres.gui_an.pue: 0.9", "centres.gui_an.pue is 0.9; it must be at least 1"),
        ("network.paths: 2.5", "network.paths is 2.5; it must be a whole number"),
        (
            "workloads.batch.drivers.data_produced: 300",
            "workloads.batch.drivers.data_produced is 300; it must be at most 10",
        ),
        ("drivers.genai_users.level: 0", "drivers.genai_users.level is 0; it must be above 0"),
        ("economy.allow_unserved: maybe", "economy.allow_unserved is 'maybe'; it must be true or false"),
        ("economy.allow_unserved: 3", "economy.allow_unserved is 3; it must be true or false"),
        ("name: 3", "name is 3; it must be text; put quotes around it"),
    ],
)
def test_a_number_that_cannot_be(body: str, line: str, desk: Desk) -> None:
    same(desk.told(BASE + f"set:\n  {body}\n"), [f"s.yaml:3:3: {line}"])


def test_demand_stays_a_number(desk: Desk) -> None:
    body = "set:\n  drivers.genai_users.level: 1e15\n  workloads.inference.drivers.genai_users: 9\n"
    line = "s.yaml:4:3: workloads.inference: growth and drivers take the demand beyond 1e+15 EFLOPS"
    (found,) = [text for text in desk.told(BASE + body) if "inference" in text]
    assert found.replace(":3:3:", ":4:3:") == line


@pytest.mark.parametrize(
    ("run", "line"),
    [
        ("horizon: 0 h", "run.horizon_h is 0; it must be above 0 h"),
        ("horizon_h: 0", "run.horizon_h is 0; it must be above 0 h"),
        ("horizon: -1 d", "run.horizon_h is -24; it must be above 0 h"),
        ("horizon: 367 d", "run.horizon is 8808 h, but only 8784 h of 2024 are left from 2024-01-01 00:00"),
        ("horizon: 1000000 d", "run.horizon is 2.4e+07 h, but only 8784 h"),
        ("horizon: 5", "run.horizon needs a unit: write horizon_h: 5 or horizon: 5 h"),
        ("horizon: 5 km", "run.horizon_h: 'km' measures length; expected one of time, such as h"),
        ("horizon: 1.5 h", "run.horizon is 1.5 h, no whole number of epochs of 1 h"),
        ("horizon_h: 1e-9", "run.horizon is 1e-09 h, no whole number of epochs of 1 h"),
        ("horizon_h: .nan", "run.horizon_h is nan; it must be a finite number"),
        ("epoch: 1 s", "run.epoch_h is 0.000277778; it must be at least 0.0166667 h"),
        ("epoch: 1 min", "the run needs about 7 GB; at most 3.2 are taken: lengthen run.epoch or shorten run.horizon"),
        ("epoch: 2 d", "run.epoch_h is 48; it must be at most 24 h"),
        ("epoch: 7 h", "run.epoch is 7 h; a day must hold whole epochs, and a long epoch whole hours"),
        ("epoch: 90 min", "run.epoch is 1.5 h; a day must hold whole epochs, and a long epoch whole hours"),
        ("seed: -1", "run.seed is -1; it must be at least 0"),
        ("seed: 1.5", "run.seed is 1.5; it must be a whole number"),
        ("seed: 9223372036854775808", "run.seed is 9223372036854775808; it must be below 9.22337e+18"),
        (f"seed: {HUGE}", "run.seed is inf; it must be a finite number"),
        ("replication: true", "run.replication is a number, not true"),
        ("engine: event", "run.engine is 'event'; "),
        ("engin: fluid", "'engin' is not a key of run; did you mean 'engine'?"),
        ("start: 2023-12-31", "run.start is 2023-12-31, but the nation 'china-2024' describes 2024"),
        ("start: 2025-01-01", "run.start is 2025-01-01, but the nation 'china-2024' describes 2024"),
        ("start: 2024-02-30", "run.start is '2024-02-30'; write a date such as 2024-07-15 14:00 (Beijing time)"),
        (
            "start: 2024-01-01T00:00:00Z",
            "run.start carries a time zone; all times are the nation's own, write it without",
        ),
        ("start: 2024-01-01 00:00+08:00", "run.start carries a time zone"),
        ("start: 20240101", "run.start is 20240101; write a date such as 2024-07-15 14:00 (Beijing time)"),
        ("start: 2024", "run.start is 2024; write a date such as"),
        ("start: '1704067200'", "run.start is '1704067200'; write a date such as"),
        ("start: true", "run.start is True; write a date such as"),
        ("start: tomorrow", "run.start is 'tomorrow'; write a date such as"),
    ],
)
def test_a_run_that_cannot_be(run: str, line: str, desk: Desk) -> None:
    same(desk.told(BASE + f"run: {{{run}}}\n"), [f"s.yaml:2:7: {line}"])


def test_a_horizon_that_passes_the_year_is_told_at_the_horizon(desk: Desk) -> None:
    same(
        desk.told(BASE + "run: {start: 2024-12-31, horizon: 2 d}\n"),
        ["s.yaml:2:26: run.horizon is 48 h, but only 24 h of 2024 are left from 2024-12-31 00:00"],
    )
    assert desk.told(BASE + "run: {start: 2024-12-31, horizon: 1 d}\n") == []


def test_an_inherited_horizon_is_told_where_it_was_written(desk: Desk) -> None:
    same(
        desk.told(BASE + "run: {start: 2024-02-01}\n"),
        ["baseline-2024.yaml:9:41: run.horizon is 8784 h, but only 8040 h of 2024 are left from 2024-02-01 00:00"],
    )


def test_an_objective_that_weighs_nothing_is_warned_of(desk: Desk) -> None:
    (told,) = warnings(desk.read(TOY + "set:\n  objective.cost: 0\n"))
    assert told.origin.line == 4
    assert told.message.startswith("every weight of the objective is 0: to the optimum all dispatch that serves the")
    assert warnings(desk.read(TOY + "set:\n  objective: {cost: 0, carbon: 1 CNY/t}\n")) == []


def test_a_run_is_needed_whole(desk: Desk) -> None:
    same(desk.told("nation: toy-3\nrun: {seed: 3}\n"), ["s.yaml:2:1: run lacks start, horizon_h"])
    same(desk.told("nation: toy-3\nrun: 3\n"), ["s.yaml:2:1: run is 3; it must be a mapping of keys to values"])


def test_memory_is_bounded_before_it_is_taken(desk: Desk) -> None:
    scenario = desk.read(TOY)
    config = scenario.config
    many = {"east": config.regions["east"]} | {f"r{i}": config.regions["east"] for i in range(1000)}
    wide = {f"c{i}": config.centres["east_centre"] for i in range(1000)}
    nodes = config.nodes | {f"n{i}": config.nodes["east_city"] for i in range(40)}
    network = config.network.model_copy(update={"paths": 16})
    update = {"regions": many, "centres": wide, "nodes": nodes, "network": network}
    found = check(replace(scenario, config=config.model_copy(update=update)))
    assert [problem.message for problem in found] == [
        "the run needs about 4 GB; at most 3.2 are taken: keep fewer network.paths, regions or centres"
    ]


def test_too_many_entities_are_refused(desk: Desk) -> None:
    body = "".join(f"    w{i}: {{kind: batch}}\n" for i in range(101))
    same(
        desk.told(TOY + "set:\n  workloads:\n" + body), ["workloads.csv:1: workloads has too many entries; at most 100"]
    )
