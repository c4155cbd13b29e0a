"""Optimal dispatch as a linopy model: an independent statement of the program of `sim.optimise`.

Served work is one array of epoch, workload, region, centre and path, masked where there is no route: sums over
whole dimensions are what linopy is fastest at. Symbols as in `docs/background/dispatch.md`.
"""

from __future__ import annotations

from typing import Any

import linopy
import numpy as np
import pandas as pd
import xarray as xr

from sim.ground.arrays import Array, IntArray
from sim.optimise.layout import Facts, Routes

ROUTE = ("workload", "region", "centre", "path")


def model(facts: Facts, routes: Routes, links: IntArray) -> linopy.Model:
    """Return the model of some facts over some routes, with the rows of some links; kCNY."""
    with linopy.options as options:
        options["semantics"] = "v1"
        return _model(facts, routes, links)


def _model(facts: Facts, routes: Routes, links: IntArray) -> linopy.Model:
    made = linopy.Model(force_dim_names=True)
    epochs, regions, workloads = facts.demand.shape
    hours = facts.hours
    epoch = pd.RangeIndex(epochs, name="epoch")
    every = {"region": np.arange(regions), "workload": np.arange(workloads)}
    allowed = np.zeros((*facts.transport.shape[:3], int(routes.path.max(initial=0)) + 1), dtype=bool)
    allowed[routes.workload, routes.region, routes.centre, routes.path] = True
    route = _array(allowed, *ROUTE)
    s = made.add_variables(lower=0.0, coords=[epoch, *route.indexes.values()], mask=route, name="served")
    z = made.add_variables(lower=0.0, coords=[epoch, *map(_index, every, every.values())], name="unserved")
    transport = facts.transport[..., : allowed.shape[3]]
    cost = (s * _array(np.where(allowed, transport, 0.0), *ROUTE)).sum()
    cost += (z * _array(facts.unserved, "workload")).sum()

    arrived = _array(facts.demand, "epoch", "region", "workload")
    handled = s.sum(["centre", "path"]) + z
    now, later = np.flatnonzero(facts.slack == 0), np.flatnonzero(facts.slack > 0)
    if len(now):
        made.add_constraints(handled.sel(workload=now) == arrived.sel(workload=now), name="demand")
    if len(later):
        most = _recent(facts)[:, :, later]
        coords = [epoch, _index("region", every["region"]), _index("workload", later)]
        b = made.add_variables(lower=0.0, upper=_like(most, coords), coords=coords, name="backlog")
        waiting = b - b.shift(epoch=1).fillna(0.0) + handled.sel(workload=later)
        made.add_constraints(waiting == arrived.sel(workload=later), name="backlog")
    _residency(made, facts, s, epoch)

    it = _compute(made, facts, s)
    q = _pieces(made, facts, epoch)
    made.add_constraints(q.sum("piece") - it * (1.0 / hours) == 0.0, name="power")
    cost += _electricity(made, facts, q, epoch)
    _traffic(made, facts, routes, links, s)
    made.add_objective(cost)
    return made


def constant(facts: Facts) -> float:
    """Return what the objective holds beside the model: contracts, and idle power that only the grid meets, kCNY."""
    plain = np.setdiff1d(np.arange(facts.price.shape[1]), _metered(facts))
    idle = (facts.price * facts.power.start)[:, plain].sum()
    return float((idle + (facts.green * facts.contract).sum()) * facts.hours)


def objective(facts: Facts, routes: Routes, links: IntArray) -> float:
    """Return the optimum over some routes, with the rows of some links, kCNY."""
    made = model(facts, routes, links)
    outcome = made.solve("highs", io_api="direct", threads=1, log_to_console=False)
    assert outcome == ("ok", "optimal")
    return float(made.objective.value) + constant(facts)


def _recent(facts: Facts) -> Array:
    """Return the arrivals of the last D epochs, 0 at the end; [epoch, region, workload]."""
    most = np.zeros_like(facts.demand)
    for w, slack in enumerate(facts.slack):
        for t in range(len(most) - 1):
            most[t, :, w] = facts.demand[max(t - int(slack) + 1, 0) : t + 1, :, w].sum(axis=0)
    return most


def _residency(made: linopy.Model, facts: Facts, s: linopy.Variable, epoch: pd.Index) -> None:
    """Add: what leaves home is at most a share of what has come."""
    bound = np.flatnonzero(facts.move_share < 1.0)
    movable = np.flatnonzero((facts.slack > 0) & (facts.pool >= 0))
    if not len(bound) or not len(movable):
        return
    coords = [epoch, _index("region", bound), _index("workload", movable)]
    a = made.add_variables(lower=0.0, coords=coords, name="allowance")
    away = _array(facts.away.astype(float), "region", "centre").sel(region=bound)
    left = (s.sel(region=bound, workload=movable) * away).sum(["centre", "path"])
    share = _array(facts.move_share, "region") * _array(facts.demand, "epoch", "region", "workload")
    made.add_constraints(
        a - a.shift(epoch=1).fillna(0.0) + left == share.sel(region=bound, workload=movable), name="residency"
    )


