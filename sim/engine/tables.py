"""The tables of the job loop: made once, and given more room where one of them is full."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine import flows
from sim.engine.roads import Roads
from sim.engine.state import (
    ALL_NEW,
    ANEW,
    AT,
    BLOCK,
    BLOCKS,
    BLOCKS_FULL,
    BOOKED,
    CARGO,
    CLOCK,
    COUNT,
    ENDS_FULL,
    ENDS_OF_QUEUE,
    JOB,
    LIMITS_FULL,
    LOG,
    LOG_FULL,
    NEVER,
    NOWHERE,
    POOL,
    RELEASES_FULL,
    RUN,
    RUNNING_FULL,
    SLOT,
    STEP,
    STEPS_FULL,
    Records,
    State,
)
from sim.ground.arrays import IntArray
from sim.workloads.jobs import Jobs


def fresh(
    jobs: Jobs,
    capacity: IntArray,
    pool_of: NDArray[np.int32],
    near: NDArray[np.int32],
    checkpoint: IntArray,
    room: int,
    log: bool,
    roads: Roads | None = None,
) -> State:
    """Return the tables before the first instant.

    Parameters
    ----------
    jobs
        Who will arrive.
    capacity
        [pool], units.
    pool_of
        [workload, centre], number of the pool, −1 where there is none.
    near
        [region, workload, centre], feasible centres, nearest first, −1 behind the last.
    checkpoint
        [workload], ticks, 0 = none.
    room
        Places that tables have at first.
    log
        Whether a log is kept.
    roads
        What data travel on; without, nothing is moved.

    Raises
    ------
    ValueError
        Where the roads, or what is to move, would lead the compiled loop astray.
    """
    pools, workloads = len(capacity), len(pool_of)
    regions, _, centres = near.shape
    job = np.zeros(len(jobs), dtype=JOB)
    job["left"], job["ask"], job["width"] = jobs.run, jobs.ask, jobs.width
    job["workload"], job["level"] = jobs.workload, jobs.level
    job["first"] = job["start"] = job["end"] = job["pool"] = -1
    pool = np.zeros(pools, dtype=POOL)
    pool["size"] = pool["capacity"] = capacity
    pool["base"], pool["room"], pool["plan"] = np.arange(pools) * room, room, ANEW
    pool["alarm"], pool["newcomer"] = NEVER, ALL_NEW
    # What is free behind a head is a few per cent of a busy pool: the bound that lets most blocks be skipped then.
    pool["narrow"] = capacity // 32
    lists = 2 + (int(jobs.level.max()) if len(jobs) else 0)
    clock = np.zeros(1, dtype=CLOCK)
    clock["spare"] = room
    way = np.full((regions, pools, 2), -1, dtype=np.int32)
    return State(
        cargo=_cargo(jobs, roads), way=way if roads is None else _way(way, roads), **_carrying(roads, room),
        job=job,
        arrive=_plain(jobs.arrive, np.int64), due=_plain(jobs.due, np.int64),
        region=_plain(jobs.region, np.int32), lost=np.zeros(len(jobs), dtype=np.int64), clock=clock, pool=pool,
        queue=np.full((pools, lists), -1, dtype=np.int32).repeat(2, axis=1).view(ENDS_OF_QUEUE),
        block=np.empty(room, dtype=BLOCKS), slot=np.empty(room * BLOCK, dtype=SLOT),
        spare=np.arange(room - 1, -1, -1, dtype=np.int32), running=np.empty(pools * room, dtype=RUN),
        ends=np.empty(room, dtype=AT), releases=np.empty(room, dtype=AT), limits=np.empty(room, dtype=AT),
        touched=np.zeros(pools, dtype=np.int64), scratch=np.empty(room, dtype=AT), step=np.empty(room, dtype=STEP),
        booked=np.zeros((pools, workloads), dtype=BOOKED), counts=np.zeros(workloads, dtype=COUNT),
        pool_of=pool_of, near=near, share=np.zeros((regions, workloads, centres + 2)),
        credit=np.zeros((regions, workloads, centres + 2)), score=np.zeros((regions, workloads, centres)),
        checkpoint=checkpoint, log=np.empty(room if log else 0, dtype=LOG),
    )  # fmt: skip


def _cargo(jobs: Jobs, roads: Roads | None) -> Records:
    """Return what jobs have to move, nothing where there are no roads."""
    if roads is None:
        return np.zeros(0, dtype=CARGO)
    for bits in (jobs.bits_in, jobs.bits_out):
        if not ((bits >= 0.0) & np.isfinite(bits)).all():
            raise ValueError("a job moves a finite number of bits, at least 0")
    cargo = np.zeros(len(jobs), dtype=CARGO)
    cargo["bits_in"], cargo["bits_out"] = jobs.bits_in, jobs.bits_out
    cargo["came"] = cargo["went"] = -1
    cargo["at"] = NOWHERE
    return cargo


def _way(way: NDArray[np.int32], roads: Roads) -> NDArray[np.int32]:
    """Return the ways of the roads, written into a table of the right shape."""
    if roads.way.shape != way.shape or roads.way.min() < -1 or roads.way.max() >= len(roads.hop):
        raise ValueError("`way` is [region, pool, 2] and names routes, −1 where no link is needed")
    way[:] = roads.way
    return way


def _carrying(roads: Roads | None, room: int) -> dict[str, NDArray[Any]]:
    """Return the tables of transfers, tiny ones where there are no roads."""
    if roads is None:
        return flows.fresh(np.full((1, 1, 1), -1), np.zeros((1, 1)), np.zeros(0), 1.0, 0, 1)
    return flows.fresh(roads.hop, roads.delay, roads.capacity, roads.cap, roads.quantum, room)


def grown(state: State, lack: int) -> State:
    """Return the tables with twice the room where it was lacking.

    Parameters
    ----------
    state
        The tables; those that suffice are shared.
    lack
        What the loop said.
    """
    if lack == flows.FLOWS_FULL:
        return state._replace(flow=flows.more_flows(state.wire, state.flow))
    if lack == RUNNING_FULL:
        return _more_running(state)
    if lack == BLOCKS_FULL:
        return _more_blocks(state)
    simple = {
        ENDS_FULL: "ends", RELEASES_FULL: "releases", LIMITS_FULL: "limits", STEPS_FULL: "step", LOG_FULL: "log",
    }  # fmt: skip
    name = simple[lack]
    return state._replace(**{name: _twice(getattr(state, name))})


def _plain(column: NDArray[Any], kind: type) -> NDArray[Any]:
    """Return a column of the one type that the loop is compiled for, itself where it is."""
    return np.require(column, kind, ["C_CONTIGUOUS", "ALIGNED", "WRITEABLE"])


def _twice(table: NDArray[Any]) -> NDArray[Any]:
    more = np.empty(2 * len(table), dtype=table.dtype)
    more[: len(table)] = table
    return more


def _more_blocks(state: State) -> State:
    """Return the tables with twice as many blocks, the new ones on top of the stack."""
    old, left = len(state.block), int(state.clock[0]["spare"])
    spare = np.empty(2 * old, dtype=np.int32)
    spare[:left] = state.spare[:left]
    spare[left : left + old] = np.arange(2 * old - 1, old - 1, -1)
    state.clock["spare"] = left + old
    return state._replace(block=_twice(state.block), slot=_twice(state.slot), spare=spare)


def _more_running(state: State) -> State:
    """Return the tables with room for all that might start in a pass, in every pool."""
    pool = state.pool
    free = np.maximum(pool["capacity"] - pool["used"], 0)
    need = pool["running"] + np.minimum(pool["waiting"], free)
    room = np.where(need > pool["room"], np.maximum(need, 2 * pool["room"]), pool["room"])
    base = np.concatenate([[0], np.cumsum(room)])
    running: Records = np.empty(int(base[-1]), dtype=RUN)
    for p in range(len(pool)):
        old, count = int(pool["base"][p]), int(pool["running"][p])
        running[base[p] : base[p] + count] = state.running[old : old + count]
    pool["base"], pool["room"] = base[:-1], room
    return state._replace(running=running, scratch=np.empty(int(room.max()), dtype=AT))
