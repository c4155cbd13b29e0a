"""The names of rows and columns: unique, safe in every LP format, and of what they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pytest

from sim.network.build import build
from sim.network.network import Network
from sim.optimise.constraints import Columns, Equation
from sim.optimise.names import LONGEST, Names, names, safe
from sim.optimise.program import Program
from sim.optimise.second_opinion import whole
from tests.oracles.worlds import Row, nation, shipped, world

# A name that begins with e may be read as a number's exponent, in a line of columns.
COLUMN = re.compile(r"[a-df-z][A-Za-z0-9_]*")
ROW = re.compile(r"[a-z][A-Za-z0-9_]*")
ALL = ["centres.west_centre.battery={energy: 40 MWh, power: 10 MW}", "regions.*.residency.move_share=0.3"]


def named(network: Network, hours: range) -> tuple[Program, Names]:
    """Return the whole program and the names of a window, after a look at their form."""
    program = whole(network)
    found = names(program, network, hours)
    assert len(found.columns) == program.columns.count * len(hours)
    assert len(found.rows) == program.rows * len(hours)
    for form, part in ((COLUMN, found.columns), (ROW, found.rows)):
        assert len(set(part)) == len(part)
        assert all(form.fullmatch(name) and len(name) <= LONGEST for name in part)
    return program, found


def renamed(change: Callable[[str], str]) -> Callable[[str, list[Row]], list[Row]]:
    """Return a change of all tables that gives the three regions other ids."""
    ids = {name: change(name) for name in ("east", "middle", "west")}
    return lambda _, rows: [{key: ids.get(cell, cell) for key, cell in row.items()} for row in rows]


def test_the_names_of_the_nation_are_unique() -> None:
    _, found = named(build(shipped("baseline-2024", sets=["run.horizon=48 h"])), range(2))
    assert "serve_batch_beijing_gui_an_p0_t0001" in found.columns
    assert "links_guiyang_gui_an_t0000" in found.rows


def test_no_kind_is_only_numbered(tmp_path: Path) -> None:
    program, found = named(world(tmp_path, ALL, horizon="6 h"), range(6))
    assert {equation.name for equation in program.equations} > {"content", "residency", "links"}
    assert not [name for name in found.columns + found.rows if re.fullmatch(r"[a-z]+_\d+_t\d+", name)]


def test_a_name_says_what_the_column_is(tmp_path: Path) -> None:
    network = world(tmp_path, ALL, horizon="3 h")
    program, found = named(network, range(3))
    place = {name: number for number, name in enumerate(found.columns)}
    lp = program.window(0, 3)
    facts = program.facts
    region, centre, workload = (network.ids(name) for name in ("region", "centre", "workload"))
    for w, name in enumerate(workload):
        for r, home in enumerate(region):
            assert lp.cost[place[f"unserved_{home}_{name}_t0001"]] == facts.unserved[w]
            for c, where in enumerate(centre):
                number = place.get(f"serve_{name}_{home}_{where}_p0_t0002")
                assert (number is not None) == bool(np.isfinite(facts.transport[w, r, c, 0]))
                assert number is None or lp.cost[number] == facts.transport[w, r, c, 0]
    for c, where in enumerate(centre):
        widths = [lp.high[place[f"piece_{where}_k{k}_t0000"]] for k in range(len(facts.power.width))]
        assert widths == facts.power.width[:, 0, c].tolist()
    assert lp.high[place["content_west_centre_t0001"]] == 40.0


def test_a_name_says_what_the_row_is(tmp_path: Path) -> None:
    network = world(tmp_path, ALL, horizon="3 h")
    program, found = named(network, range(7, 10))
    place = {name: number for number, name in enumerate(found.rows)}
    lp, facts = program.window(0, 3), program.facts
    for r, home in enumerate(network.ids("region")):
        for w, name in enumerate(network.ids("workload")):
            kind = "backlog" if facts.slack[w] else "demand"
            assert lp.lower[place[f"{kind}_{home}_{name}_t0008"]] == facts.demand[1, r, w]
    for number, link in enumerate(network.ids("link")):
        assert lp.upper[place[f"links_{safe(link)}_t0009"]] == facts.link_room[2, number]


@pytest.mark.parametrize(
    "change",
    [
        lambda name: f"{name}-1%",
        lambda name: {"east": "华东", "middle": "Zürich", "west": "zu\u0308rich"}[name],
        lambda name: {"east": "a-b", "middle": "a_b", "west": "a"}[name],
        lambda name: name + "长" * 58,
    ],
    ids=["signs", "letters", "equals", "long"],
)
def test_any_id_makes_a_safe_name(tmp_path: Path, change: Callable[[str], str]) -> None:
    network = world(nation(tmp_path, renamed(change)), horizon="3 h")
    assert network.ids("region") == tuple(map(change, ("east", "middle", "west")))
    _, once = named(network, range(3))
    assert named(network, range(3))[1] == once


@dataclass(frozen=True)
class More(Columns):
    """An hour with a kind of columns that the table of names does not know."""

    spare: int


def test_a_new_kind_is_numbered_until_the_table_knows_it(tmp_path: Path) -> None:
    network = world(tmp_path, horizon="3 h")
    program = whole(network)
    held = {item.name: getattr(program.columns, item.name) for item in fields(Columns)}
    before = names(program, network, [0])
    program.columns = More(**held | {"count": program.columns.count + 2}, spare=program.columns.count)
    nothing = np.zeros(0, dtype=np.int64)
    free = np.zeros((3, 2))
    program.equations.append(Equation("caps", 2, nothing, nothing, np.zeros(0), free, free))
    after = names(program, network, [0])
    assert after.columns == [*before.columns, "spare_0_t0000", "spare_1_t0000"]
    assert after.rows == [*before.rows, "caps_0_t0000", "caps_1_t0000"]
