"""The jobs of a run as rows of a table: who came, where it went, when it began and ended."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.engine.loop import Loop
from sim.engine.state import FINISHED, MISSED, REJECTED, RUNNING
from sim.engine.stock import Stock
from sim.ground.arrays import IntArray
from sim.network.network import Network
from sim.results.jobs_table import ROWS, Block, Column, job_columns
from sim.workloads.jobs import Jobs

_STATES = {FINISHED: "finished", REJECTED: "rejected", MISSED: "missed", RUNNING: "running"}
_STATE_WORDS = tuple(_STATES.get(state, "waiting") for state in range(MISSED + 1))


def columns(network: Network) -> list[Column]:
    """Return the columns of a run's jobs.

    Parameters
    ----------
    network
        The network.
    """
    names = ("region", "workload", "centre", "pool")
    return job_columns({name: network.ids(name) for name in names} | {"state": _STATE_WORDS})


def blocks(jobs: Jobs, loop: Loop, stock: Stock) -> Iterator[Block]:
    """Yield the rows, some at a time, in the order of arrival.

    Parameters
    ----------
    jobs
        Who came.
    loop
        Knows what became of them; whose arrival was still to come at the end is left out.
    stock
        The pools.
    """
    last = loop.coming()
    for begin in range(0, last, ROWS):
        block = slice(begin, min(begin + ROWS, last))
        some, found = jobs.only(block), loop.outcome(block)
        yield {
            "job": np.arange(block.start, block.stop),
            "region": some.region,
            "workload": some.workload,
            "centre": _at(stock.centre, found.pool),
            "pool": _at(stock.kind, found.pool),
            "submit_s": some.arrive,
            "start_s": found.first,
            "end_s": found.end,
            "wait_s": np.where(found.first >= 0, found.first - some.arrive, -1),
            "width_tflops": some.width,
            "run_s": some.run,
            "state": found.state,
            "lost_s": found.lost,
            "data_came_s": found.came,
            "results_went_s": found.went,
        }


def _at(places: IntArray, pool: NDArray[np.int16]) -> IntArray:
    return np.where(pool >= 0, places[np.maximum(pool, 0)], -1)
