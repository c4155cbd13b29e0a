"""East data, west compute: what must be near stays, what can wait goes west, after the green power there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import FiniteFloat

from sim.network.placing import at_home, room
from sim.policies.base import Decision, View, register, spread


@register("east_data_west_compute")
@dataclass(frozen=True)
class EastDataWestCompute:
    """Serve interactive work at home, and send deferrable work west, first where contracted green power carries it.

    Deferrable compute of the nation fills, one after the other and each in proportion to its room: what contracted
    green power carries at western centres beyond what meets their load anyhow; the rest of the room in the west; the
    room elsewhere. So it stays within what is left by interactive work, which goes to the region's own centres.
    Copies of data go to the nearest hub that is not their own.

    Attributes
    ----------
    west_of_deg
        Longitude; centres west of it are the west. 112.5 E takes in the four western hubs and Chengdu-Chongqing.

    References
    ----------
    National Development and Reform Commission and others, "Implementation plan for the computing hubs of the national
    integrated big data centre system", May 2021 (east data, west computing).
    """

    west_of_deg: FiniteFloat = 112.5

    def dispatch(self, view: View) -> Decision:
        """Return the shares; [region, workload, centre + 2]."""
        weight = at_home(view)
        free = room(view, weight)
        west = (view.longitude < self.west_of_deg)[:, None]
        green = np.where(west, free * (1.0 - view.grid_share)[:, None], 0.0)
        deferrable = (view.slack > 0) & (view.pool >= 0)
        filled = np.zeros_like(free)
        for pool in range(free.shape[1]):
            left = view.waiting[:, deferrable & (view.pool == pool)].sum()
            for tier in (green, np.where(west, free - green, 0.0), np.where(west, 0.0, free)):
                most = tier[:, pool].sum()
                part = min(left / most, 1.0) if most > 0.0 else 0.0
                filled[:, pool] += part * tier[:, pool]
                left -= part * most
        weight[:, deferrable] = view.per_workload(filled, 1.0)[None, deferrable]
        return spread(weight, view)
