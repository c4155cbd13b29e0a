"""What a file of a public backbone says: nodes, links, demands, in the file's own units."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import isfinite

from sim.ground.errors import Origin, ScenarioError, did_you_mean
from sim.scenario.entities import MOST

MOST_NODES = 5_000
MOST_LINKS = 20_000
MOST_DEMANDS = 200_000


@dataclass(frozen=True)
class Node:
    """A place on the backbone.

    Attributes
    ----------
    id, name
        What links refer to; what people call it.
    longitude, latitude
        Degrees, or whatever the file draws with; None where it does not say.
    line
        Line of the file.
    """

    id: str
    name: str
    longitude: float | None
    latitude: float | None
    line: int


@dataclass(frozen=True)
class Module:
    """A size in which capacity can be bought, and its cost."""

    capacity: float
    cost: float


@dataclass(frozen=True)
class Link:
    """A link, or a place where one may be built.

    Attributes
    ----------
    id, source, target
        Its own id and those of its ends.
    line
        Line of the file.
    capacity, capacity_cost
        What is there already, and its cost; the capacity is None where the file does not say.
    routing_cost
        Per unit of flow.
    setup_cost
        Fixed charge of using the link at all.
    modules
        What can be bought.
    weight, delay
        Routing metric; one-way delay. None where the format has none.
    """

    id: str
    source: str
    target: str
    line: int
    capacity: float | None = None
    capacity_cost: float = 0.0
    routing_cost: float = 0.0
    setup_cost: float = 0.0
    modules: tuple[Module, ...] = ()
    weight: float | None = None
    delay: float | None = None


@dataclass(frozen=True)
class Demand:
    """Traffic between two nodes.

    Attributes
    ----------
    id, source, target
        Its own id and those of its ends.
    value
        In units of link capacity.
    line
        Line of the file.
    most_hops
        Links that a path may have; None for any number.
    paths
        Admissible paths, each as ids of links from the source on; empty where the file lists none.
    """

    id: str
    source: str
    target: str
    value: float
    line: int
    most_hops: int | None = None
    paths: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Topology:
    """A public backbone.

    Attributes
    ----------
    name, file
        Name and place of the file.
    nodes, links, demands
        In the file's order.
    directed
        Whether a link carries from source to target alone; None where the file leaves it to a model.
    unit
        Unit of capacities and demands in the file's own word; empty where it names none.
    """

    name: str
    file: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    demands: tuple[Demand, ...] = ()
    directed: bool | None = None
    unit: str = ""

    def origin(self, line: int = 0) -> Origin:
        """Return the place of a line."""
        return Origin(self.file, line)


def number(text: str, what: str, origin: Origin, least: float = 0.0, most: float = MOST) -> float:
    """Return the number that a text is.

    Parameters
    ----------
    text, what
        The text and the name of the quantity.
    origin
        Its place.
    least, most
        Values allowed.

    Raises
    ------
    ScenarioError
        Where it is no finite number, or out of range.
    """
    try:
        value = float(text)
    except ValueError as error:
        raise ScenarioError(f"{what} is '{text[:40]}'; it must be a number", origin) from error
    if not isfinite(value) or not least <= value <= most:
        raise ScenarioError(f"{what} is {text[:40]}; it must be a finite number from {least:g} to {most:g}", origin)
    return value


def known(word: str, what: str, words: Collection[str], origin: Origin) -> str:
    """Return a word that must be one of several.

    Raises
    ------
    ScenarioError
        Where it is none of them; names near ones.
    """
    if word not in words:
        raise ScenarioError(f"there is no {what} '{word[:60]}'" + did_you_mean(word[:60], words), origin)
    return word


def fresh(word: str, what: str, lines: dict[str, int], origin: Origin, most: int) -> str:
    """Return an id that was not met before, and note its line.

    Raises
    ------
    ScenarioError
        Where it was, or where there are more than are taken.
    """
    if word in lines:
        raise ScenarioError(f"the {what} '{word[:60]}' stands twice (first in line {lines[word]})", origin)
    if len(lines) >= most:
        raise ScenarioError(f"more than {most:,} {what}s; at most these are read", origin)
    lines[word] = origin.line
    return word
