"""Optimal dispatch as a PyPSA network: an independent statement of the program of `sim.optimise`.

Work flows from its region to a pool, from the pool as a need of IT power to the pieces of facility power, and
there it meets electricity. Everything but the links is said in PyPSA's own components:

| of the program | component |
|---|---|
| arrivals | Load with negative `p_set` at the bus of region and workload |
| route, its WAN cost | Link, `marginal_cost` |
| unserved work | Generator of sign −1 |
| backlog and deadline | Store, `e_max_pu` = arrivals of the last D epochs |
| residency | a second output of the routes away from home (−1) at a bus whose Store holds the allowance |
| capacity, power of work | Link from the pool to the centre's IT need, `p_max_pu`, `efficiency` in MW per EFLOPS |
| piece of facility power | Link with `efficiency` = −slope: it draws from the bus it ends at |
| idle power | Load |
| grid, contract | Generator |
| battery | StorageUnit |

In `extra_functionality`, through linopy: traffic of both directions beside the background (`Traffic`; as ports of
the routes it would take two for every hop), and a backlog of 0 at the end of a window of a rolling horizon.
Take-or-pay is a constant that no component states: `contracts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pypsa
import xarray as xr

from sim.ground.arrays import Array, IntArray
from sim.optimise.layout import Facts, Routes

Names = list[str]
INF = float("inf")
# As it is by default, but said aloud, so that PyPSA does not announce that the default will change.
pypsa.options.api.legacy_string_dtype = True


def contracts(facts: Facts) -> float:
    """Return what the contracts cost, taken or not, kCNY."""
    return float((facts.green * facts.contract).sum() * facts.hours)


def network(facts: Facts, routes: Routes) -> Any:
    """Return the PyPSA network of some facts over some routes.

    Rates are in EFLOPS, Tbit/s and MW, costs in kCNY.
    """
    made = pypsa.Network()
    made.set_snapshots(pd.RangeIndex(len(facts.demand), name="snapshot"))
    made.snapshot_weightings = made.snapshot_weightings * facts.hours
    _work(made, facts)
    _residency(made, facts)
    _compute(made, facts)
    _electricity(made, facts)
    _routes(made, facts, routes)
    return made


def objective(facts: Facts, routes: Routes, links: IntArray) -> float:
    """Return the optimum over some routes, with the rows of some links, kCNY."""
    return solved(facts, routes, links)[0]


def solved(facts: Facts, routes: Routes, links: IntArray, **options: Any) -> tuple[float, Array]:
    """Return the optimum, kCNY, and what is served over each route, [epoch, route]; with options of HiGHS."""
    made = network(facts, routes)
    outcome = made.optimize(
        extra_functionality=Traffic(facts, routes, links),
        include_objective_constant=False,
        solver_name="highs",
        io_api="direct",
        log_to_console=False,
        solver_options={"threads": 1, **options},
    )
    assert outcome == ("ok", "optimal")
    served = made.c.links.dynamic.p0[route_names(routes)].to_numpy() * facts.hours
    return float(made.objective) + contracts(facts), served


def cost(made: Any, facts: Facts) -> float:
    """Return what the dispatch written to a network costs, kCNY."""
    total = float((made.c.links.dynamic.p0 * made.c.links.static.marginal_cost).to_numpy().sum())
    prices = made.get_switchable_as_dense("Generator", "marginal_cost")
    total += float((made.c.generators.dynamic.p * prices).to_numpy().sum())
    return total * facts.hours + contracts(facts)


def _work(made: Any, facts: Facts) -> None:
    """Add the buses of the work, what arrives, what waits, and what is left."""
    epochs, regions, workloads = facts.demand.shape
    r, w = (part.ravel() for part in np.meshgrid(range(regions), range(workloads), indexing="ij"))
    bus = _named("work", r, w)
    made.add("Bus", bus)
    arrivals = facts.demand.reshape(epochs, -1)
    made.add("Load", bus, bus=bus, p_set=_frame(made, bus, -arrivals / facts.hours))
    left = _named("unserved", r, w)
    made.add("Generator", left, bus=bus, sign=-1.0, p_nom=INF, marginal_cost=facts.unserved[w])
    waits = np.flatnonzero(facts.slack[w] > 0)
    most = np.zeros((epochs, len(waits)))
    for place, at in enumerate(waits):
        for t in range(epochs - 1):
            most[t, place] = arrivals[max(t - int(facts.slack[w[at]]) + 1, 0) : t + 1, at].sum()
    _store(made, _named("backlog", r[waits], w[waits]), [bus[at] for at in waits], most)


def _residency(made: Any, facts: Facts) -> None:
    """Add what may leave home: a share of all that has come."""
    r, w = _residents(facts)
    bus = _named("leave", r, w)
    earned = facts.move_share[r] * facts.demand[:, r, w]
    made.add("Bus", bus)
    made.add("Load", bus, bus=bus, p_set=_frame(made, bus, -earned / facts.hours))
    made.add("Store", _named("allowance", r, w), bus=bus, e_nom=INF)


def _residents(facts: Facts) -> tuple[IntArray, IntArray]:
    movable = (facts.move_share < 1.0)[:, None] & ((facts.slack > 0) & (facts.pool >= 0))[None, :]
    r, w = np.nonzero(movable)
    return r, w


def _compute(made: Any, facts: Facts) -> None:
    """Add the pools with their capacity and the IT power that their work needs."""
    epochs, centres, pools = facts.capacity.shape
    c, p = (part.ravel() for part in np.meshgrid(range(centres), range(pools), indexing="ij"))
    made.add("Bus", ["landed", *_named("it", np.arange(centres)), *_named("pool", c, p)])
    made.add("Generator", "landed", bus="landed", sign=-1.0, p_nom=INF)
    room = facts.capacity.reshape(epochs, -1) / facts.hours
    name, it = _named("run", c, p), _named("it", c)
    _limited(made, "Link", name, room, bus0=_named("pool", c, p), bus1=it, efficiency=facts.draw[c, p])


def _electricity(made: Any, facts: Facts) -> None:
    """Add facility power: idle, by pieces, and where it comes from."""
    count, _, centres = facts.power.slope.shape
    each = np.arange(centres)
    bus = _named("power", each)
    made.add("Bus", bus)
    made.add("Load", _named("idle", each), bus=bus, p_set=_frame(made, _named("idle", each), facts.power.start))
    for k in range(count):
        name = _named("piece", each, np.full(centres, k))
        slope = _frame(made, name, -facts.power.slope[k])
        _limited(made, "Link", name, facts.power.width[k], bus0=_named("it", each), bus1=bus, efficiency=slope)
    grid = _named("grid", each)
    made.add("Generator", grid, bus=bus, p_nom=INF, marginal_cost=_frame(made, grid, facts.price))
    _limited(made, "Generator", _named("green", each), facts.green, bus=bus)
    power, energy = facts.battery_power, facts.battery_energy
    held = np.flatnonzero(power * energy > 0.0)
    if len(held):
        made.add(
            "StorageUnit", _named("battery", held), bus=_named("power", held), p_nom=power[held],
            max_hours=energy[held] / power[held], efficiency_store=facts.charge_efficiency[held],
            efficiency_dispatch=facts.discharge_efficiency[held],
        )  # fmt: skip


def _routes(made: Any, facts: Facts, routes: Routes) -> None:
    """Add the routes; those of residents away from home take from the allowance."""
    w, r, c, path = routes.workload, routes.region, routes.centre, routes.path
    pool = facts.pool[w]
    to = np.where(pool >= 0, _named("pool", c, pool), "landed")
    r_bound, w_bound = _residents(facts)
    bound = np.zeros(facts.demand.shape[1:], dtype=bool)
    bound[r_bound, w_bound] = True
    leaves = bound[r, w] & facts.away[r, c]
    ports = {"bus2": np.where(leaves, _named("leave", r, w), ""), "efficiency2": -1.0} if leaves.any() else {}
    cost = facts.transport[w, r, c, path]
    made.add("Link", route_names(routes), bus0=_named("work", r, w), bus1=to, p_nom=INF, marginal_cost=cost, **ports)


def route_names(routes: Routes) -> Names:
    """Return the names of the routes in the network."""
    return _named("route", routes.workload, routes.region, routes.centre, routes.path)


@dataclass(frozen=True)
class Traffic:
    """Adds the rows of some links; as `extra_functionality`.

    Attributes
    ----------
    facts, routes
        As the network was made from.
    links
        Numbers of the directed links.
    closed
        Whether no work may wait at the last snapshot, for the windows of a rolling horizon.
    """

    facts: Facts
    routes: Routes
    links: IntArray
    closed: bool = False

    def __call__(self, made: Any, snapshots: pd.Index) -> None:
        """Add the rows to the network's linopy model."""
        model = made.model
        if self.closed:
            stores = [name for name in made.c.stores.static.index if name.startswith("backlog")]
            last = model["Store-e"].sel(snapshot=snapshots[-1], name=stores)
            model.add_constraints(last, "=", 0.0, name="window-closed")
        number, link, bits = loads(self.facts, self.routes, self.links)
        if not len(number):
            return
        names = np.array(route_names(self.routes))
        label = xr.DataArray(link, dims="name", coords={"name": names[number]}, name="link")
        flow = model["Link-p"].sel(name=xr.DataArray(names[number], dims="name"))
        load = (flow * xr.DataArray(bits, dims="name", coords=label.coords)).groupby(label).sum()
        at = snapshots.to_numpy()
        used = np.unique(link)
        room = self.facts.link_room[np.ix_(at, used)] / self.facts.hours
        upper = xr.DataArray(room, dims=("snapshot", "link"), coords={"snapshot": at, "link": used})
        model.add_constraints(load, "<=", upper, name="link-traffic")


