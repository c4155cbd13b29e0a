"""What a run hands to its policies: the optimal plan of the run, and plans of the hours ahead."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sim.network.network import Network
from sim.network.plan import Plan
from sim.network.view import View
from sim.results.schema import Results

if TYPE_CHECKING:
    from sim.optimise.ahead import Ahead


class Planner:
    """Makes the plans of a network when a policy asks for them; one object serves one run.

    Parameters
    ----------
    network
        The network.

    Attributes
    ----------
    plan
        That of the whole run; None until it was asked for.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._ahead: Ahead | None = None
        self.plan: Plan | None = None

    def __call__(self) -> Plan:
        """Return the optimal plan of the whole run, which knows all of it in advance."""
        # Few runs ask: the solver is imported for those alone.
        from sim.optimise.optimum import optimum

        if self.plan is None:
            self.plan = optimum(self._network)
        return self.plan

    def ahead(self, view: View, every: float, look_ahead: float, reserve: float = 0.0) -> tuple[Plan, int]:
        """Return the plan made last on forecasts and the epochs since then, a new one where it is too old.

        Parameters
        ----------
        view
            The epoch.
        every
            Hours after which a plan is too old.
        look_ahead
            Hours that it looks ahead.
        reserve
            Share of the capacity of all hours but the first that it leaves free.
        """
        from sim.optimise.ahead import Ahead

        if self._ahead is None:
            self._ahead = Ahead(self._network)
        return self._ahead(view, every, look_ahead, reserve)

    def told(self, results: Results) -> Results:
        """Return the results of the run with what is known of its optimal plan, where one was asked for.

        Parameters
        ----------
        results
            With `kpi` and `meta`; the facts of the plan are entered there, the prices beside.
        """
        if self.plan is None:
            return results
        from sim.optimise.optimum import facts_of

        results.meta["plan"] = facts_of(self.plan, results.kpi["cost_bn_cny"]["total"])
        return results if self.plan.worth is None else replace(results, prices=self.plan.worth(latency=False))
