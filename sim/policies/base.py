"""The contract of a dispatch policy: a `View` of the epoch in, a `Decision` out."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from sim.ground.arrays import BoolArray
from sim.ground.registry import Registry
from sim.network.decision import Decision
from sim.network.placing import spread
from sim.network.view import View
from sim.workloads.jobs import Jobs

__all__ = ["REGISTRY", "Decision", "Patient", "Policy", "View", "register", "spread"]


class Policy(Protocol):
    """A rule of dispatch; its parameters are the fields of its dataclass.

    A rule that looks at work, room, delay and its own chance, and never at weather, power, prices or carbon, may say so
    with ``blind: ClassVar[bool] = True``: points of a sweep that differ in nothing else then share its decisions.
    """

    def dispatch(self, view: View) -> Decision:
        """Return the decision of an epoch."""


@runtime_checkable
class Patient(Policy, Protocol):
    """A rule that also says when each job may run; the event engine asks it, the fluid engine reads `when`."""

    def hours(self, jobs: Jobs, view: View) -> BoolArray:
        """Return the hours in which jobs may run, from the epoch of their arrival; [job, lag], at most 64 lags.

        Parameters
        ----------
        jobs
            Those that arrive in this epoch.
        view
            The epoch.
        """


REGISTRY: Registry[type[Policy]] = Registry("policy", "sim.policies")
register = REGISTRY.register
