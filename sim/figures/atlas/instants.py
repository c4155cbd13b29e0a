"""The instants that the map can show: hours of the mean day of each month, whole days, and the whole run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.results.schema import Results


@dataclass(frozen=True)
class Instants:
    """Months and hours of a run; number 0 of either stands for all of them together.

    Attributes
    ----------
    months, hours
        1-12 and 0-23, rising.
    slot
        [epoch], number of the month and hour in which it begins, counted through [month, hour].
    """

    months: tuple[int, ...]
    hours: tuple[int, ...]
    slot: IntArray

    @classmethod
    def of(cls, results: Results) -> Instants:
        """Return the instants of a run."""
        times = results.series["epoch"].values.astype("datetime64[m]")
        months = times.astype("datetime64[M]").astype(np.int64) % 12 + 1
        hours = (times - times.astype("datetime64[D]")).astype(np.int64) // 60
        some, month = np.unique(months, return_inverse=True)
        few, hour = np.unique(hours, return_inverse=True)
        return cls(tuple(some.tolist()), tuple(few.tolist()), month * len(few) + hour)

    def sums(self, values: Array) -> Array:
        """Return sums over the epochs of each instant; [epoch, …] to [month + 1, hour + 1, …]."""
        shape = (len(self.months), len(self.hours), *values.shape[1:])
        cells = np.zeros((shape[0] * shape[1], *values.shape[1:]))
        np.add.at(cells, self.slot, values)
        return _with_wholes(cells.reshape(shape))

    def means(self, values: Array) -> Array:
        """Return means over the epochs of each instant, 0 where there is none; as `sums`."""
        number = self.sums(np.ones(len(self.slot)))
        total = self.sums(values)
        return total / np.maximum(number, 1.0).reshape(number.shape + (1,) * (total.ndim - 2))

    def of_days(self, means: Array, number: Array) -> Array:
        """Return mean days [month, hour, …] with the wholes before them, as `means` has them."""
        weight = number.reshape(number.shape + (1,) * (means.ndim - 2))
        total, count = _with_wholes(means * weight), _with_wholes(number)
        return total / np.maximum(count, 1.0).reshape(count.shape + (1,) * (total.ndim - 2))

    def nearest(self, hour: int) -> int:
        """Return the number of the last hour of `hours` that is not after one; of the first, where all are."""
        return max((place for place, begun in enumerate(self.hours) if begun <= hour), default=0)


def _with_wholes(cells: Array) -> Array:
    days = np.concatenate([cells.sum(axis=1, keepdims=True), cells], axis=1)
    return np.concatenate([days.sum(axis=0, keepdims=True), days], axis=0)
