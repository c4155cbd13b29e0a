"""A nation whose nodes and links come from a file of a public backbone: toy-3 on three cities of SNDlib or GML."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.once import run
from sim.scenario.read import read
from tests.unit.scenario.desk import TOY, Desk

MINE = TOY.replace("toy-3", "mine")
SNDLIB = """\
?SNDlib native format; type: network; version: 1.0
NODES (
  east_city ( 120.0 30.0 )
  middle_city ( 115.0 30.0 )
  west_city ( 110.0 30.0 )
)
LINKS (
  L1 ( east_city middle_city ) 1600.00 0.00 0.00 0.00 ( 40.00 1.00 )
  L2 ( middle_city west_city ) 0.00 0.00 0.00 0.00 ( 80.00 1.00 320.00 2.00 )
  L3 ( west_city middle_city ) 0.00 0.00 0.00 0.00 ( 40.00 1.00 )
)
"""
GML = """\
graph [
  node [
    id 0
    label "east_city"
    Longitude 120.0
    Latitude 30.0
  ]
  node [
    id 1
    label "middle_city"
    Longitude 115.0
    Latitude 30.0
  ]
  node [
    id 2
    label "west_city"
    Longitude 110.0
    Latitude 30.0
  ]
  edge [
    source 0
    target 1
    LinkSpeed "400"
    LinkSpeedUnits "G"
  ]
  edge [
    source 1
    target 2
  ]
]
"""
SAID = """\
backbone:
  file: towns.txt
  unit: 10 Gbps
  route_factor: 1.5
  source: N9
  confidence: proxy
"""
Edit = Callable[[Path], None]


def on(said: str = SAID, text: str = SNDLIB, name: str = "towns.txt") -> Edit:
    """Return an edit that puts a backbone in place of the tables."""

    def edit(folder: Path) -> None:
        for table in ("nodes", "links"):
            (folder / f"{table}.csv").unlink()
        (folder / name).write_text(text, "utf-8")
        with (folder / "nation.yaml").open("a", encoding="utf-8") as file:
            file.write(said)

    return edit


def test_nodes_and_links_come_from_the_file(desk: Desk) -> None:
    folder = desk.nation(on())
    scenario = desk.read(MINE)
    assert list(scenario.config.nodes) == ["east_city", "middle_city", "west_city"]
    assert list(scenario.config.links) == ["east_city-middle_city", "middle_city-west_city"]
    first, second = scenario.config.links.values()
    assert first.capacity_tbps == pytest.approx(16.0), "1,600 times 10 Gbps are there"
    assert second.capacity_tbps == pytest.approx(3.2 + 0.4), "the largest modules of two parallel links"
    assert first.fibre_km == pytest.approx(1.5 * 481.4, rel=1e-3), "as toy-3 gives the great circle"
    assert scenario.provenance("links", "middle_city-west_city", "fibre_km") == ("N9", "proxy")
    assert scenario.provenance("nodes", "west_city", "latitude_deg") == ("N9", "proxy")
    origin = scenario.origin("links", "middle_city-west_city", "capacity_tbps")
    assert (origin.file, origin.line) == (str(folder / "towns.txt"), 9)


def test_a_map_gives_speeds_where_it_has_them(desk: Desk) -> None:
    said = SAID.replace("towns.txt", "towns.gml").replace("unit: 10 Gbps", "capacity: 8 Tbps")
    edit = on(said, GML, "towns.gml")
    desk.nation(edit)
    links = desk.read(MINE).config.links
    assert [link.capacity_tbps for link in links.values()] == pytest.approx([0.4, 8.0])


GRAPH = """\
NODES 3
label x y
east_city 120.0 30.0
middle_city 115.0 30.0
west_city 110.0 30.0

