"""REPETITA's graphs and traffic matrices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from sim.ground.errors import Origin, ScenarioError
from sim.scenario.backbones.base import register, text_of
from sim.scenario.topology import (
    MOST_DEMANDS,
    MOST_LINKS,
    MOST_NODES,
    Demand,
    Link,
    Node,
    Topology,
    fresh,
    number,
)

MOST_BYTES = 16 * 1024 * 1024
COLUMNS = {
    "NODES": ("label", "x", "y"),
    "EDGES": ("label", "src", "dest", "weight", "bw", "delay"),
    "DEMANDS": ("label", "src", "dest", "bw"),
}
_MOST = {"NODES": MOST_NODES, "EDGES": MOST_LINKS, "DEMANDS": MOST_DEMANDS}
_Rows = list[tuple[tuple[str, ...], Origin]]


def read_graph(path: Path) -> Topology:
    """Return the network of a ``.graph`` file.

    Parameters
    ----------
    path
        Such as ``Abilene.graph``.

    Returns
    -------
    Topology
        Directed links; bandwidth and delay in the file's units, which the format does not name.

    Raises
    ------
    ScenarioError
        Where a row is missing or wrong.

    References
    ----------
    S. Gay, P. Schaus, S. Vissicchio (2017), "REPETITA: Repeatable Experiments for Performance Evaluation
    of Traffic-Engineering Algorithms", arXiv:1710.08665.
    """
    lines = _lines(path)
    nodes = tuple(
        Node(name, name, number(x, "x", origin, -1e15), number(y, "y", origin, -1e15), origin.line)
        for (name, x, y), origin in _table(lines, "NODES", path)
    )
    links = tuple(
        Link(
            name, *_ends(source, target, nodes, origin), origin.line, number(capacity, "bw", origin),
            weight=number(weight, "weight", origin), delay=number(delay, "delay", origin),
        )
        for (name, source, target, weight, capacity, delay), origin in _table(lines, "EDGES", path)
    )  # fmt: skip
    _nothing_behind(lines)
    return Topology(path.stem, str(path), nodes, links, directed=True)


def read_demands(path: Path, topology: Topology) -> Topology:
    """Return a network with the demands of a ``.demands`` file.

    Parameters
    ----------
    path
        Such as ``Abilene.0000.demands``.
    topology
        The network whose nodes it numbers.

    Returns
    -------
    Topology
        By the name and place of the file of demands.

    Raises
    ------
    ScenarioError
        Where a row is missing or wrong.
    """
    lines = _lines(path)
    demands = tuple(
        Demand(name, *_ends(source, target, topology.nodes, origin), number(value, "bw", origin), origin.line)
        for (name, source, target, value), origin in _table(lines, "DEMANDS", path)
    )
    _nothing_behind(lines)
    return replace(topology, name=path.name.removesuffix(".demands"), file=str(path), demands=demands)


def _lines(path: Path) -> Iterator[tuple[str, Origin]]:
    """Yield the lines that are not empty, and an empty one at the end."""
    lines = text_of(path, MOST_BYTES).splitlines()
    for line, text in enumerate(lines, start=1):
        if text.strip():
            yield text.strip(), Origin(str(path), line)
    yield "", Origin(str(path), len(lines))


def _nothing_behind(lines: Iterator[tuple[str, Origin]]) -> None:
    text, origin = next(lines)
    if text:
        raise ScenarioError(f"'{text[:40]}' stands behind the last row that the file announced", origin)


def _table(lines: Iterator[tuple[str, Origin]], table: str, path: Path) -> _Rows:
    """Return the rows of a table: its head ``NODES 11``, its columns, and as many rows as announced."""
    columns = COLUMNS[table]
    text, origin = next(lines)
    word, count = (*text.split(), "", "")[:2]
    if word != table or not (count.isascii() and count.isdigit()):
        raise ScenarioError(f"found '{text[:40]}'; expected '{table}' and how many there are", origin)
    many = int(number(count, f"the number of {table}", origin))
    if many > _MOST[table]:
        raise ScenarioError(f"{many:,} {table}; at most {_MOST[table]:,} are read", origin)
    text, origin = next(lines)
    if tuple(text.split()) != columns:
        raise ScenarioError(f"found '{text[:40]}'; expected the columns '{' '.join(columns)}'", origin)
    rows: _Rows = []
    seen: dict[str, int] = {}
    for place in range(many):
        text, origin = next(lines)
        if not text:
            raise ScenarioError(f"the file ends after {place} of {many} {table}", origin)
        cells = tuple(text.split())
        if len(cells) != len(columns):
            raise ScenarioError(f"the row has {len(cells)} cells; expected '{' '.join(columns)}'", origin)
        fresh(cells[0], f"label of {table}", seen, origin, many)
        rows.append((cells, origin))
    return rows


def _ends(source: str, target: str, nodes: tuple[Node, ...], origin: Origin) -> tuple[str, str]:
    """Return the ids of two nodes that a row numbers."""
    for text in (source, target):
        if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) < len(nodes)):
            text = f"'{text[:40]}' numbers no node; there are {len(nodes)}, counted from 0"
            raise ScenarioError(text, origin)
    return nodes[int(source)].id, nodes[int(target)].id


@register(".graph")
class Repetita:
    """REPETITA's graphs, every direction a link of its own."""

    title: ClassVar[str] = "REPETITA"
    example: ClassVar[str] = """\
NODES 2
label x y
0_North 10.0 50.0
1_South 11.5 45.0

EDGES 2
label src dest weight bw delay
edge_0 0 1 10 9953280 5000
edge_1 1 0 10 9953280 5000
"""

    def read(self, path: Path) -> Topology:
        """Return the network of a file."""
        return read_graph(path)
