"""Means of replications and how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Values = dict[str, Any]


def summary(values: Sequence[Values]) -> tuple[Values, Values]:
    """Return the means of nested measures, and their 95 % confidence intervals, nested alike.

    mean ± t₀.₉₇₅,ₙ₋₁ · s / √n (Student 1908), for independent replications of which the mean is about normal. What is
    no number in every replication is None in both, what is a word is that of the first.

    Parameters
    ----------
    values
        Nested measures of the replications, at least two, alike in their keys.

    Examples
    --------
    >>> mean, interval = summary([{"pue": 1.4}, {"pue": 1.6}])
    >>> round(mean["pue"], 3), [round(end, 3) for end in interval["pue"]]
    (1.5, [0.229, 2.771])
    """
    means: Values = {}
    intervals: Values = {}
    for key, first in values[0].items():
        each = [value.get(key) for value in values]
        if isinstance(first, dict):
            means[key], intervals[key] = summary(each)  # type: ignore[arg-type]
        elif any(isinstance(item, str) for item in each):
            means[key], intervals[key] = first, None
        elif any(item is None for item in each):
            means[key] = intervals[key] = None
        else:
            means[key], intervals[key] = interval(np.array(each, dtype=np.float64))
    return means, intervals


def interval(values: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, list[float]]:
    """Return the mean of at least two independent values and the ends of its 95 % interval, as in `summary`."""
    from scipy.stats import t

    mean = float(values.mean())
    half = float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return mean, [mean - half, mean + half]
