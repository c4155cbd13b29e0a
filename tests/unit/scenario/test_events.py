"""Dated events: every kind, wrong targets, missing amounts, other years, and the events of a base."""

from __future__ import annotations

import pytest

from tests.unit.scenario.desk import BASE, TOY, Desk, same

AT = "at: 2024-07-15 14:00"


def text(*items: str, base: str = BASE) -> str:
    return base + "events:\n" + "".join(f"  - {{{item}}}\n" for item in items)


def test_every_kind(desk: Desk) -> None:
    events = desk.read(
        text(
            f"{AT}, what: outage, hub: guizhou, for: 6 h",
            f"{AT}, what: outage, centre: gui_an, for_h: 6",
            f"{AT}, what: outage, link: beijing-tianjin, for: 90 min",
            f"{AT}, what: derate, hub: guizhou, for: 1 d, share: 50 %",
            f"{AT}, what: derate, link: beijing-tianjin, for: 6 h, share: 0.5",
            f"{AT}, what: heat, for: 6 h, add: 6 K",
            f"{AT}, what: heat, region: guizhou, for: 6 h, add_k: -3",
            f"{AT}, what: surge, for: 6 h, factor: 2",
            f"{AT}, what: surge, region: beijing, workload: training, for: 6 h, factor: 0",
        )
    ).config.events
    assert [event.what for event in events] == ["outage"] * 3 + ["derate"] * 2 + ["heat"] * 2 + ["surge"] * 2
    assert [event.for_h for event in events] == [6, 6, 1.5, 24, 6, 6, 6, 6, 6]
    assert (events[3].share, events[5].add_k, events[6].add_k, events[8].factor) == (0.5, 6.0, -3.0, 0.0)
    assert desk.problems(desk.folder / "s.yaml") == []


@pytest.mark.parametrize(
    ("item", "column", "line"),
    [
        (f"{AT}, what: outage, hub: guizou, for: 6 h", 42, ".hub: there is no 'guizou'; did you mean 'guizhou'?"),
        (f"{AT}, what: outage, centre: guian, for: 6 h", 42, ".centre: there is no 'guian'; did you mean 'gui_an'"),
        (f"{AT}, what: outage, link: tianjin-beijing, for: 6 h", 42, ".link: there is no 'tianjin-beijing'; did you"),
        (f"{AT}, what: outage, for: 6 h", 5, ": outage names one of hub, centre, link; found none"),
        (f"{AT}, what: outage, region: beijing, for: 6 h", 42, ": outage names one of hub, centre, link; found region"),
        (f"{AT}, what: heat, link: beijing-tianjin, add: 1 K, for: 6 h", 40, ": heat names one of hub, centre"),
        (f"{AT}, what: surge, hub: guizhou, factor: 2, for: 6 h", 41, ": surge names one of region; found hub"),
        (f"{AT}, what: outage, hub: guizhou, centre: gui_an, for: 6 h", 56, ": outage names one of"),
        (f"{AT}, what: heat, workload: training, add: 1 K, for: 6 h", 40, ": heat has no `workload`"),
        (f"{AT}, what: outage, hub: guizhou, share: 0.5, for: 6 h", 56, ": outage has no `share`"),
        (f"{AT}, what: derate, hub: guizhou, for: 6 h", 5, ": derate needs `share`"),
        (f"{AT}, what: heat, for: 6 h", 5, ": heat needs `add_k`"),
        (f"{AT}, what: surge, for: 6 h", 5, ": surge needs `factor`"),
        (f"{AT}, what: heat, add: 3, for: 6 h", 40, ".add needs a unit: write add_k: 3 or add: 3 K"),
        (f"{AT}, what: heat, add: 300 K, for: 6 h", 40, ".add_k is 300; it must be at most 40 K"),
        (f"{AT}, what: derate, hub: guizhou, share: 1.5, for: 6 h", 56, ".share is 1.5; it must be at most 1"),
        (f"{AT}, what: outag, hub: guizhou, for: 6 h", 28, ".what is 'outag'; did you mean 'outage'?"),
        (f"{AT}, what: outage, hub: guizhou, for: 0 h", 56, ".for_h is 0; it must be above 0 h"),
        (f"{AT}, what: outage, hub: guizhou", 5, ".for_h is missing; give it in h"),
        ("what: outage, hub: guizhou", 5, " lacks at, for_h"),
        (f"{AT}, what: outage, hub: guizhou, for: 6 h, colour: red", 66, None),
        ("at: 2025-07-15, what: outage, hub: guizhou, for: 6 h", 6, ".at is 2025-07-15 00:00, but"),
        ("at: 2024-12-31, what: outage, hub: guizhou, for: 25 h", 50, ".for is 25 h and runs past the end of 2024"),
        ("at: 2024-07-15T14:00Z, what: outage, hub: guizhou, for: 6 h", 6, ".at carries a time zone"),
        ("at: noon, what: outage, hub: guizhou, for: 6 h", 6, ".at is 'noon'; write a date such as"),
        ("at: 20240715, what: outage, hub: guizhou, for: 6 h", 6, ".at is 20240715; write a date such as"),
    ],
)  # fmt: skip
def test_an_event_that_cannot_be(item: str, column: int, line: str | None, desk: Desk) -> None:
    wanted = f"events.0{line}" if line is not None else "'colour' is not a key of events.0; allowed: 'add', 'add_k'"
    same(desk.told(text(item)), [f"s.yaml:3:{column}: {wanted}"])


