"""A public backbone as the rows of a nation's tables of nodes and links."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose
from pathlib import Path
from typing import Any

from sim.ground.errors import Problem, ScenarioError, did_you_mean
from sim.ground.units import UNITS, UnitError, parse
from sim.physics.delay import great_circle
from sim.scenario.backbones.base import REGISTRY
from sim.scenario.tables import Row, inside
from sim.scenario.topology import Link, Node, Topology, number
from sim.scenario.yaml_file import Document

NEEDED = ("file", "route_factor", "source", "confidence")
KEYS = (*NEEDED, "unit", "capacity")
"""What nation.yaml may say of its backbone."""
MOST_FACTOR = 10.0
Totals = dict[tuple[str, str], float]


def backbone_rows(folder: Path, document: Document) -> dict[str, list[Row]]:
    """Return the rows of `nodes` and `links` that the backbone of a nation stands for.

    The length of fibre is the great circle times the route factor. A link's capacity is what the file says is
    there, else its largest module, else the capacity that nation.yaml gives; parallel links are one with
    their sum, and two directions that have the same are one. Every row has the source and confidence that
    nation.yaml states, and its line of the file.

    Parameters
    ----------
    folder
        The nation's folder.
    document
        Its nation.yaml.

    Returns
    -------
    dict
        Table → rows; empty where nation.yaml names no backbone.

    Raises
    ------
    ScenarioError
        Where a key is missing or wrong, or the file does not say what a nation needs.
    """
    if document.values.get("backbone") is None:
        return {}
    said = _said(document)
    topology = _read(folder, said, document)
    factor_at = document.origins[("backbone", "route_factor")]
    factor = number(str(said["route_factor"]), "route_factor", factor_at, 1.0, MOST_FACTOR)
    unit = _unit(topology, said, document)
    default = _tbps(said, "capacity", document) if "capacity" in said else None
    total = _totals(topology, unit, default)
    problems = _gaps(topology, total, default)
    if problems:
        raise ScenarioError(problems)
    known = {key: str(said[key]) for key in ("source", "confidence")}
    nodes = [
        Row(
            {"node": node.id, "name_en": node.name, "name_zh": node.name, "latitude_deg": repr(node.latitude),
             "longitude_deg": repr(node.longitude), **known},
            topology.origin(node.line),
        )
        for node in topology.nodes
    ]  # fmt: skip
    return {"nodes": nodes, "links": _links(topology, factor, total, known)}


def _said(document: Document) -> dict[str, Any]:
    """Return what nation.yaml says of the backbone, with every key known and none missing."""
    said, origin = document.values["backbone"], document.origins[("backbone",)]
    if not isinstance(said, dict):
        raise ScenarioError(f"backbone is a mapping with the keys {', '.join(NEEDED)}", origin)
    problems = [
        Problem(document.origins[("backbone", key)], f"'{key}' is not a key of a backbone" + did_you_mean(key, KEYS))
        for key in said
        if key not in KEYS
    ]
    problems += [Problem(origin, f"backbone lacks `{key}`") for key in NEEDED if said.get(key) in (None, "")]
    if problems:
        raise ScenarioError(problems)
    return said


def _read(folder: Path, said: dict[str, Any], document: Document) -> Topology:
    name, place = str(said["file"]), document.origins[("backbone", "file")]
    path = inside(folder, name, place)
    if path.suffix not in REGISTRY.names() or not path.is_file():
        kinds = [f"{suffix} ({REGISTRY.get(suffix).title})" for suffix in REGISTRY.names()]
        text = f"there is no file '{name[:60]}' in the nation's folder that ends in {' or '.join(kinds)}"
        raise ScenarioError(text, place)
    return REGISTRY.get(path.suffix)().read(folder / name)


def _tbps(said: dict[str, Any], key: str, document: Document) -> float:
    """Return a quantity of nation.yaml in Tbps; a unit alone is one of it."""
    text, place = str(said[key]).strip(), document.origins[("backbone", key)]
    try:
        value = parse(text if text[:1].isdigit() or key != "unit" else f"1 {text}", UNITS["tbps"])
    except UnitError as error:
        raise ScenarioError(f"{key}: {error}", place) from error
    return number(repr(value), key, place)


def _unit(topology: Topology, said: dict[str, Any], document: Document) -> float:
    """Return the Tbps of one unit of the file's capacities."""
    if topology.unit == "bit/s":
        if "unit" in said:
            text = f"a {Path(topology.file).suffix} file gives its capacities in bit/s; leave `unit` out"
            raise ScenarioError(text, document.origins[("backbone", "unit")])
        return 1e-12
    if "unit" not in said:
        hint = f" (the file says '{topology.unit}')" if topology.unit else ""
        text = f"backbone lacks `unit`, that of the file's capacities{hint}; write for example unit: Gbps"
        raise ScenarioError(text, document.origins[("backbone",)])
    return _tbps(said, "unit", document)


