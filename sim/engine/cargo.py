"""What jobs move: data to where they will run, before they may wait there, and results back, after their end."""

from __future__ import annotations

from sim.engine import carriage, heaps, lives
from sim.engine.compiled import inner
from sim.engine.state import MOVING, NEVER, NOWHERE, State

_IN, _OUT = 0, 1


@inner
def fetch(s: State, p: int, j: int) -> bool:
    """Return whether a job that is sent to a pool must wait for its data, and let them come."""
    if len(s.cargo) == 0:
        return False
    cargo, k = s.cargo[j], s.way[s.region[j], p, _IN]
    if cargo.at == k:
        return False
    job, clock = s.job[j], s.clock[0]
    cargo.at = k
    cargo.came = clock.now
    if k < 0 or cargo.bits_in <= 0.0:
        return False
    cargo.came = -1
    job.state = MOVING
    job.pool = p
    job.slot = carriage.open_flow(s, k, cargo.bits_in, 2 * j + _IN, clock.now)
    clock.moving += 1
    if job.first < 0 and s.due[j] < NEVER - 1:
        heaps.push(s.limits, clock.limits, s.due[j] + 1, j)
        clock.limits += 1
    return True


@inner
def send(s: State, j: int) -> None:
    """Let the results of a finished job go back."""
    if len(s.cargo) > 0:
        cargo, k = s.cargo[j], s.way[s.region[j], s.job[j].pool, _OUT]
        cargo.went = s.clock[0].now
        if k >= 0 and cargo.bits_out > 0.0:
            cargo.went = -1
            carriage.open_flow(s, k, cargo.bits_out, 2 * j + _OUT, s.clock[0].now)


@inner
def land(s: State) -> None:
    """End the transfer that was to end next: a job may wait at its pool once the last bit is there."""
    clock = s.clock[0]
    whose, k = carriage.close_flow(s, clock.now)
    when = clock.now + s.delay[k, s.route[k].path]
    j = whose >> 1
    if whose & 1 == _OUT:
        s.cargo[j].went = when
        return
    s.cargo[j].came = when
    clock.moving -= 1
    lives.hold(s, j, when)


@inner
def give_up(s: State, j: int) -> None:
    """Let a job go whose data did not come in time."""
    _stop(s, j)
    lives.miss(s, j)


@inner
def is_too_wide(s: State, f: int, p: int) -> bool:
    """Return whether a flow is the data of a job that is too wide for the pool it was sent to."""
    flow = s.flow[f]
    if flow.route < 0 or flow.whose & 1 == _OUT:
        return False
    job = s.job[flow.whose >> 1]
    return bool(job.pool == p and job.width > s.pool[p].capacity)


@inner
def turn_back(s: State, j: int) -> None:
    """Let a job whose data are on the way be routed anew at this instant, by its number as held jobs are."""
    _stop(s, j)
    s.cargo[j].at = NOWHERE
    s.job[j].pool = -1
    lives.hold(s, j, s.clock[0].now)


@inner
def _stop(s: State, j: int) -> None:
    """Give up data that are on the way."""
    carriage.drop_flow(s, s.job[j].slot, s.clock[0].now)
    s.clock[0].moving -= 1
