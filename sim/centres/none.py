"""No overhead at all: the ideal PUE of 1 that others are measured against; it has no source temperature."""

from __future__ import annotations

import numpy as np

from sim.centres.base import Breakdown, Sheet, Weather, register
from sim.ground.arrays import Array


@register("none")
def none(load: Array, weather: Weather, sheet: Sheet) -> Breakdown:
    """Return a breakdown of zeros; all heat leaves without a compressor, so the COP is not defined."""
    nothing = np.zeros(np.broadcast_shapes(*(np.shape(part) for part in (load, *weather))))
    return Breakdown(*(nothing,) * 8, economiser_share=np.ones_like(nothing), cop=np.full_like(nothing, np.nan))
