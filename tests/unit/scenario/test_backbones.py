"""Public backbones: what each format says, where a file is wrong, and files that nobody meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.ground.errors import ScenarioError
from sim.scenario.backbones.repetita import read_demands, read_graph
from sim.scenario.backbones.sndlib import MODEL, plain_model, read_model, read_network
from sim.scenario.backbones.zoo import read_gml
from sim.scenario.topology import Demand, Link, Module, Node, Topology

NETWORK = """\
?SNDlib native format; type: network; version: 1.0
# three towns

META (
  origin = somebody (2004), a file with brackets )
  unit   = MBITPERSEC
)
NODES (
  A ( 10.0 50.0 )
  B ( 11.5 -50.5 ) ( ) ( )
  C
)
LINKS (
  AB ( A B ) 5.00 1.00 2.00 3.00 ( 10.00 7.00 40.00 9.00 )
  BC ( B C ) 0.00 0.00 0.00 0.00 ( )   # nothing there yet
  BC2 ( B C ) 1e2 0 0 0 ( )
)
DEMANDS (
  D1 ( A C ) 2 4.50 UNLIMITED
  D2 ( C A ) 1 0 3
)
ADMISSIBLE_PATHS (
  D1 (
    P_0 ( AB BC )
    P_1 ( AB BC2 )
  )
)
"""
MODEL_FILE = """\
?SNDlib native format; type: model; version: 1.0
DEMAND_MODEL = DIRECTED
LINK_MODEL = BIDIRECTED
LINK_CAPACITY_MODEL = explicit_link_capacities   # case does not matter
FIXED_CHARGE_MODEL = NO
ROUTING_MODEL = CONTINUOUS
ADMISSIBLE_PATH_MODEL = EXPLICIT_LIST
HOP_LIMIT_MODEL = INDIVIDUAL_HOP_LIMITS
SURVIVABILITY_MODEL = NO_SURVIVABILITY
"""
GRAPH = """\
NODES 2
label x y
0_a 1.5 2
1_b 3 4

