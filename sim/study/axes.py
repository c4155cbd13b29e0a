"""The axes of a sweep and its points: every combination of a grid, of what moves together and of what is drawn."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

from sim.ground.errors import Origin, Problem, ScenarioError
from sim.ground.units import split_key
from sim.scenario.fields import KeyProblem, Place, chosen, convert, step
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Configuration, Sweep
from sim.study.sample import drawn, size

MOST_POINTS = 1_000_000


@dataclass(frozen=True)
class Axis:
    """Keys that move together.

    Attributes
    ----------
    name
        The key itself where there is one, else ``zip`` or ``sample``.
    keys
        Keys of a scenario or short names for them, as written.
    rows
        What they take, step by step; [step][key].
    """

    name: str
    keys: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Design:
    """All points of a sweep: every combination of the steps of its axes, the last axis fastest.

    Attributes
    ----------
    axes
        The axes.
    names
        Key of a scenario that a short name stands for.
    """

    axes: tuple[Axis, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the number of steps of every axis."""
        return tuple(len(axis.rows) for axis in self.axes)

    @property
    def points(self) -> int:
        """Return the number of points."""
        return prod(self.shape)

    @property
    def keys(self) -> tuple[str, ...]:
        """Return every key or short name that is varied, in order."""
        return tuple(key for axis in self.axes for key in axis.keys)

    def meant(self, key: str) -> str:
        """Return the key of a scenario that a key or short name means."""
        return self.names.get(key, key)

    def settings(self) -> Iterator[dict[str, Any]]:
        """Yield what every point sets, by key of a scenario, in order of their numbers."""
        keys = [self.meant(key) for key in self.keys]
        for rows in product(*(axis.rows for axis in self.axes)):
            yield dict(zip(keys, (value for row in rows for value in row), strict=True))


def design(scenario: Scenario, policies: Sequence[str] = ()) -> Design:
    """Return the points that a scenario's `sweep` asks for, times policies, times replications.

    Parameters
    ----------
    scenario
        The scenario that is varied.
    policies
        Names; an axis of their own where there are any.

    Raises
    ------
    ScenarioError
        Where there is no axis, lists of a `zip` differ in length, a key is varied or a value taken twice, or there are
        too many points.
    """
    sweep = scenario.config.sweep or Sweep()
    problems: list[Problem] = []
    axes = [Axis(key, (key,), tuple((value,) for value in values)) for key, values in sweep.grid.items()]
    if sweep.zip:
        lengths = {len(values) for values in sweep.zip.values()}
        if len(lengths) > 1:
            text = f"the lists of sweep.zip have {sorted(lengths)} values; lists that move together are of one length"
            problems.append(Problem(scenario.origin("sweep", "zip"), text))
        axes.append(Axis("zip", tuple(sweep.zip), tuple(zip(*sweep.zip.values(), strict=False))))
    chance = len(axes)
    if policies:
        axes.append(Axis("policy.name", ("policy.name",), tuple((name,) for name in policies)))
    run = scenario.config.run
    if run.replications > 1:
        numbers = range(run.replication, run.replication + run.replications)
        axes.append(Axis("run.replication", ("run.replication",), tuple((number,) for number in numbers)))
    problems += _problems(scenario, axes)
    if problems:
        raise ScenarioError(problems)
    # Points are drawn where it is known that there are not too many.
    if sweep.sample is not None:
        axes.insert(chance, Axis("sample", tuple(sweep.sample.over), drawn(scenario, sweep.sample)))
    return Design(tuple(axes), sweep.names)


