"""Rows of a sparse program, gathered by name."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from sim.ground.arrays import Array, IntArray

Name = tuple[str, ...]
"""Kind of a row and the ids of what it speaks of."""


@dataclass
class Rows:
    """Rows as they are gathered: lower ≤ A x ≤ upper.

    Attributes
    ----------
    names
        [row].
    lower, upper
        [row].
    """

    names: list[Name] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    _parts: list[tuple[IntArray, IntArray, Array]] = field(default_factory=list)

    def add(
        self, name: Name, column: IntArray | list[int], value: Array | list[float] | float, lower: float, upper: float
    ) -> int:
        """Add a row and return its number."""
        at = np.asarray(column, dtype=np.int64)
        number = len(self.names)
        self._parts.append((np.full(len(at), number), at, np.broadcast_to(np.asarray(value, dtype=float), at.shape)))
        self.names.append(name)
        self.lower.append(lower)
        self.upper.append(upper)
        return number

    def matrix(self, columns: int) -> sparse.csc_matrix:
        """Return the rows as a matrix; [row, column]."""
        if not self._parts:
            return sparse.csc_matrix((0, columns))
        row, column, value = (np.concatenate([part[k] for part in self._parts]) for k in range(3))
        return sparse.coo_matrix((value, (row, column)), shape=(len(self.names), columns)).tocsc()