def loads(facts: Facts, routes: Routes, links: IntArray) -> tuple[IntArray, IntArray, Array]:
    """Return route, link and Tbit per unit of work of every load that a route puts on a link; [entry] each."""
    found: dict[tuple[int, int], float] = {}
    wanted = set(links.tolist())
    for number, (w, r, c, path) in enumerate(
        zip(routes.workload, routes.region, routes.centre, routes.path, strict=True)
    ):
        for hop in facts.route_link[r, c, path]:
            if hop < 0:
                break
            for link, bits in ((int(hop), facts.bits_in[w]), (int(facts.opposite[hop]), facts.bits_out[w])):
                if link in wanted and bits > 0.0:
                    found[number, link] = found.get((number, link), 0.0) + float(bits)
    route, over = np.array(list(found), dtype=np.int64).reshape(-1, 2).T
    return route, over, np.array(list(found.values()))


def crowded(facts: Facts, routes: Routes, served: Array, links: IntArray) -> IntArray:
    """Return the links, beside those given, that carry more than they have room for in some epoch."""
    number, link, bits = loads(facts, routes, np.arange(len(facts.opposite)))
    traffic = np.zeros_like(facts.link_room)
    np.add.at(traffic.T, link, (served[:, number] * bits).T)
    over = (traffic > facts.link_room * (1.0 + 1e-9) + 1e-9).any(axis=0)
    return np.setdiff1d(np.flatnonzero(over), links)


def _store(made: Any, name: Names, bus: Names, most: Array) -> None:
    """Add stores that hold at most so much; [epoch, store]."""
    nominal = most.max(axis=0, initial=0.0)
    share = most / np.where(nominal > 0.0, nominal, 1.0)
    made.add("Store", name, bus=bus, e_nom=nominal, e_max_pu=_frame(made, name, share))


def _limited(made: Any, kind: str, name: Names, most: Array, **parts: Any) -> None:
    """Add components that carry at most so much; [epoch, component]."""
    nominal = most.max(axis=0)
    share = most / np.where(nominal > 0.0, nominal, 1.0)
    made.add(kind, name, p_nom=nominal, p_max_pu=_frame(made, name, share), **parts)


def _frame(made: Any, name: Names, values: Array) -> pd.DataFrame:
    return pd.DataFrame(values, index=made.snapshots, columns=name)


def _named(kind: str, *numbers: IntArray) -> Names:
    return [" ".join([kind, *map(str, row)]) for row in zip(*(n.tolist() for n in numbers), strict=True)]
