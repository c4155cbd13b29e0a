"""Choosing among the points of a sweep: those that nothing beats, and those that stand whatever comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.ground.errors import UsageError, did_you_mean
from sim.study.archive import Archive


def front(costs: Array) -> IntArray:
    """Return the numbers of the points that no other beats: better in one aim and no worse in any.

    Parameters
    ----------
    costs
        [point, aim], less is better.

    Examples
    --------
    >>> front(np.array([[1.0, 3.0], [2.0, 2.0], [2.0, 3.0], [3.0, 1.0]])).tolist()
    [0, 1, 3]
    """
    kept = np.ones(len(costs), dtype=bool)
    for number, here in enumerate(costs):
        if kept[number]:
            beaten = (here <= costs).all(axis=1) & (here < costs).any(axis=1)
            kept &= ~beaten
    return np.flatnonzero(kept)


def aims(archive: Archive, keys: list[str]) -> Array:
    """Return measures as costs, less being better; a ``-`` before a key says that more of it is.

    Parameters
    ----------
    archive
        The sweep.
    keys
        Such as ``pue`` or ``-green_share.hourly``.

    Returns
    -------
    Array
        [point, aim].
    """
    return np.column_stack([-archive.output(key[1:]) if key.startswith("-") else archive.output(key) for key in keys])


@dataclass(frozen=True)
class Standing:
    """How a choice stands, whatever else comes.

    Attributes
    ----------
    choice
        What is chosen, by key.
    mean, worst
        Of the measure over all that may come.
    regret
        The most by which it falls behind the best choice for what came.
    """

    choice: dict[str, Any]
    mean: float
    worst: float
    regret: float


def robustness(archive: Archive, key: str, levers: list[str]) -> list[Standing]:
    """Return how every choice of some keys stands over all values of the others, least regret first.

    Regret as in L. J. Savage, "The theory of statistical decision" (1951), doi 10.1080/01621459.1951.10500768.

    Parameters
    ----------
    archive
        The sweep.
    key
        The measure, less being better unless a ``-`` stands before it.
    levers
        Keys or short names that somebody decides; the others are what may come.

    Raises
    ------
    UsageError
        Where a key is no axis of its own.
    """
    names = [axis.keys[0] if len(axis.keys) == 1 else axis.name for axis in archive.design.axes]
    for lever in levers:
        if lever not in names:
            raise UsageError(f"'{lever}' is no axis of this sweep" + did_you_mean(lever, names))
    if not levers or len(levers) == len(names):
        raise UsageError("robustness needs an axis to choose on and another one for what may come")
    cost = aims(archive, [key])[:, 0].reshape(archive.design.shape)
    first = [names.index(lever) for lever in levers]
    table = np.moveaxis(cost, first, range(len(first)))
    table = table.reshape(int(np.prod(table.shape[: len(first)])), -1)  # [choice, state]
    regret = (table - table.min(axis=0)).max(axis=1)
    sign = -1.0 if key.startswith("-") else 1.0
    inputs = archive.inputs()
    columns = np.moveaxis(np.arange(cost.size).reshape(cost.shape), first, range(len(first))).reshape(len(table), -1)
    found = [
        Standing(
            {lever: inputs[lever][columns[number, 0]] for lever in levers},
            float(sign * table[number].mean()), float(sign * table[number].max()), float(regret[number]),
        )
        for number in range(len(table))
    ]  # fmt: skip
    return sorted(found, key=lambda standing: standing.regret)