def _gaps(topology: Topology, total: Totals, default: float | None) -> list[Problem]:
    """Return what the file leaves out and a nation cannot do without, one problem a kind."""
    problems = []
    lonely = _one_way(topology, total)
    if lonely:
        text = f"the link {_first(lonely)} not as much the other way, but a nation's links carry both ways alike"
        more = "; give each its twin, or call the graph undirected"
        problems.append(Problem(topology.origin(lonely[0].line), text + more))
    nowhere = [node for node in topology.nodes if node.longitude is None]
    if nowhere:
        text = f"the node {_first(nowhere)} no coordinates; give them or take it out"
        problems.append(Problem(topology.origin(nowhere[0].line), text))
    silent = [link for link in topology.links if _capacity(link) is None]
    if silent and default is None:
        text = f"the link {_first(silent)} no capacity; write for example capacity: 400 Gbps under backbone"
        problems.append(Problem(topology.origin(silent[0].line), text))
    return problems


def _totals(topology: Topology, unit: float, default: float | None) -> Totals:
    """Return the capacity from node to node, Tbps; where the graph is undirected both ways are one, as first met."""
    total: Totals = {}
    for link in topology.links:
        way, capacity = (link.source, link.target), _capacity(link)
        if not topology.directed and way[::-1] in total:
            way = way[::-1]
        total[way] = total.get(way, 0.0) + ((default or 0.0) if capacity is None else capacity * unit)
    return total


def _one_way(topology: Topology, total: Totals) -> list[Link]:
    """Return the links of a directed graph that do not carry as much the other way."""
    if not topology.directed:
        return []
    back = {(target, source): capacity for (source, target), capacity in total.items()}
    ways = [(link.source, link.target) for link in topology.links]
    return [
        link
        for link, way in zip(topology.links, ways, strict=True)
        if way not in back or not isclose(total[way], back[way])
    ]


def _first(found: Sequence[Node | Link]) -> str:
    more = len(found) - 1
    return f"'{found[0].id}' and {more} more have" if more else f"'{found[0].id}' has"


def _capacity(link: Link) -> float | None:
    """Return what is there, else the largest module, in the file's unit."""
    return link.capacity or max((module.capacity for module in link.modules), default=None)


def _links(topology: Topology, factor: float, total: Totals, known: dict[str, str]) -> list[Row]:
    """Return a row for every pair of nodes that are joined."""
    places = {node.id: node for node in topology.nodes}
    rows: dict[frozenset[str], Row] = {}
    for link in topology.links:
        pair = frozenset((link.source, link.target))
        if pair in rows:
            continue
        a, b = places[link.source], places[link.target]
        straight = float(great_circle(a.latitude or 0.0, a.longitude or 0.0, b.latitude or 0.0, b.longitude or 0.0))
        cells = {
            "link": f"{link.source}-{link.target}", "from": link.source, "to": link.target,
            "capacity_tbps": repr(total[link.source, link.target]),
            "great_circle_km": repr(straight / 1e3), "fibre_km": repr(straight / 1e3 * factor), **known,
        }  # fmt: skip
        rows[pair] = Row(cells, topology.origin(link.line))
    return list(rows.values())
