"""The event engine: what can wait is jobs, one by one, on SimPy's clock; what cannot is a fluid that goes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.engine import energy, lots, reserved, rows, tally
from sim.engine.books import by_place
from sim.engine.clock import Clock
from sim.engine.contract import blamed
from sim.engine.fluid import Fluid, Progress
from sim.engine.loop import EASY, FCFS, Loop
from sim.engine.processes.base import REGISTRY, Happening, Site
from sim.engine.record import record
from sim.engine.sight import look_at_pools, look_at_work
from sim.engine.stock import Stock, stock
from sim.engine.ways import ways
from sim.engine.world import World
from sim.ground.arrays import Array, BoolArray, sealed
from sim.ground.errors import PluginError
from sim.ground.seeds import generator
from sim.network.decision import Decision
from sim.network.jobs import jobs as draw_jobs
from sim.network.network import Network
from sim.network.power import facility, it_power, utilisation
from sim.network.traces import UNIT
from sim.network.view import Planner, View
from sim.policies.base import Policy
from sim.results.jobs_table import Block, Column
from sim.results.schema import Results
from sim.workloads.jobs import TICK, Jobs

FLOP = UNIT / TICK
"""Work of a unit in a tick, FLOP."""
_DISCIPLINES = {"fcfs": FCFS, "easy": EASY}


def simulate(
    network: Network,
    policy: Policy,
    progress: Progress | None = None,
    planner: Planner | None = None,
    tell: Callable[[Sequence[Column], Iterator[Block]], object] | None = None,
) -> Results:
    """Return the results of a network under a policy, deferrable compute being jobs.

    Interactive work and data stay a fluid: every epoch begins with a decision, by which the fluid is served first and
    reserves what it needs; jobs share the rest until the next decision, exactly, from event to event, while processes
    (`sim.engine.processes`) take capacity out of service and put it back. The physics of power follows for all epochs
    at once, from the same functions as for the fluid engine.

    Parameters
    ----------
    network
        Resources, demand and surroundings.
    policy
        The rule of dispatch.
    progress
        Called with the epochs done and their number, now and then.
    planner
        Returns the optimal plan, for the policies that ask for it.
    tell
        Called at the end with the columns of a table of all jobs, and its rows, some at a time.

    Returns
    -------
    Results
        Every series of the run.

    Raises
    ------
    PluginError
        Where a decision breaks its contract.
    InvariantError
        Where jobs, work, bits or energy are not conserved.
    """
    run = Nation(network, policy, progress, planner)
    run.clock.run(run.ticks * network.calendar.epochs)
    run.close(network.calendar.epochs - 1)
    ledger, past = run.ledger, run.as_it_was()
    tally.enter_jobs(ledger, run.jobs, run.loop, run.stock, run.ticks)
    load = utilisation(past, ledger.served)
    power = it_power(past, load)
    total, water = facility(past, power)
    if tell is not None:
        tell(rows.columns(network), rows.blocks(run.jobs, run.loop, run.stock))
    return record(past, ledger, load, power, total, water, energy.balance(past, total, run.fluid.charge))


class Nation:
    """A run: its jobs, its fluid, its clock, and what the epochs do.

    Parameters
    ----------
    network, policy, progress, planner
        As in `simulate`.

    Attributes
    ----------
    jobs
        All jobs, in the order of their arrival.
    stock
        Pools of jobs in whole units.
    loop, clock, world, fluid, ledger
        See there.
    ticks
        Of an epoch.
    """

    def __init__(
        self, network: Network, policy: Policy, progress: Progress | None = None, planner: Planner | None = None
    ) -> None:
        self.network, self.policy, self._progress = network, policy, progress
        calendar, rules = network.calendar, network.scenario.config.run.jobs
        self.ticks = round(calendar.seconds * TICK)
        self._seconds, self._rules = calendar.seconds, rules
        whom = (network.slack > 0) & (network["workload_pool"] >= 0)
        self.fluid = Fluid(network, planner, ~whom)
        self.ledger = self.fluid.ledger
        self._coming = np.where(whom, network["demand"], 0.0) * calendar.seconds
        self.jobs = _jobs(network)
        self.stock: Stock = stock(network)
        self.loop = Loop(
            self.jobs,
            self.stock.capacity,
            _DISCIPLINES.get(rules.discipline, max(rules.depth, 2)),
            pool_of=self.stock.pool_of,
            near=self.stock.near,
            most=rules.queue,
            checkpoint=self.stock.checkpoint,
            epoch=self.ticks,
            seed=int(_rng(network).integers(2**63)),
            roads=ways(network, self.stock) if rules.transfers else None,
        )
        self.clock = Clock(self.loop)
        self.world = World(
            self.loop, self.stock.units, self.stock.number, self.stock.standing, network["link_capacity"],
            move=rules.on_failure == "move", roads=rules.transfers,
        )  # fmt: skip
        self._up = np.empty(network["availability"].shape)
        self._links_up = np.empty(network["link_availability"].shape)
        self._installed = network["capacity"] * calendar.seconds
        self._bandwidth, self._background = network["link_capacity"], network["background"]
        self._links: Array | None = None
        self._room = self._background
        self._score: Array | None = None
        self._served: Array = np.zeros(0)
        self._rejected = self._arrived = self._served
        self._taken = np.zeros(self.stock.units.shape, dtype=np.int64)
        self._reserved, self._flow = self._taken.copy(), np.zeros(self._taken.shape)
        self._books = self.loop.close_epoch()
        site = Site(self.clock.env, network, self.world)
        for name in REGISTRY.names():
            for process in REGISTRY.get(name)(site):
                self.clock.env.process(process)
        self.clock.env.process(self._epochs())

    def _epochs(self) -> Happening:
        """Decide, let an epoch pass, book it, and so on to the end of the run."""
        epochs = self.network.calendar.epochs
        for epoch in range(epochs):
            self.open(epoch)
            if epoch + 1 == epochs:
                return
            yield self.clock.env.timeout(self.ticks)
            self.close(epoch)
            if self._progress is not None and (epoch + 1) % 256 == 0:
                self._progress(epoch + 1, epochs)

    def open(self, epoch: int) -> None:
        """Begin an epoch: the policy decides, the fluid is served and reserved for, jobs are steered."""
        fluid, world, transfers = self.fluid, self.world, self._rules.transfers
        if world.links is not self._links:
            self._links = world.links
            self._room = np.maximum((self._bandwidth * world.links - self._background) * self._for_fluid(), 0.0)
        fluid.link_room[epoch] = self._room
        self._arrived = fluid.arrive(epoch)
        view = self._view(epoch)
        try:
            decision = self.policy.dispatch(view)
            self._served, self._rejected = fluid.settle(epoch, self._arrived, decision)
            self._defer(decision, view)
        except PluginError as error:
            raise blamed(error, self.policy, self.network, epoch) from error
        reserved.reserve(self._served, fluid.facts.pool, self._seconds * UNIT, self._flow, self._reserved)
        traffic = self._background + self.ledger.traffic[epoch] / self._seconds if transfers else None
        world.reserve(self._reserved, traffic)
        self._steer(decision)

    def close(self, epoch: int) -> None:
        """End an epoch: what was done is booked, and nothing may be missing."""
        books = self._books = self.loop.close_epoch()
        past = self.world.take()
        self._up[epoch], self._links_up[epoch] = past.pools, past.links
        # What was sent to a centre that failed is lost until it is mended.
        reserved.cut(self._served, self._rejected, past.kept, self.fluid.facts.pool)
        self.fluid.book(epoch, self._arrived, self._served, self._rejected)
        by_place(
            books.work, books.gone, self.stock.centre, self.stock.kind, FLOP,
            self._taken, self.ledger.served[epoch], self.ledger.lost[epoch],
        )  # fmt: skip
        if self._rules.transfers:
            self.ledger.traffic[epoch] += books.carried

    def as_it_was(self) -> Network:
        """Return the network with the shares that were in service in the mean of every epoch."""
        data = self.network.data
        made = {
            name: (data[name].dims, values, data[name].attrs)
            for name, values in (("availability", self._up), ("link_availability", self._links_up))
        }
        return replace(self.network, data=data.assign(made))

    def _for_fluid(self) -> float:
        """Return the share of a link's room that the fluid may take."""
        return 1.0 - self._rules.link_share if self._rules.transfers else 1.0

    def _view(self, epoch: int) -> View:
        """Return what the policy may read: work that is expected to come as jobs stands beside the fluid."""
        fluid, books, coming = self.fluid, self._books, self._coming[epoch]
        pools, work = np.empty((3, *self._taken.shape)), np.empty((2, *coming.shape))
        look_at_pools(
            self._installed, self.world.pools, self._taken, self.world.kept, self.ticks, FLOP, books.waiting,
            self.stock.centre, self.stock.kind, pools,
        )  # fmt: skip
        look_at_work(self._arrived, coming, fluid.waiting, books.back, FLOP, work)
        (fluid.capacity, load, queued), (arrivals, waiting) = sealed(pools), sealed(work)
        return View.of(
            fluid.outlook, epoch, arrivals=arrivals, waiting=waiting, load=load, allowance=fluid.allowance,
            rng=fluid.rng, capacity=fluid.capacity, queued=queued,
            ages=partial(_ages, fluid.backlog, coming, books.back), battery=partial(fluid.storage.held, epoch),
            planner=fluid.planner,
        )  # fmt: skip

    def _steer(self, decision: Decision) -> None:
        """Tell the jobs where they go from now on."""
        if decision.place is not None:
            self._score = None
            self.loop.steer(place=decision.place, quota=self._rules.shares == "quota")
            return
        score = np.asarray(decision.score)
        if score is self._score and not score.flags.writeable:
            return
        self._score = score
        finite = score[np.isfinite(score)]
        spread = float(np.ptp(finite)) if finite.size else 0.0
        self.loop.steer(score=score, congestion=spread / (self._rules.wait_weight_h * 3600.0))

    def _defer(self, decision: Decision, view: View) -> None:
        """Tell the jobs of this epoch in which hours they may run, where the policy says so."""
        choose = getattr(self.policy, "hours", None)
        if choose is None and decision.when is None:
            return
        first = self.loop.coming()
        last = int(np.searchsorted(self.jobs.arrive, self.loop.now + self.ticks))
        if last == first:
            return
        some = self.jobs.only(np.arange(first, last))
        if choose is not None:
            allowed = np.asarray(choose(some, view), dtype=bool)
        else:
            allowed = lots.lags(np.asarray(decision.when), some, _rng(self.network, str(first)))
        self.loop.defer(first, _masks(allowed), self.stock.pausable[some.workload])


