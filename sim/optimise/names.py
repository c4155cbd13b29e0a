"""Readable names of the rows and columns of a window: `serve_batch_beijing_gui_an_p0_t0008`.

A name is its kind, the ids it stands for, and the number of its epoch. Ids may hold any letter and names may
not: every LP format takes ASCII letters, digits and underscores, up to 255 of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from itertools import product

import numpy as np

from sim.network.network import Network
from sim.optimise.constraints import Columns
from sim.optimise.program import Program

Ids = Mapping[str, Sequence[tuple[str, ...]]]

LONGEST = 255
_LABEL = 240
"""Longest name without its epoch and without a number that tells it from its equals."""


@dataclass(frozen=True)
class Names:
    """The names of a window.

    Attributes
    ----------
    columns, rows
        In the order of its arrays; no two are equal.
    """

    columns: list[str]
    rows: list[str]


def names(program: Program, network: Network, epochs: Sequence[int]) -> Names:
    """Return the names of a window of a program.

    Parameters
    ----------
    program
        The program.
    network
        What it was made from.
    epochs
        The numbers that the window's epochs are to have in the names.

    Returns
    -------
    Names
        Of every column and row.
    """
    known = ids(program, network)
    columns = [label for kind, size in _sizes(program.columns, known) for label in _labels(kind, size, known)]
    rows = [label for equation in program.equations for label in _labels(equation.name, equation.rows, known)]
    ends = [f"_t{epoch:04d}" for epoch in epochs]
    return Names(*([label + end for end in ends for label in _distinct(part)] for part in (columns, rows)))


def safe(text: str) -> str:
    """Return a text in ASCII letters, digits and underscores; accents go, other letters become their code point.

    Examples
    --------
    >>> safe("gui_an-guiyang"), safe("Zürich"), safe("贵安")
    ('gui_an_guiyang', 'Zurich', 'u8d35u5b89')
    """
    plain = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return "".join(
        letter if letter.isascii() and letter.isalnum() else "_" if letter.isascii() else f"u{ord(letter):x}"
        for letter in plain
    )


def ids(program: Program, network: Network) -> Ids:
    """Return what every column and row of a kind stands for, in their order; the one table of kinds.

    A kind that is missing here, or has another size by now, is numbered in the names.

    Parameters
    ----------
    program
        The program.
    network
        What it was made from.
    """
    facts, columns, routes = program.facts, program.columns, program.routes
    region, centre, workload = (network.ids(name) for name in ("region", "centre", "workload"))
    waits = [workload[w] for w in columns.deferrable]
    metered, stored = ([(centre[c],) for c in chosen] for chosen in (facts.metered, facts.stored))
    bound = [(region[r], workload[w]) for r, w in zip(*columns.bound, strict=True)]
    path = zip(routes.workload, routes.region, routes.centre, routes.path, strict=True)
    link = network.ids("link")
    return {
        "serve": [(workload[w], region[r], centre[c], f"p{p}") for w, r, c, p in path],
        "unserved": list(product(region, workload)),
        "backlog": list(product(region, waits)),
        "allowance": bound,
        "content": stored,
        "piece": [(c, f"k{k}") for k in range(len(facts.power.slope)) for c in centre],
        "green": metered,
        "grid": metered,
        "charge": stored,
        "discharge": stored,
        "demand": list(product(region, [workload[w] for w in np.flatnonzero(facts.slack == 0)])),
        "capacity": list(product(centre, network.ids("pool"))),
        "power": [(c,) for c in centre],
        "energy": metered,
        "residency": bound,
        "links": [(link[number],) for number in program.links],
    }


def _sizes(columns: Columns, known: Ids) -> list[tuple[str, int]]:
    """Return the kinds of columns in their order and how many there are of each."""
    held = {item.name: getattr(columns, item.name) for item in fields(columns)}
    first = {kind: place for kind, place in held.items() if isinstance(place, int) and kind != "count"}
    # Of the kinds that begin at the same column all but the last are empty.
    order = sorted(first, key=lambda kind: (first[kind], len(known.get(kind, "?"))))
    ends = [*(first[kind] for kind in order[1:]), columns.count]
    return [(kind, end - first[kind]) for kind, end in zip(order, ends, strict=True)]


def _labels(kind: str, size: int, known: Ids) -> list[str]:
    """Return the names of a kind in one epoch, cut where they are too long."""
    items = known.get(kind, [])
    if len(items) != size:
        items = [(str(number),) for number in range(size)]
    whole = ("_".join([kind, *map(safe, item)]) for item in items)
    return [
        text if len(text) <= _LABEL else f"{text[: _LABEL - 9]}_{sha256(text.encode()).hexdigest()[:8]}"
        for text in whole
    ]


def _distinct(labels: list[str]) -> list[str]:
    """Return labels of which no two are equal: what comes again gets a number.

    Examples
    --------
    >>> _distinct(["unserved_a_b", "unserved_a_b", "unserved_a_b_2"])
    ['unserved_a_b', 'unserved_a_b_2', 'unserved_a_b_2_2']
    """
    taken: dict[str, None] = {}
    for label in labels:
        name, number = label, 1
        while name in taken:
            number += 1
            name = f"{label}_{number}"
        taken[name] = None
    return list(taken)
