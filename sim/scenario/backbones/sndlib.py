"""SNDlib's native format: networks with their demands, and the models that say what a design may do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, NoReturn

from sim.ground.errors import Origin, ScenarioError, did_you_mean
from sim.scenario.backbones.base import register, text_of
from sim.scenario.topology import (
    MOST_DEMANDS,
    MOST_LINKS,
    MOST_NODES,
    Demand,
    Link,
    Module,
    Node,
    Topology,
    fresh,
    known,
    number,
)

MOST_BYTES = 16 * 1024 * 1024
_HEADER = re.compile(r"\?SNDlib native format; *type: *(\w+); *version: *([\w.]+)\s*")
_META = re.compile(r"\s*META\s*\(\s*")
_WORD = re.compile(r"[()]|[^\s()]+")
_MODEL_LINE = re.compile(r"\s*(\w+)\s*=\s*(\w+)\s*")
SECTIONS = ("META", "NODES", "LINKS", "DEMANDS", "ADMISSIBLE_PATHS")

MODEL: dict[str, dict[str, str]] = {
    "DEMAND_MODEL": {"UNDIRECTED": "U", "DIRECTED": "D"},
    "LINK_MODEL": {"UNDIRECTED": "U", "BIDIRECTED": "B", "DIRECTED": "D"},
    "LINK_CAPACITY_MODEL": {
        "LINEAR_LINK_CAPACITIES": "L",
        "SINGLE_MODULAR_CAPACITIES": "S",
        "MODULAR_LINK_CAPACITIES": "M",
        "EXPLICIT_LINK_CAPACITIES": "E",
    },
    "FIXED_CHARGE_MODEL": {"YES": "Y", "NO": "N"},
    "ROUTING_MODEL": {
        "CONTINUOUS": "C",
        "INTEGER": "I",
        "SINGLE_PATH": "S",
        "OSPF_SINGLE_PATH": "O",
        "OSPF_EQUAL_SPLIT_PATH": "O",
    },
    "ADMISSIBLE_PATH_MODEL": {"ALL_PATHS": "A", "EXPLICIT_LIST": "E"},
    "HOP_LIMIT_MODEL": {"INDIVIDUAL_HOP_LIMITS": "Y", "IGNORE_HOP_LIMITS": "N"},
    "SURVIVABILITY_MODEL": {
        "NO_SURVIVABILITY": "N",
        "ONE_PLUS_ONE_PROTECTION": "P",
        "SHARED_PATH_PROTECTION": "S",
        "UNRESTRICTED_FLOW_RECONFIGURATION": "U",
    },
}
"""Property of a model → its values and their letters, in the order of a model's name."""
_ONE_VALUE = {
    "NODE_MODEL": {"NO_NODE_HARDWARE": "N", "NODE_HARDWARE": "Y"},
    "OBJECTIVE_MODEL": {"MINIMIZE_TOTAL_COST": "T"},
}


@dataclass(frozen=True)
class Model:
    """What a design of a network may do, in the words of SNDlib.

    Attributes
    ----------
    values
        Property → value, such as ``LINK_MODEL`` → ``UNDIRECTED``.
    file
        Its file; empty for one that was made up.
    lines
        Property → line of the file.
    """

    values: dict[str, str]
    file: str = ""
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def letters(self) -> str:
        """Return the name that SNDlib gives it, such as ``U-U-E-N-C-A-N-N``."""
        return "-".join(MODEL[key][self.values[key]] for key in MODEL)

    def origin(self, key: str) -> Origin:
        """Return the place of a property."""
        return Origin(self.file, self.lines.get(key, 0))


def read_model(path: Path) -> Model:
    """Return the model of a file.

    Parameters
    ----------
    path
        Such as ``cost266--U-U-E-N-C-A-N-N.txt``.

    Returns
    -------
    Model
        With each of the eight properties that its letters stand for.

    Raises
    ------
    ScenarioError
        Where the file is no model of SNDlib's native format, or a property is missing, met twice or not
        known.
    """
    name, allowed = str(path), MODEL | _ONE_VALUE
    lines = _lines(path, "model")
    values, places = {"NODE_MODEL": "NO_NODE_HARDWARE", "OBJECTIVE_MODEL": "MINIMIZE_TOTAL_COST"}, dict[str, int]()
    for line, text in enumerate(lines[1:], start=2):
        text = text.partition("#")[0]
        if not text.strip():
            continue
        match, origin = _MODEL_LINE.fullmatch(text), Origin(name, line)
        if match is None:
            raise ScenarioError(f"'{text.strip()[:60]}' is no line of a model; write PROPERTY = VALUE", origin)
        key, value = match[1].upper(), match[2].upper()
        known(key, "property", allowed, origin)
        fresh(key, "property", places, origin, len(allowed))
        if value not in allowed[key]:
            raise ScenarioError(f"{key} is '{value[:60]}'" + did_you_mean(value[:60], allowed[key]), origin)
        values[key] = value
    lacking = [key for key in MODEL if key not in values]
    if lacking:
        text = f"the model lacks {', '.join(lacking)}; each is one of the words of its property"
        raise ScenarioError(text + did_you_mean("", MODEL[lacking[0]]), Origin(name, len(lines)))
    return Model(values, name, places)


