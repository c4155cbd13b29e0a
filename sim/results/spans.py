"""Means of series over days, months or hours."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.ground.arrays import Array

DAY, MONTH = "D", "M"


def step(epochs: int, seconds: float) -> str:
    """Return the step of a line over time: a day, in a run of two weeks or less an epoch or an hour.

    Parameters
    ----------
    epochs
        Of the run.
    seconds
        Of an epoch.

    Returns
    -------
    str
        As `means` takes it: `DAY`, or seconds.
    """
    return DAY if epochs * seconds > 14 * 86400.0 else f"{seconds if seconds >= 900.0 else 3600.0:.0f}s"


def means(times: Any, values: Array, span: str) -> tuple[Any, Array]:
    """Return the beginnings of the spans that a series touches, and its mean over each.

    Parameters
    ----------
    times
        [epoch], instants, rising.
    values
        [epoch, …].
    span
        `DAY`, `MONTH`, or a whole part of a day in seconds, as ``"3600s"``.

    Returns
    -------
    begins : numpy.ndarray
        [span], instants.
    mean : numpy.ndarray
        [span, …].

    Examples
    --------
    >>> times = np.array(["2024-01-31T12", "2024-01-31T18", "2024-02-01T00"], dtype="datetime64[s]")
    >>> begins, mean = means(times, np.array([1.0, 3.0, 5.0]), MONTH)
    >>> [str(begin)[:7] for begin in begins], mean.tolist()
    (['2024-01', '2024-02'], [2.0, 5.0])
    """
    exact = np.asarray(times).astype("datetime64[s]")
    if span in (DAY, MONTH):
        begins = exact.astype(f"datetime64[{span}]").astype("datetime64[s]")
    else:
        length = np.timedelta64(int(span.removesuffix("s")), "s")
        day = exact.astype("datetime64[D]").astype("datetime64[s]")
        begins = day + (exact - day) // length * length
    first, at, number = np.unique(begins, return_index=True, return_counts=True)
    total = np.add.reduceat(values, at, axis=0)
    return first, np.asarray(total / number.reshape(-1, *[1] * (values.ndim - 1)))
