"""Cuts of a network: what the links that part it must get together, rounded up to whole modules."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy import sparse

from sim.ground.arrays import Array, BoolArray, IntArray

_MOST = 6
"""Sizes by which a cut is divided."""


def rounded(cuts: Iterable[tuple[BoolArray, float]], of: IntArray, size: Array) -> tuple[sparse.csr_matrix, Array]:
    """Return rows a y and what each must come to at least, valid for all whole y ≥ 0 that satisfy the cuts.

    A cut says ``Σ C_j y_j ≥ d``. Divided by a size C and rounded (mixed-integer rounding, r = frac(d / C))::

        Σ (⌊C_j / C⌋ + min(1, frac(C_j / C) / r)) y_j ≥ ⌈d / C⌉

    Parameters
    ----------
    cuts
        Links that part the network, [link], and the capacity d that they must get.
    of, size
        [purchase], its link and capacity, in the unit of the cuts.

    Returns
    -------
    tuple of csr_matrix and Array
        [row, purchase], [row].

    References
    ----------
    G. L. Nemhauser, L. A. Wolsey (1990), "A recursive procedure to generate all cuts for 0-1 mixed integer
    programs", Mathematical Programming 46, doi 10.1007/BF01585752.

    Examples
    --------
    >>> row, least = rounded([(np.array([True]), 5.0)], np.array([0, 0]), np.array([4.0, 8.0]))
    >>> row.toarray().tolist(), least.tolist()
    ([[4.0, 8.0], [1.0, 2.0], [0.8, 1.0]], [5.0, 2.0, 1.0])
    """
    rows, least = [], []
    for links, needed in cuts:
        bought = np.flatnonzero(links[of])
        if needed <= 1e-9 or not len(bought):
            continue
        rows.append(_row(bought, size[bought], len(size)))
        least.append(needed)
        sizes = np.unique(size[bought])
        for unit in sizes[np.unique(np.linspace(0, len(sizes) - 1, _MOST).astype(np.int64))]:
            # A need that is a whole multiple but for rounding is not rounded up.
            whole = np.ceil(needed / unit - 1e-9)
            left = needed / unit - (whole - 1.0)
            share = size[bought] / unit
            full = np.floor(share + 1e-9)
            part = np.maximum(share - full, 0.0)
            rows.append(_row(bought, full + np.minimum(1.0, part / left), len(size)))
            least.append(whole)
    if not rows:
        return sparse.csr_matrix((0, len(size))), np.zeros(0)
    return sparse.vstack(rows, format="csr"), np.array(least)


def _row(at: IntArray, values: Array, width: int) -> sparse.csr_matrix:
    return sparse.csr_matrix((values, (np.zeros(len(at), dtype=np.int64), at)), shape=(1, width))