def plain_model(topology: Topology) -> Model:
    """Return the plainest model that a network's own file leaves open.

    Demands are directed where some pair has one each way, and links then give their capacity to each
    direction; else both share it. Modules are bought in any number; fixed charges, hop limits, lists of
    paths and failures are left aside.

    Parameters
    ----------
    topology
        A network of SNDlib.
    """
    pairs = {(demand.source, demand.target) for demand in topology.demands}
    both = any((target, source) in pairs for source, target in pairs)
    return Model(
        {
            "DEMAND_MODEL": "DIRECTED" if both else "UNDIRECTED",
            "LINK_MODEL": "BIDIRECTED" if both else "UNDIRECTED",
            "LINK_CAPACITY_MODEL": "MODULAR_LINK_CAPACITIES",
            "FIXED_CHARGE_MODEL": "NO",
            "ROUTING_MODEL": "CONTINUOUS",
            "ADMISSIBLE_PATH_MODEL": "ALL_PATHS",
            "HOP_LIMIT_MODEL": "IGNORE_HOP_LIMITS",
            "SURVIVABILITY_MODEL": "NO_SURVIVABILITY",
            "NODE_MODEL": "NO_NODE_HARDWARE",
            "OBJECTIVE_MODEL": "MINIMIZE_TOTAL_COST",
        },
        topology.file,
    )


def read_network(path: Path) -> Topology:
    """Return the network of a file in SNDlib's native format.

    Parameters
    ----------
    path
        Such as ``cost266.txt``.

    Returns
    -------
    Topology
        Capacities and costs as they stand; demands in units of capacity (demand value times routing
        unit); `unit` from the section META where it names one.

    Raises
    ------
    ScenarioError
        Where the file is not of the format; names the first line that is not.

    References
    ----------
    S. Orlowski, R. Wessäly, M. Pióro, A. Tomaszewski (2010), "SNDlib 1.0: Survivable Network Design
    Library", Networks 55(3), doi 10.1002/net.20371.
    """
    return _Network(path).topology()


def _lines(path: Path, kind: str) -> list[str]:
    """Return the lines of a file, whose first says that it is of the kind."""
    lines = text_of(path, MOST_BYTES).splitlines()
    match = _HEADER.fullmatch(lines[0]) if lines else None
    if match is None or (match[1], match[2]) != (kind, "1.0"):
        text = f"the first line must be '?SNDlib native format; type: {kind}; version: 1.0'"
        raise ScenarioError(text + (f"; found '{lines[0][:60]}'" if lines else ""), Origin(str(path), 1))
    return lines


