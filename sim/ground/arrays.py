"""The array types that the signatures of the package speak of."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

T = TypeVar("T", bound=np.generic)


def sealed(values: NDArray[T]) -> NDArray[T]:
    """Return the same values, which cannot be written to through what is returned.

    Parameters
    ----------
    values
        Any array; one that cannot be written to is returned itself.
    """
    if not values.flags.writeable:
        return values
    view = values.view()
    view.flags.writeable = False
    return view