EDGES 5
label src dest weight bw delay
e0 0 1 1 400 1000
e1 1 0 1 100 1000
e2 1 2 1 80 1000
e3 2 1 1 80 1000
e4 1 0 1 300 1000
"""


def test_two_directions_that_have_the_same_are_a_link(desk: Desk) -> None:
    said = SAID.replace("towns.txt", "towns.graph")
    desk.nation(on(said, GRAPH, "towns.graph"))
    links = desk.read(MINE).config.links
    assert {name: link.capacity_tbps for name, link in links.items()} == pytest.approx(
        {"east_city-middle_city": 4.0, "middle_city-west_city": 0.8}
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("e3 2 1 1 80", "e3 2 1 1 81", "towns.graph:11: the link 'e2' and 1 more have not as much the other way, but"),
        ("e3 2 1 1 80", "e3 0 1 1 80", "towns.graph:9: the link 'e0' and 4 more have not as much the other way, but"),
    ],
)
def test_a_direction_that_has_more_is_refused(old: str, new: str, said: str, desk: Desk) -> None:
    desk.nation(on(SAID.replace("towns.txt", "towns.graph"), GRAPH.replace(old, new), "towns.graph"))
    (told,) = desk.told(MINE)
    assert told.startswith(said), told


def test_a_run_works_on_it(desk: Desk) -> None:
    desk.nation(on())
    done = run(desk.write(MINE))
    assert done.kpi["served_share"] == pytest.approx(1.0)
    assert done.meta["scenario"] == "s"


def test_the_bytes_of_the_file_are_part_of_the_run(desk: Desk) -> None:
    folder = desk.nation(on())
    path = desk.write(MINE)
    before = read(path).nation.digest
    (folder / "towns.txt").write_text(SNDLIB + "# a word more\n", "utf-8")
    assert read(path).nation.digest != before


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("  unit: 10 Gbps\n", "", ["nation.yaml:11:1: backbone lacks `unit`, that of the file's capacities; write"]),
        ("10 Gbps", "Gbps per wave", ["nation.yaml:13:3: unit: 'Gbps per wave' is not a unit known here; expected"]),
        ("10 Gbps", "5 ms", ["nation.yaml:13:3: unit: 'ms' measures time; expected one of bit rate, such as Tbps"]),
        ("1.5", "0.5", ["nation.yaml:14:3: route_factor is 0.5; it must be a finite number from 1 to 10"]),
        (
            "route_factor",
            "route_fact",
            [
                "nation.yaml:11:1: backbone lacks `route_factor`",
                "nation.yaml:14:3: 'route_fact' is not a key of a backbone; did you mean 'route_factor'?",
            ],
        ),
        (
            "towns.txt",
            "town.txt",
            [
                "nation.yaml:12:3: there is no file 'town.txt' in the nation's folder that ends in .gml (GML) or "
                ".graph (REPETITA) or .txt (SNDlib)"
            ],
        ),
        ("towns.txt", "../../s.yaml", ["nation.yaml:12:3: '../../s.yaml' leaves the folder 'mine'"]),
        (SAID, "backbone: towns.txt\n", ["nation.yaml:11:1: backbone is a mapping with the keys file, route_factor,"]),
        ("( 115.0 30.0 )", "", ["towns.txt:4: the node 'middle_city' has no coordinates; give them or take it out"]),
        ("115.0", "815.0", ["towns.txt:4: nodes.middle_city.longitude_deg is 815; it must be at most 180 deg"]),
        (
            "( 40.00 1.00 )",
            "( )",
            ["towns.txt:10: the link 'L3' has no capacity; write for example capacity: 400 Gbps"],
        ),
        ("L3 ( west", "L3 ( middle", ["towns.txt:10: links.middle_city-middle_city begins and ends at 'middle_"]),
        (
            "west_city",
            "far_city",
            [
                "centres.csv:4: centres.west_centre.node: there is no 'west_city'",
                "regions.csv:4: regions.west.node: there is no 'west_city'",
            ],
        ),
        ("LINKS (", "LINKS", ["towns.txt:8: found 'L1'; expected '('"]),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(old: str, new: str, lines: list[str], desk: Desk) -> None:
    assert (old in SAID) != (old in SNDLIB)
    desk.nation(on(SAID.replace(old, new), SNDLIB.replace(old, new)))
    told = desk.told(MINE)
    assert len(told) == len(lines), told
    for found, expected in zip(told, lines, strict=True):
        assert found.startswith(expected), found


@pytest.mark.parametrize(
    ("said", "text", "line"),
    [
        (SAID, GML, "nation.yaml:13:3: a .gml file gives its capacities in bit/s; leave `unit` out"),
        (
            SAID.replace("  unit: 10 Gbps\n", ""),
            GML,
            "towns.gml:26: the link 'middle_city-west_city' has no capacity; write for example capacity: 400 Gbps",
        ),
        (
            SAID.replace("unit: 10", "capacity: 10"),
            GML.replace("graph [", "graph [\n  directed 1"),
            "towns.gml:21: the link 'east_city-middle_city' and 1 more have not as much the other way, but a nation's "
            "links carry both ways alike; give each its twin, or call the graph undirected",
        ),
        (
            SAID.replace("unit: 10", "capacity: 10"),
            GML.replace("Latitude 30.0", "", 2),
            "towns.gml:2: the node 'east_city' and 1 more have no coordinates; give them or take it out",
        ),
    ],
)
def test_a_map_must_say_enough(said: str, text: str, line: str, desk: Desk) -> None:
    desk.nation(on(said.replace("towns.txt", "towns.gml"), text, "towns.gml"))
    (told,) = desk.told(MINE)
    assert told.startswith(line), told


def test_a_table_beside_the_backbone_is_refused(desk: Desk) -> None:
    desk.nation(on(), lambda folder: (folder / "nodes.csv").write_text("node\n", "utf-8"))
    line = "nodes.csv: the nation's `backbone` stands in for this table; take one of them out"
    assert desk.told(MINE) == [line]