def _compute(made: linopy.Model, facts: Facts, s: linopy.Variable) -> Any:
    """Add the capacity of the pools; return the IT power that the work draws, MW times hours."""
    power: Any = 0.0
    for pool in range(facts.draw.shape[1]):
        mine = np.flatnonzero(facts.pool == pool)
        if len(mine):
            work = s.sel(workload=mine).sum(["workload", "region", "path"])
            made.add_constraints(work <= _array(facts.capacity[:, :, pool], "epoch", "centre"), name=f"capacity-{pool}")
            power = work * _array(facts.draw[:, pool], "centre") + power
    return power


def _pieces(made: linopy.Model, facts: Facts, epoch: pd.Index) -> linopy.Variable:
    width = facts.power.width
    coords = [_index("piece", np.arange(len(width))), epoch, _index("centre", np.arange(width.shape[2]))]
    return made.add_variables(lower=0.0, upper=_like(width, coords), coords=coords, name="pieces")


def _metered(facts: Facts) -> IntArray:
    return np.flatnonzero((facts.green > 0.0).any(axis=0) | (facts.battery_energy * facts.battery_power > 0.0))


def _electricity(made: linopy.Model, facts: Facts, q: linopy.Variable, epoch: pd.Index) -> Any:
    """Add the balance of the centres with a contract or a battery; return what electricity costs."""
    slope = _array(facts.power.slope, "piece", "epoch", "centre")
    price = _array(facts.price * facts.hours, "epoch", "centre")
    at = _metered(facts)
    plain = np.setdiff1d(np.arange(facts.price.shape[1]), at)
    cost = (q.sel(centre=plain) * (slope * price).sel(centre=plain)).sum()
    if not len(at):
        return cost
    coords = [epoch, _index("centre", at)]
    grid = made.add_variables(lower=0.0, coords=coords, name="grid")
    green = made.add_variables(lower=0.0, upper=_like(facts.green[:, at], coords), coords=coords, name="green")
    supply = grid + green - (q.sel(centre=at) * slope.sel(centre=at)).sum("piece")
    held = np.flatnonzero(facts.battery_energy * facts.battery_power > 0.0)
    start = _array(facts.power.start, "epoch", "centre")
    if len(held):
        net = _battery(made, facts, epoch, held)
        made.add_constraints(supply.sel(centre=held) + net == start.sel(centre=held), name="energy-battery")
    rest = np.setdiff1d(at, held)
    if len(rest):
        made.add_constraints(supply.sel(centre=rest) == start.sel(centre=rest), name="energy")
    return cost + (grid * price.sel(centre=at)).sum()


def _battery(made: linopy.Model, facts: Facts, epoch: pd.Index, held: IntArray) -> Any:
    """Add the batteries; return discharge less charge, MW."""
    coords = [epoch, _index("centre", held)]
    shape = (len(epoch), len(held))
    power = _like(np.broadcast_to(facts.battery_power[held], shape), coords)
    energy = _like(np.broadcast_to(facts.battery_energy[held], shape), coords)
    charge = made.add_variables(lower=0.0, upper=power, coords=coords, name="charge")
    discharge = made.add_variables(lower=0.0, upper=power, coords=coords, name="discharge")
    content = made.add_variables(lower=0.0, upper=energy, coords=coords, name="content")
    gain = _array(facts.charge_efficiency * facts.hours, "centre").sel(centre=held)
    loss = _array(facts.hours / facts.discharge_efficiency, "centre").sel(centre=held)
    made.add_constraints(
        content - content.shift(epoch=1).fillna(0.0) - charge * gain + discharge * loss == 0.0, name="content"
    )
    return discharge - charge


def _traffic(made: linopy.Model, facts: Facts, routes: Routes, links: IntArray, s: linopy.Variable) -> None:
    """Add: traffic of both directions fits a link beside the background."""
    w, r, c, path = routes.workload, routes.region, routes.centre, routes.path
    hops = facts.route_link[r, c, path]
    for link in links:
        out, back = (hops == link).any(axis=1), (hops == facts.opposite[link]).any(axis=1)
        bits = out * facts.bits_in[w] + back * facts.bits_out[w]
        on = np.flatnonzero(bits > 0.0)
        if len(on):
            places = {d: xr.DataArray(v[on], dims="route") for d, v in zip(ROUTE, (w, r, c, path), strict=True)}
            load = (s.sel(places) * xr.DataArray(bits[on], dims="route")).sum("route")
            made.add_constraints(load <= _array(facts.link_room[:, link], "epoch"), name=f"link-{link}")


def _index(name: str, values: IntArray) -> pd.Index:
    return pd.Index(values, name=name)


def _array(values: Array, *dims: str) -> xr.DataArray:
    return xr.DataArray(values, dims=dims, coords={d: np.arange(n) for d, n in zip(dims, values.shape, strict=True)})


def _like(values: Array, coords: list[pd.Index]) -> xr.DataArray:
    return xr.DataArray(values, coords=coords)