EDGES 2
label src dest weight bw delay
e0 0 1 10 100 7
e1 1 0 1 50 8
"""
DEMANDS = "DEMANDS 1\nlabel src dest bw\nd0 1 0 25\n"
GML = """\
Creator "somebody"
graph [
  Network "Land &amp; Sea"
  node [
    id 0
    label "Saint John's"
    Longitude 1.5
    Latitude -2
  ]
  node [
    id 1
    label "Twin"
  ]
  node [
    id 2
    label "Twin"
    Longitude 3
  ]
  edge [
    source 2
    target 0
    LinkSpeedRaw 10000000000.0
  ]
  edge [
    source 0
    target 2
    LinkSpeed "2.5"
    LinkSpeedUnits "G"
  ]
  edge [
    source 0
    target 1
    LinkSpeed "10-100"
    LinkSpeedUnits "M"
  ]
]
"""


def written(folder: Path, text: str | bytes, name: str = "x.txt") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def told(read: Callable[[Path], object], path: Path) -> str:
    """Return the one line that a reader says of a file, without its folder."""
    with pytest.raises(ScenarioError) as error:
        read(path)
    assert len(error.value.problems) == 1
    line = str(error.value)
    assert "\n" not in line
    return line.replace(str(path), path.name)


def test_a_network_of_sndlib(tmp_path: Path) -> None:
    network = read_network(written(tmp_path, NETWORK, "three.txt"))
    assert (network.name, network.unit, network.directed) == ("three", "MBITPERSEC", None)
    assert network.nodes == (
        Node("A", "A", 10.0, 50.0, 9), Node("B", "B", 11.5, -50.5, 10), Node("C", "C", None, None, 11),
    )  # fmt: skip
    modules = (Module(10.0, 7.0), Module(40.0, 9.0))
    assert network.links[0] == Link("AB", "A", "B", 14, 5.0, 1.0, 2.0, 3.0, modules)
    assert network.links[1:] == (Link("BC", "B", "C", 15, 0.0), Link("BC2", "B", "C", 16, 100.0))
    assert network.demands == (
        Demand("D1", "A", "C", 9.0, 19, None, (("AB", "BC"), ("AB", "BC2"))), Demand("D2", "C", "A", 0.0, 20, 3),
    )  # fmt: skip


def test_a_model_of_sndlib(tmp_path: Path) -> None:
    model = read_model(written(tmp_path, MODEL_FILE))
    assert model.letters == "D-B-E-N-C-E-Y-N"
    assert model.values["NODE_MODEL"] == "NO_NODE_HARDWARE"
    assert (model.origin("ROUTING_MODEL").line, model.origin("NODE_MODEL").line) == (6, 0)


def test_the_plain_model_follows_the_demands(tmp_path: Path) -> None:
    both = read_network(written(tmp_path, NETWORK))
    assert plain_model(both).letters == "D-B-M-N-C-A-N-N"
    one = read_network(written(tmp_path, NETWORK.replace("D2 ( C A )", "D2 ( A B )")))
    assert plain_model(one).letters == "U-U-M-N-C-A-N-N"


def test_a_graph_and_its_demands(tmp_path: Path) -> None:
    graph = read_graph(written(tmp_path, GRAPH, "two.graph"))
    assert graph.nodes[1] == Node("1_b", "1_b", 3.0, 4.0, 4)
    assert graph.links[0] == Link("e0", "0_a", "1_b", 8, 100.0, weight=10.0, delay=7.0)
    assert graph.directed
    loaded = read_demands(written(tmp_path, DEMANDS, "two.0007.demands"), graph)
    assert (loaded.name, loaded.demands) == ("two.0007", (Demand("d0", "1_b", "0_a", 25.0, 3),))
    assert graph.demands == ()


def test_a_map_of_the_zoo(tmp_path: Path) -> None:
    graph = read_gml(written(tmp_path, GML, "land.gml"))
    assert [(node.id, node.name) for node in graph.nodes] == [
        ("Saint_John's", "Saint John's"), ("Twin_1", "Twin"), ("Twin_2", "Twin"),
    ]  # fmt: skip
    assert [(node.longitude, node.latitude) for node in graph.nodes] == [(1.5, -2.0), (None, None), (None, None)]
    assert [(link.source, link.target, link.capacity, link.line) for link in graph.links] == [
        ("Twin_2", "Saint_John's", 1e10, 19), ("Saint_John's", "Twin_2", 2.5e9, 24),
        ("Saint_John's", "Twin_1", None, 30),
    ]  # fmt: skip
    assert (graph.unit, graph.directed) == ("bit/s", False)


def test_parallel_edges_have_ids_of_their_own(tmp_path: Path) -> None:
    twice = GML.replace("source 2\n    target 0", "source 0\n    target 2")
    ids = [link.id for link in read_gml(written(tmp_path, twice)).links]
    assert ids == ["Saint_John's-Twin_2", "Saint_John's-Twin_2_2", "Saint_John's-Twin_1"]


@pytest.mark.parametrize("flag", ["  multigraph 1\n", "  multigraph 0\n  directed 0\n", "  directed 1\n"])
def test_what_the_file_says_of_itself_changes_no_edge(flag: str, tmp_path: Path) -> None:
    graph = read_gml(written(tmp_path, GML.replace("graph [\n", "graph [\n" + flag)))
    assert len(graph.links) == 3
    assert graph.directed == (flag == "  directed 1\n")


def test_letters_beyond_ascii_are_read(tmp_path: Path) -> None:
    graph = read_gml(written(tmp_path, GML.replace("Saint John's", "Kraków 北京")))
    assert graph.nodes[0].id == "Kraków_北京"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("?SNDlib native", "SNDlib native", "x.txt:1: the first line must be '?SNDlib native format; type: network; "),
        ("type: network", "type: model", "x.txt:1: the first line must be "),
        ("NODES (\n", "NODE (\n", "x.txt:8: there is no section 'NODE'; did you mean 'NODES'"),
        ("( 10.0 50.0 )", "( 10.0 )", "x.txt:9: found ')'; expected a word"),
        ("( 10.0 50.0 )", "( 10.0 north )", "x.txt:9: the latitude is 'north'; it must be a number"),
        ("  B ( 11.5", "  A ( 11.5", "x.txt:10: the node 'A' stands twice (first in line 9)"),
        ("AB ( A B )", "AB ( A X )", "x.txt:14: there is no node 'X'; allowed: 'A', 'B', 'C'"),
        ("AB ( A B ) 5.00", "AB ( A B ) -5.00", "x.txt:14: the pre-installed capacity is -5.00; it must be a finite "),
        ("AB ( A B ) 5.00", "AB ( A B ) nan", "x.txt:14: the pre-installed capacity is nan; it must be a finite "),
        ("AB ( A B ) 5.00", "AB ( A B ) 5.00 5.00", "x.txt:14: found '3.00'; expected '('"),
        ("40.00 9.00 )", "40.00 )", "x.txt:14: found ')'; expected a word"),
        ("4.50 UNLIMITED", "4.50 FOREVER", "x.txt:19: the longest path (a number or UNLIMITED) is 'FOREVER'; it"),
        ("1 0 3", "1 0 0", "x.txt:20: the longest path (a number or UNLIMITED) is 0; it must be a finite number"),
        ("P_0 ( AB BC )", "P_0 ( BC AB )", "x.txt:24: the path 'P_0' of 'D1' comes to 'A', where 'BC' does not begin"),
        ("P_0 ( AB BC )", "P_0 ( AB )", "x.txt:24: the path 'P_0' of 'D1' ends at 'B', not at 'C'"),
        ("P_0 ( AB BC )", "P_1 ( AB BC )", "x.txt:25: the path 'P_1' stands twice (first in line 24)"),
        ("  D1 (\n", "  D3 (\n", "x.txt:23: there is no demand 'D3'; allowed: 'D1', 'D2'"),
        ("DEMANDS (", "LINKS (", "x.txt:18: the section 'LINKS' stands twice (first in line 13)"),
        ("  )\n)\n", "  )\n", "x.txt:26: the file ends here; expected"),
    ],
)
def test_a_broken_network_is_told_in_one_line(old: str, new: str, line: str, tmp_path: Path) -> None:
    assert old in NETWORK
    assert told(read_network, written(tmp_path, NETWORK.replace(old, new, 1))).startswith(line)


def test_a_network_cannot_do_without_links(tmp_path: Path) -> None:
    head = NETWORK.partition("LINKS")[0]
    assert told(read_network, written(tmp_path, head)) == "x.txt:12: the file has no section LINKS"
    early = head.replace("META (", "LINKS (\n)\nMETA (")
    assert "LINKS stands before NODES" in told(read_network, written(tmp_path, early))


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("ROUTING_MODEL = ", "ROUTING_MODEL ", "x.txt:6: 'ROUTING_MODEL CONTINUOUS' is no line of a model; write"),
        ("ROUTING_MODEL", "ROUTES_MODEL", "x.txt:6: there is no property 'ROUTES_MODEL'; did you mean 'ROUTING_MODEL'"),
        ("= BIDIRECTED", "= BOTH", "x.txt:3: LINK_MODEL is 'BOTH'; allowed: 'BIDIRECTED', 'DIRECTED', 'UNDIRECTED'"),
        ("ROUTING_MODEL", "LINK_MODEL", "x.txt:6: there is no"),
        ("HOP_LIMIT_MODEL = INDIVIDUAL_HOP_LIMITS\n", "", "x.txt:8: the model lacks HOP_LIMIT_MODEL; each is one of"),
    ],
)
def test_a_broken_model_is_told_in_one_line(old: str, new: str, line: str, tmp_path: Path) -> None:
    text = MODEL_FILE.replace(old, new, 1)
    expected = line.replace("there is no", "the property 'LINK_MODEL' stands twice") if new == "LINK_MODEL" else line
    assert told(read_model, written(tmp_path, text)).startswith(expected)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("NODES 2", "NODES two", "x.txt:1: found 'NODES two'; expected 'NODES' and how many there are"),
        ("NODES 2", "NODES 3", "x.txt:6: the row has 2 cells; expected 'label x y'"),
        ("NODES 2", "NODES 9999999", "x.txt:1: 9,999,999 NODES; at most 5,000 are read"),
        ("label src dest weight", "label src dest", "x.txt:7: found 'label src dest bw delay'; expected the columns"),
        ("e1 1 0", "e1 1 2", "x.txt:9: '2' numbers no node; there are 2, counted from 0"),
        ("e1 1 0", "e0 1 0", "x.txt:9: the label of EDGES 'e0' stands twice (first in line 8)"),
        ("1 50 8", "1 many 8", "x.txt:9: bw is 'many'; it must be a number"),
        ("EDGES 2", "EDGES 3", "x.txt:9: the file ends after 2 of 3 EDGES"),
        ("EDGES 2", "EDGES 1", "x.txt:9: 'e1 1 0 1 50 8' stands behind the last row that the file announced"),
    ],
)
def test_a_broken_graph_is_told_in_one_line(old: str, new: str, line: str, tmp_path: Path) -> None:
    assert told(read_graph, written(tmp_path, GRAPH.replace(old, new, 1))).startswith(line)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("id 1\n", "id 0\n", "x.txt:11: no GML graph: node id 0 is duplicated"),
        ("    id 1\n", "", "x.txt:10: no GML graph: node #1 has no 'id' attribute"),
        ("target 1", "target 7", "x.txt:30: no GML graph: edge #2 has undefined target 7"),
        ("Longitude 1.5", "Longitude west", "x.txt:7: no GML graph: expected an int, float, string or '['"),
        ("Longitude 1.5", 'Longitude "west"', "x.txt:4: Longitude is 'west'; it must be a number"),
        ("Longitude 1.5", "Longitude 181", "x.txt:4: Longitude 181, Latitude -2; they must lie in -180 to 180"),
        ("LinkSpeedRaw 10000000000.0", "LinkSpeedRaw -1", "x.txt:19: LinkSpeedRaw is -1; it must be a finite number"),
        ("LinkSpeedRaw 10000000000.0", 'LinkSpeedRaw "fast"', "x.txt:19: LinkSpeedRaw is 'fast'; it must be a number"),
        ("LinkSpeedRaw 10000000000.0", "LinkSpeedRaw §", "x.txt:22: no GML graph: cannot tokenize"),
        ("LinkSpeedRaw 10000000000.0", "§" * 500, "x.txt:22: no GML graph: cannot tokenize"),
        ("graph [", "map [", "x.txt: no GML graph: input contains no graph"),
        ("]\n]\n", "]\n", "x.txt:36: no GML graph: expected ']', found the end of the file"),
        ("graph [", "graph " + "[ x " * 30, "x.txt:2: lists nest deeper than 20 levels"),
        ("graph [", "x " + "[ x " * 900 + "] " * 900 + "graph [", "x.txt:2: lists nest deeper than 20 levels"),
        ("graph [", 'x "a\nb" x ' + "[ x " * 900 + ' ""', "x.txt: lists nest deeper than 20 levels"),
    ],
)
def test_a_broken_map_is_told_in_one_line(old: str, new: str, line: str, tmp_path: Path) -> None:
    assert old in GML
    head, _, tail = GML.rpartition(old) if old.startswith("]") else GML.partition(old)
    assert told(read_gml, written(tmp_path, head + new + tail)).startswith(line)


@pytest.mark.parametrize("read", [read_network, read_model, read_graph, read_gml])
def test_a_file_that_cannot_be_data_is_told(read: Callable[[Path], Topology], tmp_path: Path) -> None:
    assert "there is no file of this name" in told(read, tmp_path / "none.txt")
    assert "is not UTF-8 (it looks like UTF-16); it is packed, or" in told(read, written(tmp_path, b"\xff\xfe\x00"))
    assert "control character" in told(read, written(tmp_path, b"?SNDlib\x00"))
    large = told(read, written(tmp_path, b" " * (16 * 1024 * 1024 + 1)))
    assert large.endswith("are read: take out what is not needed")
    told(read, written(tmp_path, ""))


SEEDS = {
    read_network: NETWORK, read_model: MODEL_FILE, read_graph: GRAPH, read_gml: GML,
}  # fmt: skip
PIECES = sorted({word for text in SEEDS.values() for word in re.findall(r"\S+|\n", text)} | {'"', "[[", "#", "1e999"})


@pytest.mark.parametrize("read", list(SEEDS), ids=lambda read: read.__name__)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_is_read_or_told_of_and_nothing_else(
    read: Callable[[Path], object], data: st.DataObject, tmp_path: Path
) -> None:
    """Words of a good file taken out, doubled, swapped or put in from another format."""
    words = re.findall(r"\S+|\n| +", SEEDS[read])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(words) - 1))
        many = data.draw(st.integers(0, 3))
        words[place : place + many] = data.draw(st.lists(st.sampled_from([*PIECES, " "]), max_size=3))
        words.append(" ")
    found = ""
    try:
        read(written(tmp_path, "".join(words)))
    except ScenarioError as error:
        found = str(error)
    assert "\n" not in found
    assert not found or found.startswith(str(tmp_path))


@pytest.mark.parametrize("read", list(SEEDS), ids=lambda read: read.__name__)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=200))
def test_bytes_that_nobody_meant(read: Callable[[Path], object], tmp_path: Path, noise: bytes) -> None:
    start = SEEDS[read][:60].encode()
    for content in (noise, start + noise):
        with pytest.raises(ScenarioError):
            read(written(tmp_path, content))


def test_every_letter_of_a_model_is_told_apart() -> None:
    for key, words in MODEL.items():
        letters = [letter for word, letter in words.items() if not word.startswith("OSPF")]
        assert len(letters) == len(set(letters)), key