def test_events_are_a_list_of_mappings(desk: Desk) -> None:
    same(desk.told(BASE + "events: {a: 1}\n"), ["s.yaml:2:1: 'events' is a list, not a mapping"])
    same(desk.told(BASE + "events: 3\n"), ["s.yaml:2:1: events is 3; it must be a list"])
    same(
        desk.told(BASE + "events: [1, [2], null, x]\n"),
        [
            "s.yaml:2:10: events.0 is 1; it must be a mapping of keys to values",
            "s.yaml:2:13: events.1 is [2]; it must be a mapping of keys to values",
            "s.yaml:2:18: events.2 is empty; it must be a mapping of keys to values",
            "s.yaml:2:24: events.3 is 'x'; it must be a mapping of keys to values",
        ],
    )


def test_one_bad_event_does_not_hide_the_others(desk: Desk) -> None:
    same(
        desk.told(
            text("what: heat", f"{AT}, what: outage, hub: guizou, for: 6 h", "3: 4", f"{AT}, what: surge, for: 6 h")
        ),
        [
            "s.yaml:3:5: events.0 lacks at, for_h",
            "s.yaml:4:42: events.1.hub: there is no 'guizou'; did you mean 'guizhou'?",
            "s.yaml:5:5: events.2 lacks at, for_h, what",
            "s.yaml:5:6: '3' is not a key of events.2; allowed: 'add'",
            "s.yaml:6:5: events.3: surge needs `factor`",
        ],
    )


def test_the_events_of_a_scenario_add_to_those_of_its_base(desk: Desk) -> None:
    first = f"{AT}, what: surge, for: 6 h, factor: 2"
    desk.write(text(first, first, base=TOY), "a.yaml")
    second = "at: 2024-03-01, what: outage, hub: inland, for: 3 h"
    scenario = desk.read(text(second, base="extends: a.yaml\n"))
    assert [event.what for event in scenario.config.events] == ["surge", "surge", "outage"]
    places = [scenario.origin("events", str(number), "at") for number in range(3)]
    assert [(place.file.rsplit("/", 1)[-1], place.line) for place in places] == [
        ("a.yaml", 4),
        ("a.yaml", 5),
        ("s.yaml", 3),
    ]
    assert len(desk.read("extends: a.yaml\nevents: []\n").config.events) == 2


def test_set_replaces_the_events_of_a_base(desk: Desk) -> None:
    desk.write(text(f"{AT}, what: surge, for: 6 h, factor: 2", base=TOY), "a.yaml")
    assert desk.read("extends: a.yaml\nset: {events: null}\n").config.events == ()
    scenario = desk.read("extends: a.yaml\nset:\n  events: [{at: 2024-03-01, what: outage, hub: inland, for: 3 h}]\n")
    (event,) = scenario.config.events
    assert (event.what, scenario.origin("events", "0", "hub").line) == ("outage", 3)
    assert ("events", "0", "factor") not in scenario.origins


def test_a_mistake_in_a_base_is_told_in_the_base(desk: Desk) -> None:
    desk.write(text(f"{AT}, what: outage, hub: guizou, for: 6 h"), "a.yaml")
    same(
        desk.told(text(f"{AT}, what: outage, hub: gizhou, for: 6 h", base="extends: a.yaml\n")),
        [
            "a.yaml:3:42: events.0.hub: there is no 'guizou'; did you mean 'guizhou'?",
            "s.yaml:3:42: events.1.hub: there is no 'gizhou'; did you mean 'guizhou'?",
        ],
    )
