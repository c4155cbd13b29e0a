"""GML as the Internet Topology Zoo writes it: what a map of a network showed, with its gaps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import networkx as nx

from sim.ground.errors import Origin, ScenarioError
from sim.scenario.backbones.base import register, text_of
from sim.scenario.topology import MOST_LINKS, MOST_NODES, Link, Node, Topology, number

MOST_BYTES = 4 * 1024 * 1024
MOST_DEPTH = 20
BITS = {"": 1.0, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
"""Letter of LinkSpeedUnits → bit/s."""
_LINE = "readAtLine"
_ENTRY = re.compile(r"(\s*(?:node|edge)\s*\[)\s*")
_GRAPH = re.compile(r"\s*graph\s*\[")
_DIRECTED = re.compile(r"\bdirected\s+1\b")
_BRACKET = re.compile(r"[\[\]]")
_DEEP = f"lists nest deeper than {MOST_DEPTH} levels"
_STRING = re.compile(r'"[^"]*"')
_PLACE = re.compile(r" at \((\d+), \d+\)$")
_TWICE = re.compile(r"node id '?(.+?)'? is duplicated")
_NUMBERED = re.compile(r"(node|edge) #(\d+)")
_SPEED = re.compile(r"\d+(?:\.\d*)?|\.\d+")


def read_gml(path: Path) -> Topology:
    """Return the network of a GML file.

    Nodes go by their label, with blanks and other signs that an id cannot hold as ``_``; where a label is
    missing or stands twice, the node's number is added. Parallel edges are links of their own.

    Parameters
    ----------
    path
        Such as ``Chinanet.gml``.

    Returns
    -------
    Topology
        Capacity in bit/s, from LinkSpeedRaw, else LinkSpeed and LinkSpeedUnits, else None. Longitude and
        latitude are None where either is missing.

    Raises
    ------
    ScenarioError
        Where the file is no GML, too large, or a value is not what its key says.

    References
    ----------
    S. Knight, H. X. Nguyen, N. Falkner, R. Bowden, M. Roughan (2011), "The Internet Topology Zoo", IEEE
    JSAC 29(9), doi 10.1109/JSAC.2011.111002.
    """
    lines = text_of(path, MOST_BYTES).splitlines()
    _shallow(lines, path)
    graph = _graph(lines, path)
    counts = (("node", graph.number_of_nodes(), MOST_NODES), ("edge", graph.number_of_edges(), MOST_LINKS))
    for what, count, most in counts:
        if count > most:
            raise ScenarioError(f"the graph has {count:,} {what}s; at most {most:,} are read", Origin(str(path)))
    ids = _ids(graph.nodes(data="label"))
    nodes = tuple(_node(ids[key], data, path) for key, data in graph.nodes(data=True))
    edges = sorted(graph.edges(data=True), key=lambda edge: _line(edge[2]))
    names: Counter[str] = Counter()
    links = tuple(_link(ids[a], ids[b], data, names, path) for a, b, data in edges)
    directed = any(_DIRECTED.search(_STRING.sub("", text)) for text in lines)
    return Topology(path.stem, str(path), nodes, links, (), directed, "bit/s")


def _shallow(lines: list[str], path: Path) -> None:
    """Refuse lists within lists, which the reader would follow down the stack."""
    depth = 0
    for line, text in enumerate(lines, start=1):
        for sign in _BRACKET.findall(_STRING.sub("", text)):
            depth += 1 if sign == "[" else -1
            if depth > MOST_DEPTH:
                raise ScenarioError(_DEEP, Origin(str(path), line))


def _graph(lines: list[str], path: Path) -> Any:
    """Return the graph, every entry with its line; parallel edges and directions are kept, whatever the file says."""
    marked = [
        f"{match[1]} {_LINE} {line} {text[match.end() :]}" if (match := _ENTRY.match(text)) else text
        for line, text in enumerate(lines, start=1)
    ]
    first = next((place for place, text in enumerate(marked) if _GRAPH.match(text)), None)
    if first is not None:
        marked[first] = _GRAPH.sub("graph [ multigraph 1 directed 1 ", marked[first], count=1)
    plain = [text.encode("ascii", "xmlcharrefreplace").decode("ascii") for text in marked]
    # What the library raises of a wrong value depends on where it meets it.
    wrong = (nx.NetworkXError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError)
    try:
        return nx.parse_gml(plain, label="id")
    except RecursionError as error:  # A text over several lines can hide brackets from `_shallow`.
        raise ScenarioError(_DEEP, Origin(str(path))) from error
    except wrong as error:
        text = " ".join((str(error) or type(error).__name__).split())
        place = _PLACE.search(text)
        line = int(place[1]) if place else _numbered(text, lines)
        text = _PLACE.sub("", text).replace("EOF", "the end of the file")
        raise ScenarioError(f"no GML graph: {text[:160]}", Origin(str(path), line)) from error


def _numbered(text: str, lines: list[str]) -> int:
    """Return the line of the entry that a message names by its number or id, 0 where it names none."""
    twice, match = _TWICE.search(text), _NUMBERED.search(text)
    if twice:
        begun, nth = re.compile(rf'\s*id\s+"?{re.escape(twice[1])}"?\s*$'), 1
    elif match:
        begun, nth = re.compile(rf"\s*{match[1]}\s*\["), int(match[2])
    else:
        return 0
    found = [line for line, written in enumerate(lines, start=1) if begun.match(written)]
    return found[nth] if nth < len(found) else 0


def _line(data: Mapping[str, Any]) -> int:
    line = data.get(_LINE, 0)
    return line if isinstance(line, int) else 0


def _ids(labels: Iterable[tuple[Any, Any]]) -> dict[Any, str]:
    """Return an id for every node, by its number in the file."""
    words = {key: re.sub(r"[\s./\\*()]+", "_", str(label or "").strip())[:50].strip("_") for key, label in labels}
    times = Counter(words.values())
    ids = {key: word for key, word in words.items() if word and times[word] == 1}
    taken = set(ids.values())
    for key in [key for key in words if key not in ids]:
        ids[key] = f"{words[key] or 'node'}_{key}"[:60]
        while ids[key] in taken:
            ids[key] += "_"
        taken.add(ids[key])
    return ids


def _node(name: str, data: Mapping[str, Any], path: Path) -> Node:
    origin = Origin(str(path), _line(data))
    x, y = data.get("Longitude"), data.get("Latitude")
    if x is None or y is None:
        return Node(name, str(data.get("label", name)), None, None, origin.line)
    longitude, latitude = number(str(x), "Longitude", origin, -180.0), number(str(y), "Latitude", origin, -90.0)
    if longitude > 180.0 or latitude > 90.0:
        text = f"Longitude {longitude:g}, Latitude {latitude:g}; they must lie in -180 to 180 and -90 to 90"
        raise ScenarioError(text, origin)
    return Node(name, str(data.get("label", name)), longitude, latitude, origin.line)


def _link(source: str, target: str, data: Mapping[str, Any], names: Counter[str], path: Path) -> Link:
    name = f"{source}-{target}"
    names[name] += 1
    unique = name if names[name] == 1 else f"{name}_{names[name]}"
    line = _line(data)
    return Link(unique, source, target, line, _capacity(data, Origin(str(path), line)))


def _capacity(data: Mapping[str, Any], origin: Origin) -> float | None:
    """Return the bit/s of an edge; a speed that is no number, such as ``10-100``, says nothing."""
    raw = data.get("LinkSpeedRaw")
    if raw is not None:
        return number(str(raw), "LinkSpeedRaw", origin)
    speed, unit = str(data.get("LinkSpeed", "")).strip(), str(data.get("LinkSpeedUnits", "")).strip().upper()
    if not _SPEED.fullmatch(speed) or unit not in BITS:
        return None
    return number(speed, "LinkSpeed", origin) * BITS[unit]


@register(".gml")
class Zoo:
    """GML as the Internet Topology Zoo writes it."""

    title: ClassVar[str] = "GML"
    example: ClassVar[str] = """\
graph [
  node [ id 0 label "North" Longitude 10.0 Latitude 50.0 ]
  node [
    id 1
    label "South"
    Longitude 11.5
    Latitude 45.0
  ]
  edge [
    source 0
    target 1
    LinkSpeedRaw 10000000000.0
  ]
]
"""

    def read(self, path: Path) -> Topology:
        """Return the network of a file; capacities in bit/s."""
        return read_gml(path)
