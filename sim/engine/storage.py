"""What the batteries hold by now: physics catches up with the run when somebody asks."""

from __future__ import annotations

import numpy as np

from sim.engine.energy import asked, losses, stored
from sim.ground.arrays import Array, sealed
from sim.network.network import Network
from sim.network.power import facility, it_power, utilisation
from sim.physics import battery


class Storage:
    """The batteries of a run under way.

    The fluid engine reckons power behind the last epoch. A policy that plans for batteries needs what they hold
    before; what comes out here is what the core (`sim.engine.core`) finds in the end, to rounding.

    Parameters
    ----------
    network
        The network.
    served
        [epoch, centre, workload], FLOP; filled as the run goes on.
    schedule
        [epoch, centre], W asked of the batteries, NaN where nothing is asked; filled as the run goes on.
    """

    def __init__(self, network: Network, served: Array, schedule: Array) -> None:
        self._network, self._served, self._schedule = network, served, schedule
        self._at = stored(network)
        self._content = np.zeros(len(self._at))
        self._done = 0

    def held(self, epoch: int) -> Array:
        """Return what the batteries hold at the beginning of an epoch; [centre], J.

        Parameters
        ----------
        epoch
            Its number; no earlier than that of the last call.
        """
        network, at = self._network, self._at
        if len(at) and epoch > self._done:
            span = slice(self._done, epoch)
            power = it_power(network, utilisation(network, self._served[span], span), span)
            total = facility(network, power, span)[0]
            offered, wanted = asked(network["green_supply"][span], total, self._schedule[span])
            for one in range(epoch - self._done):
                self._content = battery.step(
                    self._content, offered[one, at], wanted[one, at], capacity=network["battery_energy"][at],
                    power=network["battery_power"][at], **losses(network, at),
                ).content  # fmt: skip
            self._done = epoch
        found = np.zeros(network["price"].shape[1])
        found[at] = self._content
        return sealed(found)
