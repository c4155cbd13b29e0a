"""The slow clock: SimPy's events, and between two of them the job loop, exactly up to the next."""

from __future__ import annotations

import simpy

from sim.engine.loop import Loop


class Clock:
    """Time of a run, in ticks: what is scheduled happens on SimPy, and jobs run in between.

    At one instant all that ends there has ended before SimPy's events act, those in the order in which they were
    scheduled; jobs that arrive then, and the pass over the queues, come after them.

    Parameters
    ----------
    loop
        The jobs.

    Attributes
    ----------
    env
        SimPy's environment; its times are whole ticks.
    """

    def __init__(self, loop: Loop) -> None:
        self.env = simpy.Environment(initial_time=loop.now)
        self._loop = loop

    def run(self, until: int) -> None:
        """Let time pass to an instant, with all that SimPy has for it.

        Parameters
        ----------
        until
            Ticks since the run began.
        """
        while (upcoming := self.env.peek()) <= until:
            self._loop.advance(int(upcoming))
            self.env.step()
        self._loop.advance(until)