class _Network:
    """A network file while it is read: its words one after the other, and what they said so far."""

    def __init__(self, path: Path) -> None:
        self.path, self.line, self.unit = path, 1, ""
        self.nodes: list[Node] = []
        self.links: list[Link] = []
        self.demands: dict[str, Demand] = {}
        self.lines: dict[str, dict[str, int]] = {section: {} for section in SECTIONS}
        self.ends: dict[str, tuple[str, str]] = {}
        self.words = self._words(_lines(path, "network"))
        self.word = next(self.words)

    @property
    def here(self) -> Origin:
        """Return the place of the word looked at."""
        return Origin(str(self.path), self.line)

    def topology(self) -> Topology:
        """Return what the file says."""
        read = {"NODES": self._node, "LINKS": self._link, "DEMANDS": self._demand, "ADMISSIBLE_PATHS": self._paths}
        seen: dict[str, int] = {}
        while self.word:
            section = known(self.word, "section", SECTIONS, self.here)
            fresh(section, "section", seen, self.here, len(SECTIONS))
            needed = "LINKS" if section == "ADMISSIBLE_PATHS" else "NODES"
            if section not in ("META", "NODES") and needed not in seen:
                self._fail(f"{section} stands before {needed}, whose ids it needs")
            self.take()
            self.take("(")
            while self.word != ")":
                read[section]() if section in read else self._attribute()
            self.take(")")
        lacking = [section for section in ("NODES", "LINKS") if section not in seen]
        if lacking:
            self._fail(f"the file has no section {' and no section '.join(lacking)}")
        nodes, links, demands = tuple(self.nodes), tuple(self.links), tuple(self.demands.values())
        return Topology(self.path.stem, str(self.path), nodes, links, demands, None, self.unit)

    def take(self, expected: str = "") -> str:
        """Return the word looked at and look at the next."""
        word = self.word
        if not word:
            self._fail(f"the file ends here; expected {expected or 'a word'}")
        if expected and word != expected:
            self._fail(f"found '{word[:40]}'; expected '{expected}'")
        if not expected and word in "()":
            self._fail(f"found '{word}'; expected a word")
        self.word = next(self.words)
        return word

    def _fail(self, text: str) -> NoReturn:
        raise ScenarioError(text, self.here)

    def _words(self, lines: list[str]) -> Iterator[str]:
        """Yield the words, of META its attributes as whole lines; empty ones behind the last."""
        meta = False
        for line, text in enumerate(lines[1:], start=2):
            self.line, text = line, text.partition("#")[0]
            if meta and text.strip() != ")":
                if text.strip():
                    yield text.strip()
                continue
            meta = _META.fullmatch(text) is not None
            yield from (match[0] for match in _WORD.finditer(text))
        while True:
            yield ""

    def _attribute(self) -> None:
        key, _, value = self.take().partition("=")
        if key.strip() == "unit":
            self.unit = value.strip()[:60]

    def _number(self, what: str, least: float = 0.0) -> float:
        origin = self.here
        return number(self.take(), what, origin, least)

    def _id(self, what: str, section: str, most: int) -> tuple[str, int]:
        """Return a new id and its line."""
        origin = self.here
        return fresh(self.take(), what, self.lines[section], origin, most), origin.line

    def _known(self, what: str, section: str) -> str:
        origin = self.here
        return known(self.take(), what, self.lines[section], origin)

    def _pair(self) -> tuple[str, str]:
        """Return the two nodes in brackets."""
        self.take("(")
        source, target = self._known("node", "NODES"), self._known("node", "NODES")
        self.take(")")
        return source, target

    def _nothing(self) -> None:
        """Pass over empty brackets, which version 2.0 of the format would fill."""
        while self.word == "(":
            self.take("(")
            self.take(")")

    def _node(self) -> None:
        name, line = self._id("node", "NODES", MOST_NODES)
        x = y = None
        if self.word == "(":
            self.take("(")
            if self.word != ")":
                x, y = self._number("the longitude", -1e15), self._number("the latitude", -1e15)
            self.take(")")
        self._nothing()
        self.nodes.append(Node(name, name, x, y, line))

    def _link(self) -> None:
        name, line = self._id("link", "LINKS", MOST_LINKS)
        source, target = self._pair()
        what = ("the pre-installed capacity", "its cost", "the routing cost", "the setup cost")
        capacity, cost, routing, setup = (self._number(word) for word in what)
        modules = []
        self.take("(")
        while self.word != ")":
            modules.append(Module(self._number("the capacity of a module"), self._number("the cost of a module")))
        self.take(")")
        self._nothing()
        self.ends[name] = (source, target)
        self.links.append(Link(name, source, target, line, capacity, cost, routing, setup, tuple(modules)))

    def _demand(self) -> None:
        name, line = self._id("demand", "DEMANDS", MOST_DEMANDS)
        source, target = self._pair()
        value = self._number("the routing unit") * self._number("the demand")
        origin, word = self.here, self.take()
        hops = None if word == "UNLIMITED" else number(word, "the longest path (a number or UNLIMITED)", origin, 1.0)
        self.demands[name] = Demand(name, source, target, value, line, None if hops is None else int(hops))

    def _paths(self) -> None:
        """Read the paths of a demand; each must lead from its source to its target."""
        demand = self.demands[self._known("demand", "DEMANDS")]
        fresh(demand.id, "list of paths of demand", self.lines["ADMISSIBLE_PATHS"], self.here, MOST_DEMANDS)
        paths, names = [], dict[str, int]()
        self.take("(")
        while self.word != ")":
            origin = self.here
            name = fresh(self.take(), "path", names, origin, MOST_LINKS)
            self.take("(")
            path: list[str] = []
            at = demand.source
            while self.word != ")":
                link = self._known("link", "LINKS")
                ends = self.ends[link]
                if at not in ends:
                    text = f"the path '{name[:60]}' of '{demand.id}' comes to '{at}', where '{link}' does not begin"
                    raise ScenarioError(text, origin)
                at = ends[1] if at == ends[0] else ends[0]
                path.append(link)
            self.take(")")
            if at != demand.target:
                text = f"the path '{name[:60]}' of '{demand.id}' ends at '{at}', not at '{demand.target}'"
                raise ScenarioError(text, origin)
            paths.append(tuple(path))
        self.take(")")
        self.demands[demand.id] = replace(demand, paths=tuple(paths))


@register(".txt")
class Sndlib:
    """SNDlib's native format."""

    title: ClassVar[str] = "SNDlib"
    example: ClassVar[str] = """\
?SNDlib native format; type: network; version: 1.0
NODES (
  North ( 10.0 50.0 )
  South ( 11.5 45.0 )
)
LINKS (
  L1 ( North South ) 10.00 0.00 0.00 0.00 ( 40.00 1.00 )
)
"""

    def read(self, path: Path) -> Topology:
        """Return the network of a file."""
        return read_network(path)
