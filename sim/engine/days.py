"""The mean day of each month of a run: what every region had done where, hour by hour."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.ground.calendar import Calendar


class Days:
    """Work and data by origin and destination, summed over the epochs of a month that begin in an hour of the day.

    A year of epochs by region and centre would be gigabytes; its mean days are twelve times 24 hours at most.

    Parameters
    ----------
    calendar
        The run's epochs.
    regions, centres
        Sizes of the dimensions.
    weight
        [workload, 2], what a unit that is served counts for: as work, and in bits on the way, there and back.

    Attributes
    ----------
    months, hours
        Months (1-12) and hours (0-23) in which epochs begin, rising.
    slot
        [epoch], number of its month and hour.
    sent
        [slot, region, centre, 2], FLOP and bit.
    weight
        As given.
    """

    def __init__(self, calendar: Calendar, regions: int, centres: int, weight: Array) -> None:
        self.months, month = np.unique(calendar.month, return_inverse=True)
        self.hours, hour = np.unique(np.floor(calendar.hour + 1e-9).astype(np.int64), return_inverse=True)
        self.slot: IntArray = month * len(self.hours) + hour
        self.sent = np.zeros((len(self.months) * len(self.hours), regions, centres, 2))
        self.weight = np.ascontiguousarray(weight, dtype=np.float64)
        self._seconds = calendar.seconds

    def spread(self, first: IntArray, last: IntArray, region: IntArray, centre: IntArray, amount: Array) -> None:
        """Enter work that was done evenly between two epochs.

        Parameters
        ----------
        first, last
            [entry], epochs; both belong to it.
        region, centre
            [entry], numbers.
        amount
            [entry, 2], FLOP and bit over all of its epochs.
        """
        if not len(first):
            return
        slots, regions, centres, kinds = self.sent.shape
        pairs, begin, end = regions * centres, int(first.min()), int(last.max()) + 1
        rate = amount / (last - first + 1)[:, None]
        pair = region * centres + centre
        place = np.concatenate([(first - begin) * pairs + pair, (last + 1 - begin) * pairs + pair])
        for kind in range(kinds):
            steps = np.bincount(place, np.concatenate([rate[:, kind], -rate[:, kind]]), (end - begin + 1) * pairs)
            by_epoch = np.cumsum(steps.reshape(-1, pairs), axis=0)[:-1]
            total = np.zeros((slots, pairs))
            np.add.at(total, self.slot[begin:end], np.maximum(by_epoch, 0.0))
            self.sent[..., kind] += total.reshape(slots, regions, centres)

    def means(self) -> dict[str, Array]:
        """Return the arrays of the results: `flow`, `stream` and `instances`; [month, hour, …], FLOPS and bit/s."""
        shape = (len(self.months), len(self.hours))
        number = np.bincount(self.slot, minlength=len(self.sent)).astype(np.float64)
        mean = self.sent / (np.maximum(number, 1.0) * self._seconds)[:, None, None, None]
        whole = mean.reshape(*shape, *self.sent.shape[1:])
        return {"flow": whole[..., 0], "stream": whole[..., 1], "instances": number.reshape(shape)}
