"""The fluid engine: epoch by epoch, work as a liquid; then all physics at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from sim.engine import core, dispatch, energy
from sim.engine.dispatch import Counters, Facts, Room
from sim.engine.ledger import Ledger
from sim.engine.record import record
from sim.engine.storage import Storage
from sim.ground.arrays import Array, BoolArray, IntArray
from sim.ground.errors import PluginError
from sim.ground.seeds import generator
from sim.network.decision import Decision
from sim.network.network import Network
from sim.network.outlook import Outlook
from sim.network.power import facility, it_power, utilisation
from sim.network.view import Planner, View
from sim.policies.base import Policy
from sim.results.schema import Results

Progress = Callable[[int, int], None]

_NO_PATHS = np.zeros((0, 0, 0, 0))


def simulate(
    network: Network, policy: Policy, progress: Progress | None = None, planner: Planner | None = None
) -> Results:
    """Return the results of a network under a policy, work being a fluid.

    Every epoch has four phases: work arrives; the policy decides; capacity, links and residency bound
    what is done; the ledger books it and proves that no work was lost. The physics of power follows
    for all epochs at once, since it does not act back on the work.

    Parameters
    ----------
    network
        Resources, demand and surroundings.
    policy
        The rule of dispatch.
    progress
        Called with the epochs done and their number, now and then.
    planner
        Makes optimal plans, for the policies that ask for them.

    Returns
    -------
    Results
        Every series of the run.

    Raises
    ------
    PluginError
        Where a decision breaks its contract.
    InvariantError
        Where work or energy is not conserved.
    """
    return booked(dispatched(network, policy, progress, planner))


def dispatched(
    network: Network, policy: Policy, progress: Progress | None = None, planner: Planner | None = None
) -> Fluid:
    """Return the state of a run behind its last epoch: all of its work, nothing yet of its power.

    Parameters
    ----------
    network, policy, progress, planner
        As in `simulate`.
    """
    run = Fluid(network, planner)
    for epoch in range(network.calendar.epochs):
        arrived = run.arrive(epoch)
        decision = policy.dispatch(run.view(epoch, arrived))
        run.execute(epoch, arrived, decision)
        if progress is not None and (epoch + 1) % 256 == 0:
            progress(epoch + 1, network.calendar.epochs)
    return run


def booked(run: Fluid) -> Results:
    """Return the results of a run that is dispatched: physics for all epochs at once, by the core.

    Where a cooling archetype has another form than the core's, the plain laws do the same, a few times slower.

    Parameters
    ----------
    run
        What `dispatched` returned.
    """
    network, ledger = run.network, run.ledger
    load = utilisation(network, ledger.served)
    found = core.power(network, load, ledger.served, run.charge)
    if found is None:
        power = it_power(network, load)
        total, water = facility(network, power)
        return record(network, ledger, load, power, total, water, energy.balance(network, total, run.charge))
    power, total, water = (found.pop(name) for name in ("it_power", "facility_power", "water"))
    energy.check(network, total, found)
    return record(network, ledger, load, power, total, water, found)


class Fluid:
    """The state of a run: what waits, what is booked, what was done.

    Parameters
    ----------
    network
        Resources, demand and surroundings.
    planner
        Returns the optimal plan, for the policies that ask for it.
    mine
        [workload], whose work is a fluid here; by default all.
    """

    def __init__(self, network: Network, planner: Planner | None, mine: BoolArray | None = None) -> None:
        self.network = network
        self.planner = planner
        self.seconds = network.calendar.seconds
        self.facts = facts(network)
        self.amount = (network["demand"] + network["data_demand"]) * self.seconds
        if mine is not None:
            self.amount *= mine
        epochs, regions, workloads = self.amount.shape
        centres, pools = network["capacity"].shape
        ages = int(self.facts.slack.max()) + 1
        self.backlog = np.zeros((regions, workloads, ages))
        self.agenda: Array | None = None
        self.booked = np.zeros((ages, regions, workloads))
        self.load = np.zeros((centres, pools))
        self.charge = np.full((epochs, centres), np.nan)
        self.capacity = np.zeros((centres, pools))
        # Residency binds deferrable compute; copies of data are made to leave.
        share = np.broadcast_to(network["move_share"][:, None], (regions, workloads))
        self.bound = (share < 1.0) & ((self.facts.slack > 0) & (self.facts.pool >= 0))[None, :]
        self.share = np.where(self.bound, share, 0.0)
        self.room = Room(
            np.zeros((centres, pools)),
            np.zeros(len(network["link_capacity"])),
            np.zeros((centres, pools)),
            np.zeros((regions, workloads)),
            np.where(self.bound, 0.0, np.inf),
        )
        self.link_room = np.maximum(
            network["link_capacity"] * network["link_availability"] - network["background"], 0.0
        )
        self.ledger = Ledger(
            epochs,
            regions,
            workloads,
            centres,
            len(network["link_capacity"]),
            self.facts.route_delay.shape[2],
            ages,
        )
        self.outlook = Outlook(network)
        self.storage = Storage(network, self.ledger.served, self.charge)
        seed = network.scenario.config.run
        self.rng = generator(seed.seed, seed.replication, "policy")
        self.before = np.zeros((regions, workloads))
        self.score: Array | None = None
        self.order: IntArray = np.zeros(0, dtype=np.int64)

    def arrive(self, epoch: int) -> Array:
        """Add what arrives and what was booked for now; return the arrivals, [region, workload], FLOP."""
        arrived: Array = self.amount[epoch]
        self.backlog[:, :, 0] += arrived
        self.room.allowance[:] += self.share * arrived
        if self.agenda is not None:
            due = self.agenda[epoch % len(self.agenda)]
            self.backlog += due
            self.booked[epoch % len(self.agenda)] = due[:] = 0.0
        return arrived

    def view(self, epoch: int, arrived: Array) -> View:
        """Return what the policy may read."""
        self.capacity = self.outlook.full[epoch]
        return View.of(
            self.outlook, epoch, arrivals=arrived, backlog=self.backlog, load=self.load, rng=self.rng,
            allowance=self.room.allowance, battery=partial(self.storage.held, epoch), planner=self.planner,
        )  # fmt: skip

    def execute(self, epoch: int, arrived: Array, decision: Decision) -> None:
        """Carry a decision out as far as capacity, links and residency allow, and book it."""
        self.book(epoch, arrived, *self.settle(epoch, arrived, decision))

    def settle(self, epoch: int, arrived: Array, decision: Decision) -> tuple[Array, Array]:
        """Return what a decision serves, [region, workload, centre], and rejects, [region, workload]; both FLOP."""
        if not isinstance(decision, Decision) or (decision.place is None) == (decision.score is None):
            raise PluginError("the policy returns a Decision, which has either `place` or `score`")
        if decision.path is not None and decision.place is None:
            raise PluginError("`path` goes with `place`; a `score` takes the shortest path that has room")
        if decision.when is not None:
            self._book_ahead(epoch, arrived, np.asarray(decision.when, dtype=np.float64))
        if decision.charge is not None:
            self.charge[epoch] = _checked_charge(np.asarray(decision.charge, dtype=np.float64), len(self.capacity))
        waiting = self.backlog.sum(axis=2)
        room = self.room
        room.compute[:] = self.capacity
        np.multiply(self.link_room[epoch], self.seconds, out=room.link)
        shape = (*waiting.shape, len(self.capacity))
        done = Counters(np.zeros(shape), self.ledger.traffic[epoch], self.ledger.path_work)
        rejected = np.zeros_like(waiting)
        if decision.place is not None:
            place = _checked_place(np.asarray(decision.place, dtype=np.float64), self.facts)
            dispatch.by_place(place, _checked_path(decision.path, self.facts), waiting, self.facts, room, done)
            left = np.maximum(waiting - done.served.sum(axis=2), 0.0)
            rejected = np.minimum(place[:, :, -1] * waiting, left)
        else:
            order = self._order(np.asarray(decision.score, dtype=np.float64), shape)
            dispatch.by_score(order, waiting, self.facts, room, done)
        self.load = np.divide(
            self.capacity - room.compute,
            self.capacity,
            out=np.zeros_like(self.capacity),
            where=self.capacity > 0.0,
        )
        return done.served, rejected

    def book(self, epoch: int, arrived: Array, served: Array, rejected: Array) -> None:
        """Enter into the ledger what an epoch has served, [region, workload, centre], and turned away; FLOP."""
        expired = np.zeros_like(rejected)
        last = epoch == self.network.calendar.epochs - 1
        total = served.sum(axis=2)
        dispatch.release(self.backlog, total, rejected, self.facts.slack, last, self.ledger.wait, expired)
        after = self.backlog.sum(axis=2) + self.booked.sum(axis=0)
        self.ledger.book(epoch, self.before, arrived, served, expired + rejected, after)
        self.before = after

    def _order(self, score: Array, shape: tuple[int, ...]) -> IntArray:
        """Return the triples in ascending order of score, ties by id, the forbidden left out."""
        if score.shape != shape or not (score > -np.inf).all():
            raise PluginError(
                f"`score` has the shape {score.shape}, or holds NaN or -inf; it is [region, workload, centre], {shape}"
            )
        if self.score is None or not np.array_equal(score, self.score):
            flat = score.ravel()
            order = np.argsort(flat, kind="stable")
            self.order = order[np.isfinite(flat[order])]
            self.score = score.copy()
        return self.order

    def _book_ahead(self, epoch: int, arrived: Array, when: Array) -> None:
        """Move this epoch's arrivals into later epochs as a decision says."""
        slack = self.facts.slack
        lags = int(slack.max()) + 1
        if when.shape != (*arrived.shape, lags):
            wanted = (*arrived.shape, lags)
            raise PluginError(f"`when` has the shape {when.shape}; it is [region, workload, lag], {wanted}")
        if not (when >= -1e-12).all() or (abs(when.sum(axis=2) - 1.0) > 1e-9).any():
            raise PluginError("`when` must hold shares from 0 that sum to 1 over the lags")
        if self.agenda is None:
            self.agenda = np.zeros((lags, *self.backlog.shape))
        lag = np.arange(lags)
        if (when[:, lag > slack[:, None]] > 1e-12).any():
            raise PluginError("`when` books work past its deadline")
        left = self.network.calendar.epochs - 1 - epoch
        kept = (lag > 0) & (lag <= np.minimum(slack, left)[:, None])
        amount = np.where(kept, np.maximum(when, 0.0), 0.0) * arrived[:, :, None]
        self.backlog[:, :, 0] -= amount.sum(axis=2)
        later = (epoch + lag) % lags
        self.booked[later] += np.moveaxis(amount, 2, 0)
        self.agenda[later, :, :, lag] += np.moveaxis(amount, 2, 0)
        # A booking of all that came leaves a rounding error behind.
        np.maximum(self.backlog[:, :, 0], 0.0, out=self.backlog[:, :, 0])