def _problems(scenario: Scenario, axes: Sequence[Axis]) -> Iterator[Problem]:
    """Find what is wrong with axes, the sample beside them not drawn yet."""
    sweep = scenario.config.sweep or Sweep()
    here = scenario.origin("sweep") if scenario.config.sweep is not None else Origin(str(scenario.files[-1]))
    over = tuple(sweep.sample.over) if sweep.sample is not None else ()
    if not axes and sweep.sample is None:
        yield Problem(here, "there is nothing to sweep; write axes, such as sweep: {grid: {run.seed: [1, 2]}}")
    keys = [sweep.names.get(key, key) for key in (*(key for axis in axes for key in axis.keys), *over)]
    if len(set(keys)) < len(keys):
        twice = sorted({key for key in keys if keys.count(key) > 1})
        yield Problem(here, f"the sweep varies {', '.join(twice)} twice; keep one axis of it")
    for axis in axes:
        meant = [sweep.names.get(key, key) for key in axis.keys]
        steps = [tuple(cell(key, value) for key, value in zip(meant, row, strict=True)) for row in axis.rows]
        double = next((step for step, often in Counter(steps).items() if often > 1), None)
        if double is not None:
            said = ", ".join(map(str, double))
            yield Problem(here, f"the axis {axis.name} takes {said} twice; write every value once")
    points = prod(len(axis.rows) for axis in axes) * (size(sweep.sample) if sweep.sample is not None else 1)
    if not 0 < points <= MOST_POINTS:
        text = f"the sweep has {points:,} points; write 1 to {MOST_POINTS:,}: shorten an axis or draw a sample"
        yield Problem(here, text)


def sets(settings: dict[str, Any]) -> tuple[str, ...]:
    """Return settings as ``key=value`` of the command line.

    Examples
    --------
    >>> sets({"grid.carbon_price": "50 CNY/t", "run.seed": 7})
    ('grid.carbon_price="50 CNY/t"', 'run.seed=7')
    """
    return tuple(f"{key}={json.dumps(value, ensure_ascii=False, default=str)}" for key, value in settings.items())


@dataclass(frozen=True)
class Column:
    """How an axis' key is shown in tables.

    Attributes
    ----------
    key
        As written.
    label
        The key as the schema spells it, its unit in it.
    unit
        The unit; ``1`` for a ratio or a name, ``%`` for a change.
    """

    key: str
    label: str
    unit: str


def column(key: str, values: Iterable[Any], name: str = "") -> Column:
    """Return how a key is shown in tables.

    Parameters
    ----------
    key
        Key of a scenario.
    values
        What it takes.
    name
        Short name, if it has one.

    Examples
    --------
    >>> column("grid.carbon_price", ["50 CNY/t"])
    Column(key='grid.carbon_price', label='grid.carbon_price_cny_per_t', unit='CNY/t')
    """
    place, label = _place(key, next(iter(values), None))
    if place is None:
        return Column(key, key, "1")
    changes = all(isinstance(value, str) and value.strip().endswith(("%", "％")) for value in values)
    unit = "%" if changes else split_key(place.key)[1].label if place.numeric else "1"
    return Column(key, label if name in ("", key) else name, unit)


def cell(key: str, value: Any) -> Any:
    """Return a value of an axis as it stands in a table: a number in the key's unit, else its text.

    Examples
    --------
    >>> cell("grid.carbon_price", "50 CNY/t"), cell("centres.*.green.solar", "+20%"), cell("policy.name", "nearest")
    (50.0, 20.0, 'nearest')
    """
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, int | float):
        return value
    place, _ = _place(key, value)
    if isinstance(value, str) and place is not None and place.numeric:
        text = value.strip()
        if text.endswith(("%", "％")) and text[0] in "+-":
            return float(text[:-1])
        try:
            return float(convert(value, place))
        except (KeyProblem, TypeError, ValueError):
            return value
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _place(key: str, value: Any) -> tuple[Place | None, str]:
    """Return where in the schema a key leads, and the key with its unit; None where it leads nowhere."""
    place, spelled = Place("", Configuration), []
    parts = key.split(".")
    try:
        for number, part in enumerate(parts):
            place = step(place, chosen(place, part, value) if number == len(parts) - 1 else part)
            spelled.append(place.key)
    except KeyProblem:
        return None, key
    return place, ".".join(spelled)
