"""The fluid engine: epoch by epoch, work as a liquid; then all physics at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from sim.engine import backlog, core, dispatch, energy
from sim.engine.caller import Caller
from sim.engine.contract import Contract, blamed
from sim.engine.days import Days
from sim.engine.dispatch import Counters, Facts, Room
from sim.engine.ledger import Ledger
from sim.engine.record import record
from sim.engine.storage import Storage
from sim.ground.arrays import Array, BoolArray, IntArray, sealed
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
        try:
            decision = policy.dispatch(run.view(epoch, arrived))
            run.execute(epoch, arrived, decision)
        except PluginError as error:
            raise blamed(error, policy, network, epoch) from error
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
        self.contract = Contract(network, self.facts)
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
        self.allowance = sealed(self.room.allowance)
        self.link_room = np.maximum(
            network["link_capacity"] * network["link_availability"] - network["background"], 0.0
        )
        bits = network["bits_in"] + network["bits_out"]
        self.ledger = Ledger(
            epochs,
            regions,
            workloads,
            centres,
            len(network["link_capacity"]),
            self.facts.route_delay.shape[2],
            ages,
            Days(network.calendar, regions, centres, np.stack([self.facts.pool >= 0, bits], axis=1)),
        )
        self.outlook = Outlook(network)
        self._call = Caller()
        self.storage = Storage(network, self.ledger.served, self.charge)
        seed = network.scenario.config.run
        self.rng = generator(seed.seed, seed.replication, "policy")
        self.before = np.zeros((regions, workloads))
        self.waiting = np.zeros((regions, workloads))
        self.served = np.zeros((regions, workloads, centres))
        self.score: Array | None = None
        self.ranking: IntArray = np.zeros((0, 3), dtype=np.int64)
        self.mine = np.ones(workloads, dtype=bool) if mine is None else mine
        # Of work that is no fluid here nothing waits.
        self.slack = np.where(self.mine, self.facts.slack, 0)

    def arrive(self, epoch: int) -> Array:
        """Add what arrives and what was booked for now; return the arrivals, [region, workload], FLOP."""
        arrived: Array = self.amount[epoch]
        self.waiting = np.empty(arrived.shape)
        backlog.arrive(self.backlog, arrived, self.slack, self.share, self.room.allowance, self.waiting)
        if self.agenda is not None:
            due = self.agenda[epoch % len(self.agenda)]
            self.backlog += due
            self.booked[epoch % len(self.agenda)] = due[:] = 0.0
            self._gather()
        return arrived

    def view(self, epoch: int, arrived: Array) -> View:
        """Return what the policy may read."""
        self.capacity = self.outlook.full[epoch]
        return View.of(
            self.outlook, epoch, arrivals=arrived, waiting=self.waiting, load=self.load, rng=self.rng,
            allowance=self.allowance, ages=lambda: self.backlog, battery=partial(self.storage.held, epoch),
            planner=self.planner,
        )  # fmt: skip

    def _gather(self) -> None:
        """Add up what waits once more, where it is no longer what it was; the view keeps the old sums."""
        self.waiting = np.empty(self.waiting.shape)
        backlog.gather(self.backlog, self.slack, self.waiting)

    def execute(self, epoch: int, arrived: Array, decision: Decision) -> None:
        """Carry a decision out as far as capacity, links and residency allow, and book it."""
        self.book(epoch, arrived, *self.settle(epoch, arrived, decision))
        used = self.capacity - self.room.compute
        self.load = np.divide(used, self.capacity, out=np.zeros_like(used), where=self.capacity > 0.0)

    def settle(self, epoch: int, arrived: Array, decision: Decision) -> tuple[Array, Array]:
        """Return what a decision serves, [region, workload, centre], and rejects, [region, workload]; both FLOP.

        What is served stands there until the next epoch.
        """
        self.contract.decision(decision)
        if decision.when is not None:
            self._book_ahead(epoch, arrived, decision.when)
        if decision.charge is not None:
            self.charge[epoch] = self.contract.charge(decision.charge)
        waiting, room = self.waiting, self.room
        room.compute[:] = self.capacity
        np.multiply(self.link_room[epoch], self.seconds, out=room.link)
        self.served.fill(0.0)
        done = Counters(self.served, self.ledger.traffic[epoch], self.ledger.path_work)
        rejected = np.zeros(waiting.shape)
        if decision.place is not None:
            place = self.contract.place(decision.place, self.capacity)
            path = self.contract.path(decision.path)
            self._call(dispatch.by_place, place, path, waiting, self.facts, room, done)
            left = np.maximum(waiting - done.served.sum(axis=2), 0.0)
            rejected = np.minimum(place[:, :, -1] * waiting, left)
        else:
            ranking = self._ranked(np.asarray(decision.score, dtype=np.float64))
            self._call(dispatch.by_score, ranking, waiting, self.facts, room, done)
        return done.served, rejected

    def book(self, epoch: int, arrived: Array, served: Array, rejected: Array) -> None:
        """Enter into the ledger what an epoch has served, [region, workload, centre], and turned away; FLOP."""
        last = epoch == self.network.calendar.epochs - 1
        unserved, after = np.empty((2, *rejected.shape))
        backlog.release(self.backlog, served, rejected, self.slack, last, self.ledger.wait, unserved, after)
        if self.agenda is not None:
            after += self.booked.sum(axis=0)
        self.ledger.book(epoch, self.before, arrived, served, unserved, after)
        self.before = after

    def _ranked(self, score: Array) -> IntArray:
        """Return who is served in which turn, found anew where the score is another."""
        if score is self.score and not score.flags.writeable:
            return self.ranking
        self.contract.score(score)
        if self.score is None or not np.array_equal(score, self.score):
            self.ranking = dispatch.ranking(score, self.facts.slack, self.mine)
        # What may be written to again is remembered as it is now.
        self.score = score.copy() if score.flags.writeable else score
        return self.ranking

    def _book_ahead(self, epoch: int, arrived: Array, given: Array) -> None:
        """Move this epoch's arrivals into later epochs as a decision says."""
        slack = self.facts.slack
        lags = int(slack.max()) + 1
        when = self.contract.when(given, lags)
        if self.agenda is None:
            self.agenda = np.zeros((lags, *self.backlog.shape))
        lag = np.arange(lags)
        left = self.network.calendar.epochs - 1 - epoch
        kept = (lag > 0) & (lag <= np.minimum(slack, left)[:, None])
        amount = np.where(kept, np.maximum(when, 0.0), 0.0) * arrived[:, :, None]
        self.backlog[:, :, 0] -= amount.sum(axis=2)
        later = (epoch + lag) % lags
        self.booked[later] += np.moveaxis(amount, 2, 0)
        self.agenda[later, :, :, lag] += np.moveaxis(amount, 2, 0)
        # A booking of all that came leaves a rounding error behind.
        np.maximum(self.backlog[:, :, 0], 0.0, out=self.backlog[:, :, 0])
        self._gather()


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