def facts(network: Network) -> Facts:
    """Return what the compiled dispatch needs to know of a network.

    Parameters
    ----------
    network
        The network.

    Returns
    -------
    Facts
        Slack in whole epochs; a deadline that is no whole number of them is cut.
    """
    return Facts(
        pool=network["workload_pool"].astype(np.int64),
        slack=network.slack,
        bits_in=network["bits_in"],
        bits_out=network["bits_out"],
        bound=network["latency_bound"] * (1.0 + 1e-12),
        feasible=network["feasible"].astype(np.bool_),
        home=network["home"].astype(np.bool_),
        order=np.argsort(network["delay"], axis=1, kind="stable"),
        route_link=network["route_link"].astype(np.int64),
        route_delay=network["route_delay"],
        opposite=network["link_opposite"].astype(np.int64),
    )


def _checked_place(place: Array, facts: Facts) -> Array:
    """Return the shares of a decision that keeps its contract.

    Raises
    ------
    PluginError
        Where a share is negative, a sum is not 1, or interactive work is deferred.
    """
    regions, workloads, centres = facts.feasible.shape
    if place.shape != (regions, workloads, centres + 2):
        wanted = (regions, workloads, centres + 2)
        raise PluginError(f"`place` has the shape {place.shape}; it is [region, workload, centre + 2], {wanted}")
    if not (place >= -1e-12).all() or (abs(place.sum(axis=2) - 1.0) > 1e-9).any():
        raise PluginError("`place` must hold shares from 0 that sum to 1 for every region and workload")
    if (place[:, facts.slack == 0, -2] > 1e-12).any():
        raise PluginError("`place` defers interactive work, which cannot wait; reject it or give it to a centre")
    place = np.maximum(place, 0.0)
    return np.ascontiguousarray(place / place.sum(axis=2, keepdims=True))


def _checked_path(given: Array | None, facts: Facts) -> Array:
    """Return the paths that a decision asks for; none where it asks for none.

    Raises
    ------
    PluginError
        Where a share is negative or no number, or a sum is above 1.
    """
    if given is None:
        return _NO_PATHS
    # A copy: an array that is sealed would be another type to the compiler.
    path = np.array(given, dtype=np.float64, order="C")
    wanted = (*facts.feasible.shape, facts.route_delay.shape[2])
    if path.shape != wanted:
        raise PluginError(f"`path` has the shape {path.shape}; it is [region, workload, centre, path], {wanted}")
    if not (path >= 0.0).all() or not (path.sum(axis=3) <= 1.0 + 1e-9).all():
        raise PluginError("`path` must hold shares from 0 that sum to at most 1 for every centre of a `place`")
    return path


def _checked_charge(charge: Array, centres: int) -> Array:
    """Return the charge that a decision asks for; [centre], W.

    Raises
    ------
    PluginError
        Where it is not one finite number a centre.
    """
    if charge.shape != (centres,) or not np.isfinite(charge).all():
        raise PluginError(
            f"`charge` has the shape {charge.shape}, or holds what is not finite; it is [centre], ({centres},), in W"
        )
    return charge
