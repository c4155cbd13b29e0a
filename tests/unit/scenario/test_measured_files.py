"""Measured series, weather files and delays of a nation: read where they are right, located where they are not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from sim.ground.errors import ScenarioError
from sim.network import measured
from sim.scenario.nation import Nation
from tests.unit.scenario.desk import TOY, Desk, same

SITES = ("east_city", "middle_city", "west_city")
HOURS = 8784


def nation(desk: Desk, head: str, **files: str) -> Nation:
    """Return toy-3 with measured files, which nation.yaml names."""
    folder = desk.nation()
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, "utf-8")
    with (folder / "nation.yaml").open("a", encoding="utf-8") as file:
        file.write(f"{head}\n")
    return desk.read(TOY.replace("toy-3", "mine")).nation


def table(rows: Sequence[str], header: str = ",".join(SITES)) -> str:
    return "\n".join([header, *rows]) + "\n"


def test_a_series_is_read_in_si(desk: Desk) -> None:
    rows = [f"{hour % 30},{hour % 7},-5" for hour in range(HOURS)]
    mine = nation(desk, "series: {temperature_c: t.csv}", t__csv=table(rows))
    values = measured.hourly(mine, "temperature_c", ["west_city", "east_city"], HOURS)
    assert values is not None
    assert values.shape == (HOURS, 2)
    assert np.array_equal(values[:, 1], np.arange(HOURS) % 30)
    assert (values[:, 0] == -5.0).all()
    assert measured.hourly(mine, "price_cny_per_kwh", SITES, HOURS) is None
    assert measured.epw(mine, "east_city", HOURS) is None
    assert measured.delays(mine, SITES, SITES) is None


def test_units_and_columns_that_are_not_asked_for(desk: Desk) -> None:
    text = table(["x,0.36,72"] * HOURS, "hour,east,west")
    mine = nation(
        desk,
        "series: {price_cny_per_kwh: p.csv, relative_humidity_percent: h.csv}",
        p__csv=text,
        h__csv=text.replace("0.36", "0"),
    )
    prices = measured.hourly(mine, "price_cny_per_kwh", ["west", "east"], HOURS)
    assert prices is not None
    assert prices[0] == pytest.approx([72 / 3.6e6, 1e-7])
    damp = measured.hourly(mine, "relative_humidity_percent", ["west", "east"], HOURS)
    assert damp is not None
    assert damp[0] == pytest.approx([0.72, 0.01]), "air is never without water"


GOOD = ["20,20,20"] * HOURS


@pytest.mark.parametrize(
    ("rows", "header", "line"),
    [
        (GOOD[:8760], None, "t.csv: 8760 rows of hours; the year has 8784"),
        ([*GOOD, "20,20,20"], None, "t.csv: 8785 rows of hours; the year has 8784"),
        ([], None, "t.csv: 0 rows of hours; the year has 8784"),
        ([*GOOD[:99], "20,nan,20", *GOOD[100:]], None, "t.csv:101: column 2: nan is outside -90 to 60, or missing"),
        ([*GOOD[:99], "20,20,inf", *GOOD[100:]], None, "t.csv:101: column 3: inf is outside -90 to 60, or missing"),
        ([*GOOD[:99], "20,20,293.15", *GOOD[100:]], None, "t.csv:101: column 3: 293.15 is outside -90 to 60"),
        ([*GOOD[:99], "20,warm,20", *GOOD[100:]], None, "t.csv:101: not a row of numbers: could not convert string"),
        ([*GOOD[:99], "20,20", *GOOD[100:]], None, "t.csv:101: not a row of numbers"),
        (["", *GOOD[:98], "", "20,x,20", *GOOD[99:]], None, "t.csv:102: not a row of numbers"),
        (GOOD, "east_city,midle_city,west_city", "t.csv:1: the column 'middle_city' is missing; did you mean"),
        (GOOD, "", "t.csv:1: the column 'east_city' is missing"),
        (['"' + "x" * 200_000 + '",2,3'], None, "t.csv:2: not a CSV table: field larger than field limit"),
    ],
)  # fmt: skip
def test_a_series_with_something_wrong(rows: list[str], header: str | None, line: str, desk: Desk) -> None:
    text = table(rows) if header is None else table(rows, header)
    mine = nation(desk, "series: {temperature_c: t.csv}", t__csv=text)
    with pytest.raises(ScenarioError) as found:
        measured.hourly(mine, "temperature_c", SITES, HOURS)
    same([str(found.value).replace(f"{mine.folder.resolve()}/", "")], [line])


def test_blank_lines_are_no_hours(desk: Desk) -> None:
    mine = nation(desk, "series: {temperature_c: t.csv}", t__csv=table([*GOOD, "", " , , "]))
    values = measured.hourly(mine, "temperature_c", SITES, HOURS)
    assert values is not None
    assert (values == 20.0).all()


def weather(hours: int, temperature: str = "{day}", humidity: str = "50") -> str:
    head = ["LOCATION,Nowhere", *["HEADER"] * 7]
    rows = [
        f"2023,1,1,{hour % 24 + 1},0,?9,{temperature.format(day=hour // 24 % 60)},5,{humidity},101325"
        for hour in range(hours)
    ]
    return "\n".join([*head, *rows]) + "\n"


def test_a_weather_file_of_365_days_stands_in_for_a_leap_year(desk: Desk) -> None:
    mine = nation(desk, "epw: {east_city: e.epw}", e__epw=weather(8760))
    found = measured.epw(mine, "east_city", HOURS)
    assert found is not None
    temperature, humidity = found
    assert temperature.shape == humidity.shape == (HOURS,)
    days = temperature.reshape(366, 24)[:, 0]
    assert days[57:61].tolist() == [57.0, 58.0, 58.0, 59.0], "28 February stands twice"
    assert days[-1] == 364 % 60
    assert (humidity == 0.5).all()


def test_a_weather_file_of_a_leap_year(desk: Desk) -> None:
    mine = nation(desk, "epw: {east_city: e.epw}", e__epw=weather(8784, humidity="110"))
    found = measured.epw(mine, "east_city", HOURS)
    assert found is not None
    assert found[0][-1] == 365 % 60
    assert (found[1] == 1.0).all()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (weather(8000), "e.epw: 8000 rows of hours; the year has 8784"),
        (weather(8760, humidity="999"), "e.epw:9: column 9: 999 is outside 0 to 110, or missing"),
        (weather(8760, temperature="99.9"), "e.epw:9: column 7: 99.9 is outside -70 to 70, or missing"),
        (weather(8760, temperature=""), "e.epw:9: not a row of numbers"),
        (weather(1).replace(",101325", "").replace(",50", ""), "e.epw: 1 rows of hours; the year has 8784"),
    ],
)
def test_a_weather_file_with_something_wrong(text: str, line: str, desk: Desk) -> None:
    mine = nation(desk, "epw: {east_city: e.epw}", e__epw=text)
    with pytest.raises(ScenarioError) as found:
        measured.epw(mine, "east_city", HOURS)
    same([str(found.value).replace(f"{mine.folder.resolve()}/", "")], [line])


DELAYS = "node,east_city,middle_city,west_city\neast_city,0,3,6\nmiddle_city,3,0,3.5\nwest_city,6,3.5,0\n"


def test_delays_are_read_in_seconds(desk: Desk) -> None:
    mine = nation(desk, "delays: d.csv", d__csv=DELAYS)
    values = measured.delays(mine, ["west_city", "east_city"], ["middle_city"])
    assert values == pytest.approx(np.array([[0.0035], [0.003]]))
    assert desk.problems(desk.folder / "s.yaml") == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("6,3.5,0", "6,-3.5,0", "d.csv:4: west_city → middle_city: a delay is a number of ms from 0 to 10000"),
        ("6,3.5,0", "6,nan,0", "d.csv:4: west_city → middle_city: a delay is a number of ms"),
        ("6,3.5,0", "6,x,0", "d.csv:4: west_city → middle_city: no delay in ms"),
        ("6,3.5,0", "6", "d.csv:4: west_city → middle_city: no delay in ms"),
        ("\nwest_city", "\n\n\nwest_city,6,x,0\nfoo", "d.csv:6: west_city → middle_city: no delay in ms"),
        ("\nwest_city", "\nwets_city", "d.csv:1: the node 'west_city' is missing; did you mean 'wets_city'"),
        (DELAYS, "", "d.csv:1: the node 'east_city' is missing"),
    ],
)
def test_delays_with_something_wrong(old: str, new: str, line: str, desk: Desk) -> None:
    nation(desk, "delays: d.csv", d__csv=DELAYS.replace(old, new))
    same(desk.told_of(desk.folder / "s.yaml"), [line])


def test_a_file_that_turns_into_a_link_is_refused_when_it_is_read(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    mine = nation(desk, "delays: d.csv", d__csv=DELAYS)
    outside = tmp_path_factory.mktemp("outside") / "d.csv"
    outside.write_text(DELAYS, "utf-8")
    Path(mine.folder / "d.csv").unlink()
    Path(mine.folder / "d.csv").symlink_to(outside)
    with pytest.raises(ScenarioError, match=r"nation\.yaml: 'd\.csv' leaves the folder 'mine'"):
        measured.delays(mine, SITES, SITES)