def _ages(waits: Array, coming: Array, back: Array) -> Array:
    """Return what waits by age: beside the fluid, jobs that come now, and those that were kept back before."""
    ages = waits.copy()
    ages[:, :, 0] += coming
    ages[:, :, min(1, ages.shape[2] - 1)] += back * FLOP
    return ages


def _masks(allowed: BoolArray) -> NDArray[np.uint64]:
    """Return hours that are allowed, [job, lag], as a bit each."""
    if allowed.ndim != 2 or allowed.shape[1] > 64:
        raise PluginError(f"`hours` has the shape {allowed.shape}; it is [job, lag], with 64 lags at most")
    bits = np.uint64(1) << np.arange(allowed.shape[1], dtype=np.uint64)
    return np.asarray((allowed * bits).sum(axis=1), dtype=np.uint64)


def _jobs(network: Network) -> Jobs:
    """Return the jobs of a run: due at its end at the latest, with the priority of their workload."""
    rules = network.scenario.config.run.jobs
    made = Jobs.joined(draw_jobs(network, rules.count, rules.widest_share))
    end = round(network.calendar.epochs * network.calendar.seconds * TICK)
    level = np.array([workload.priority for workload in network.scenario.config.workloads.values()], dtype=np.int32)
    return replace(made, due=np.minimum(made.due, end), level=level[made.workload])


def _rng(network: Network, name: str = "") -> np.random.Generator:
    """Return the stream of the lots that jobs draw."""
    run = network.scenario.config.run
    return generator(run.seed, run.replication, "lots", name)
