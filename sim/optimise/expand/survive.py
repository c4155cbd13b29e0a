"""What a plan survives: the loss of any one hub or link on its worst day, by screening and cuts."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.ground.arrays import Array
from sim.ground.errors import SolveError
from sim.network.network import Network
from sim.optimise.expand.benders import Benders, Found, Tick
from sim.optimise.expand.days import day_of
from sim.optimise.expand.levers import asked, undirected
from sim.optimise.expand.master import Master
from sim.optimise.expand.oracle import Cut, Oracle
from sim.optimise.expand.place import Outage, Place, Setting, place, without
from sim.optimise.expand.tidy import tidied

_ROUNDS = 30
_COARSE = 4.0
"""How much larger the gap may be while losses still ask for more."""
_NOISE = 1e-6
"""Share of a day's compute that may be left by rounding."""


@dataclass
class Survival:
    """What was looked at.

    Attributes
    ----------
    looked, screened, violated
        Losses times years solved; told by screening to be harmless; that asked for more building.
    cuts
        Rows that they added.
    worst
        Loss and year → share of the day's compute left unserved, of the plan.
    kept
        Whether the plan survives them all; false only where the time was up.
    """

    looked: int = 0
    screened: int = 0
    violated: int = 0
    cuts: int = 0
    worst: dict[str, float] = field(default_factory=dict)
    kept: bool = True

    def document(self) -> dict[str, Any]:
        """Return it as the plan's document tells it."""
        return {
            "looked": self.looked, "screened": self.screened, "violated": self.violated, "cuts": self.cuts,
            "unserved_share": self.worst, "kept": self.kept,
        }  # fmt: skip


def losses(network: Network) -> list[Outage]:
    """Return the losses that a plan must survive."""
    survive, member = asked(network).survive, network["member"] > 0.0
    links, opposite = network.ids("link"), network["link_opposite"].astype(np.int64)
    none = np.zeros(len(links), dtype=bool)
    found = []
    if survive.hubs:
        found += [Outage(hub, member[:, number], none) for number, hub in enumerate(network.ids("hub"))]
    if survive.links:
        for at in undirected(network):
            cut = none.copy()
            cut[at] = True
            if opposite[at] >= 0:
                cut[opposite[at]] = True
            found.append(Outage(links[at], np.zeros(len(member), dtype=bool), cut))
    return found


class Losses:
    """The losses of a plan, each a program of its worst day that counts only compute left unserved.

    V_k(S) ≤ share · Σ A for every loss k and year: V is convex in the stocks S, so that a cut of its program,
    V̄ + g·(S − S̄) ≤ share · Σ A, holds for any plan that survives. A link over which the plan sends nothing on that day
    is harmless, without a program: the same dispatch goes on without it.

    Parameters
    ----------
    setting
        What all days have in common.
    master
        What is built.
    normal
        The worst day's program without a loss, and its number among the days.
    epochs
        [epoch], the worst day's.
    """

    def __init__(self, setting: Setting, master: Master, normal: tuple[Oracle, int], epochs: Array) -> None:
        self.network, self.master, self.normal = setting.network, master, normal
        self.epochs = epochs.astype(np.int64)
        self.losses = losses(setting.network)
        self.setting = setting
        self._oracle: Oracle | None = None
        self._here: Place | None = None
        compute = setting.network["workload_pool"] >= 0
        self.asked = (setting.facts.demand[self.epochs].sum(axis=(0, 1)) * compute).astype(float)
        self.told = Survival()

    def settle(self, benders: Benders, gap: float, tick: Tick | None, until: float) -> Found:
        """Return the plan that survives them all, once its gap is small enough.

        Raises
        ------
        SolveError
            Where none does, or the rounds are used up.
        """
        # What a loss asks for shows at a coarse plan already; only what survives is worth the last rounds.
        centre, wanted = None, _COARSE * gap if self.losses else gap
        losing: list[int] = []
        for _ in range(_ROUNDS):
            found = benders.settle(wanted, tick, until, centre)
            if wanted == gap:
                found = tidied(benders, found, gap, tick, until)
            if not self.losses:
                return found
            # Those of the round before first; all of them only once the plan survives these.
            losing = self._violated(benders, found, losing) if losing else []
            losing = losing or self._violated(benders, found, list(range(len(self.losses))))
            self.told.kept = not losing
            if (self.told.kept and wanted == gap) or time.monotonic() > until:
                return found
            centre, wanted = found.values, gap if self.told.kept else wanted
        raise SolveError(
            f"no plan that survives every loss was found in {_ROUNDS} rounds; raise survive.unserved_share"
        )

    def _nodes(self) -> list[int]:
        plan = asked(self.network)
        since = plan.last if plan.survive.since is None else plan.survive.since
        return [number for number, node in enumerate(self.master.nodes) if node.year >= since]

    def _violated(self, benders: Benders, found: Found, among: list[int]) -> list[int]:
        """Look at some losses, and add a cut for each that the plan does not survive; return the numbers of these."""
        share, losing = asked(self.network).survive.unserved_share, set()
        for node in self._nodes():
            carried = self._carried(found, node)
            parameters = np.concatenate([found.values[self.master.stock(node)], self.master.nodes[node].growth])
            total = float(self.asked @ self.master.nodes[node].growth)
            for number in among:
                loss = self.losses[number]
                if not loss.centres.any() and not carried[loss.links].any():
                    self.told.screened += 1
                    continue
                self.told.looked += 1
                cut = self._turned(loss).cut(parameters, number)
                left = max(cut.value, 0.0) / total if total > 0.0 else 0.0
                self.told.worst[f"{loss.name} {self.master.nodes[node].year}"] = left
                if left > share + _NOISE:
                    losing.add(number)
                    self.told.violated += 1
                    for other in self._nodes():
                        self._learn(benders, other, cut, share, loss)
        return sorted(losing)

    def _turned(self, loss: Outage) -> Oracle:
        """Return the program of a loss: one is kept loaded, and turned from loss to loss."""
        if self._here is None:
            self._here = place(self.setting, self.epochs)
        made = day_of(without(self._here, self.network, loss), [], lost=True)
        if self._oracle is None:
            self._oracle = Oracle(made)
        self._oracle.turn(made)
        return self._oracle

    def _carried(self, found: Found, node: int) -> Array:
        """Return what the plan's dispatch of the worst day sends over each link; [directed link]."""
        oracle, number = self.normal
        oracle.cut(self.master.parameters(found.values, node, number), node)
        return oracle.carried()

    def _learn(self, benders: Benders, node: int, cut: Cut, share: float, loss: Outage) -> None:
        stocks, growth = self.master.levers.stocks.count, self.master.nodes[node].growth
        most = share * float(self.asked @ growth) - cut.constant - float(cut.slope[stocks:] @ growth)
        used = np.flatnonzero(cut.slope[:stocks])
        name = ("survive", loss.name, self.master.nodes[node].future, str(self.master.nodes[node].year))
        benders.keep(name, self.master.stock(node)[used], cut.slope[used], most)
        self.told.cuts += 1
