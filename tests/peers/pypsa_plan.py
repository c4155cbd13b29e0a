"""A capacity plan of one year as a PyPSA network: an independent statement of the program of `sim.optimise.expand`.

Representative days are PyPSA's investment periods: each a ring (stores are cyclic in it), each weighing as many days
as it stands for. Stocks are extendable components; those that grow together are tied through linopy.

| of the program | component |
|---|---|
| arrivals, unserved work, backlog | Load with negative `p_set`, Generator of sign −1, cyclic Store |
| route, its cost on the way | Link |
| pool | extendable Link from work to a need of IT power, `efficiency` in MW per EFLOPS |
| what stands idle | Generator of that need at a fixed share of its `p_nom`, tied to the pool |
| hall | Links of need to power with `efficiency` = −slope, tied; what it draws empty as a Generator of sign −1 |
| wind, sun, battery, grid | Generator, Generator, StorageUnit, Generator |
| waves | Generator of a bus of its own, whose `p_nom` widens the rows of traffic |

Targets, budget, rates, and how full halls may be are rows added through linopy.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pypsa
import xarray as xr

from sim.ground.arrays import Array, IntArray
from sim.optimise.expand.halls import halls
from sim.optimise.expand.levers import asked
from sim.optimise.expand.place import Setting
from sim.optimise.expand.plan import Study
from sim.optimise.layout import Facts, Routes
from sim.optimise.program import all_routes
from tests.peers.pypsa_model import loads, route_names

INF = float("inf")
WAVE = 0.4
pypsa.options.api.legacy_string_dtype = True


class Peer:
    """One year of a question of capacity, said in PyPSA's words.

    Parameters
    ----------
    study
        The question, of one future and one year, without retrofits and residents.
    """

    def __init__(self, study: Study) -> None:
        self.study, self.network = study, study.network
        self.plan = asked(study.network)
        (self.node,) = study.master.nodes
        self.levers = study.master.levers
        self.setting: Setting = study.setting
        self.epochs: IntArray = study.periods.epochs(study.network.calendar.epochs_per_day)
        self.facts: Facts = self.setting.facts
        assert (self.facts.move_share == 1.0).all()
        self.weights: Array = study.master.weights
        self.routes: Routes = all_routes(self.facts.at(self.epochs.ravel()), self.plan.paths)
        self.demand = self.facts.demand[self.epochs.ravel()] * self.node.growth
        self.constant = 0.0
        self.ties: list[tuple[str, str, str, str, float]] = []
        self.made = pypsa.Network()
        days, hours = self.epochs.shape
        self.snapshots = pd.MultiIndex.from_product([range(days), range(hours)], names=["period", "timestep"])
        self.made.set_snapshots(self.snapshots)
        self.made.investment_periods = list(range(days))
        self.made.snapshot_weightings = self.made.snapshot_weightings * self.facts.hours
        self.made.investment_period_weightings["objective"] = self.weights
        self.made.investment_period_weightings["years"] = 1.0
        self._work()
        self._compute()
        self._electricity()
        self._waves()

    def cost(self) -> float:
        """Return the least cost of the plan, present value, M CNY."""
        outcome = self.made.optimize(
            multi_investment_periods=True, extra_functionality=self._rows, include_objective_constant=False,
            solver_name="highs", io_api="direct", log_to_console=False,
            solver_options={"threads": 1, "primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9},
        )  # fmt: skip
        assert outcome == ("ok", "optimal")
        return (float(self.made.model.objective.value) + self.constant) * self.node.weight / 1e3

    def _frame(self, names: list[str], values: Array) -> pd.DataFrame:
        return pd.DataFrame(values, index=self.made.snapshots, columns=names)

    def _stock(self, kind: str, place: int) -> tuple[float, float, float]:
        """Return what is there of a stock, what it may become, and what a unit more costs a year, kCNY."""
        number = self.levers.stocks.at(kind)[place]
        age = self.node.year - self.network.scenario.config.year
        base = float(self.levers.base[number] * (1.0 - self.levers.retire[number] * age))
        builds = np.flatnonzero((self.levers.more == number) & (self.levers.lead == 0))
        if not len(builds):
            return base, base, 0.0
        (build,) = builds
        return base, base + float(self.levers.most[build]), float(self.levers.yearly[build]) * 1e3

    def _add(self, kind: str, name: str, stock: tuple[float, float, float], unit: float = 1.0, **parts: Any) -> None:
        """Add an extendable component whose `p_nom` is a stock over `unit`; what is there has no cost."""
        base, most, yearly = stock
        capital = yearly * unit / float(self.weights.sum())
        self.constant -= yearly * base
        self.made.add(
            kind, name, p_nom_extendable=True, p_nom_min=base / unit, p_nom_max=most / unit, capital_cost=capital,
            build_year=0, lifetime=INF, **parts,
        )  # fmt: skip

    def _work(self) -> None:
        """Add what arrives, what is left, what waits."""
        facts, (days, hours) = self.facts, self.epochs.shape
        for r in range(self.demand.shape[1]):
            for w in range(self.demand.shape[2]):
                bus, arrivals = f"work {r} {w}", self.demand[:, r, w]
                self.made.add("Bus", bus)
                self.made.add("Load", bus, bus=bus, p_set=pd.Series(-arrivals / facts.hours, self.made.snapshots))
                self.made.add(
                    "Generator", f"left {r} {w}", bus=bus, sign=-1.0, p_nom=INF, marginal_cost=facts.unserved[w]
                )
                slack = int(facts.slack[w])
                if not slack:
                    continue
                rings = arrivals.reshape(days, hours)
                most = np.array([[sum(ring[(h - back) % hours] for back in range(slack)) for h in range(hours)]
                                 for ring in rings]).ravel()  # fmt: skip
                top = float(most.max()) or 1.0
                self.made.add(
                    "Store", f"backlog {r} {w}", bus=bus, e_nom=top, e_cyclic_per_period=True,
                    e_max_pu=pd.Series(most / top, self.made.snapshots),
                )  # fmt: skip

    def _compute(self) -> None:
        """Add pools, what stands idle, and routes."""
        facts, network = self.facts, self.network
        self.made.add("Bus", "landed")
        self.made.add("Generator", "landed", bus="landed", sign=-1.0, p_nom=INF)
        at, idle = self.epochs.ravel(), network["idle_share"]
        for c in range(facts.price.shape[1]):
            self.made.add("Bus", [f"need {c}", f"power {c}"])
            for p, kind in enumerate(("general", "smart")):
                draw = float(self.levers.draw[c, p])
                up = pd.Series(network["availability"][at, c, p], self.made.snapshots)
                self.made.add("Bus", f"pool {c} {p}")
                self._add(
                    "Link", f"run {c} {p}", self._stock(kind, c), bus0=f"pool {c} {p}", bus1=f"need {c}",
                    efficiency=draw * (1.0 - idle[p]), p_max_pu=up,
                )  # fmt: skip
                standing = up * float(idle[p]) * draw
                self._add(
                    "Generator", f"idle {c} {p}", (0.0, INF, 0.0), bus=f"need {c}", p_min_pu=standing, p_max_pu=standing
                )
                self.ties.append(("Generator", f"idle {c} {p}", "Link", f"run {c} {p}", 1.0))
        w, r, c, path = self.routes.parts()
        pools = facts.pool[w]
        to = [f"pool {place} {pool}" if pool >= 0 else "landed" for place, pool in zip(c, pools, strict=True)]
        self.made.add(
            "Link", route_names(self.routes), bus0=[f"work {a} {b}" for a, b in zip(r, w, strict=True)], bus1=to,
            p_nom=INF, marginal_cost=facts.transport[w, r, c, path], build_year=0, lifetime=INF,
        )  # fmt: skip

    def _electricity(self) -> None:
        """Add halls, and where their power comes from."""
        at, facts, snapshots = self.epochs.ravel(), self.facts, self.made.snapshots
        start, slope, width = halls(self.network, at, self.plan.archetype)
        own = self.plan.green_supply == "own"
        for c in range(facts.price.shape[1]):
            for hall, kind in enumerate(("present", "new")):
                stock, names = self._stock(kind, c), [f"{kind} {c} {k}" for k in range(len(width))]
                for k, name in enumerate(names):
                    # Per rated MW, the first piece carries the cost of the hall.
                    own_stock = stock if k == 0 else (0.0, INF, 0.0)
                    self._add(
                        "Link", name, own_stock, 1.0, bus0=f"need {c}", bus1=f"power {c}",
                        p_max_pu=float(width[k]), efficiency=pd.Series(-slope[hall, k, :, c], snapshots),
                    )  # fmt: skip
                    if k:
                        self.ties.append(("Link", name, "Link", names[0], 1.0))
                empty = pd.Series(start[hall, :, c], snapshots)
                self._add(
                    "Generator", f"empty {kind} {c}", (0.0, INF, 0.0), bus=f"power {c}", sign=-1.0, p_min_pu=empty,
                    p_max_pu=empty,
                )  # fmt: skip
                self.ties.append(("Generator", f"empty {kind} {c}", "Link", names[0], 1.0))
            self.made.add(
                "Generator", f"grid {c}", bus=f"power {c}", p_nom=INF,
                marginal_cost=pd.Series(facts.price[at, c], snapshots),
            )  # fmt: skip
            for kind, yielded in (("wind", self.setting.wind[at, c]), ("solar", self.setting.solar[at, c])):
                base, most, yearly = self._stock(kind, c)
                paid = float(facts.contract[c] * (yielded.reshape(len(self.weights), -1).sum(axis=1) @ self.weights))
                # A contract is paid for what is delivered, taken or not; what is there is under contract in any case.
                self.constant += paid * base * facts.hours
                self._add(
                    "Generator", f"{kind} {c}", (base, most, yearly + (0.0 if own else paid * facts.hours)),
                    bus=f"power {c}", p_max_pu=pd.Series(yielded, snapshots),
                )  # fmt: skip
            there = facts.battery_energy[c] * facts.battery_power[c] > 0.0
            span = float(facts.battery_energy[c] / facts.battery_power[c]) if there else 2.0
            self._add(
                "StorageUnit", f"battery {c}", self._stock("battery", c), span, bus=f"power {c}", max_hours=span,
                efficiency_store=facts.charge_efficiency[c], efficiency_dispatch=facts.discharge_efficiency[c],
                cyclic_state_of_charge_per_period=True,
            )  # fmt: skip

    def _waves(self) -> None:
        self.made.add("Bus", "light")
        for number in range(self.levers.stocks.links):
            self._add("Generator", f"waves {number}", self._stock("waves", number), bus="light", p_max_pu=0.0)

    def _rows(self, made: Any, snapshots: pd.Index) -> None:
        """Add ties, traffic, and what the plan must keep."""
        model = made.model

        def nominal(kind: str, name: str) -> Any:
            return model[f"{kind}-p_nom"].sel(name=name, drop=True)

        for number, (kind, name, other, leader, factor) in enumerate(self.ties):
            model.add_constraints(
                nominal(kind, name) - factor * nominal(other, leader) == 0.0, name=f"tie-{number}"
            )  # fmt: skip
        self._traffic(model, nominal)
        centres = range(self.facts.price.shape[1])
        pools = [[nominal("Link", f"run {c} {p}") for p in (0, 1)] for c in centres]
        rooms = [[nominal("Link", f"{kind} {c} 0") for kind in ("present", "new")] for c in centres]
        for c in centres:
            servers = self.levers.draw[c, 0] * pools[c][0] + self.levers.draw[c, 1] * pools[c][1]
            hall = rooms[c][0] + rooms[c][1]
            model.add_constraints(servers - float(self.levers.filled[c]) * hall <= 0.0, name=f"filled-{c}")
            model.add_constraints(hall <= float(self.levers.ceiling[c]), name=f"ceiling-{c}")
        stocks = {"general": [row[0] for row in pools], "smart": [row[1] for row in pools]}
        for kind, most in self.levers.national.items():
            there = sum(self._stock(kind, c)[0] for c in centres)
            model.add_constraints(sum(stocks[kind][1:], stocks[kind][0]) <= most + there, name=f"rate-{kind}")
        self._budget(model, nominal)
        self._targets(model, stocks)

    def _traffic(self, model: Any, nominal: Any) -> None:
        """Traffic of both directions fits beside the background on what is there and on new waves."""
        facts, network, at = self.facts, self.network, self.epochs.ravel()
        number, link, bits = loads(facts, self.routes, np.arange(len(facts.opposite)))
        names = route_names(self.routes)
        pair = {int(one): place for place, one in enumerate(self.study.places[0].pairs)}
        for one in np.unique(link):
            mine = link == one
            flow = sum(
                float(amount) * model["Link-p"].sel(name=names[route], drop=True)
                for route, amount in zip(number[mine], bits[mine], strict=True)
            )
            waves = pair[int(one)] if int(one) in pair else pair[int(facts.opposite[one])]
            assert (network["link_availability"][at, one] == 1.0).all()
            room = np.maximum((network["link_capacity"][one] - network["background"][one]) / 1e12, 0.0)
            model.add_constraints(
                flow - WAVE * nominal("Generator", f"waves {waves}") <= float(room), name=f"traffic-{one}"
            )

    def _budget(self, model: Any, nominal: Any) -> None:
        if self.plan.budget_bn_cny is None:
            return
        spent: Any = 0.0
        there = 0.0
        for build in range(len(self.levers)):
            kind, place = self.levers.kind[build], int(self.levers.place[build])
            capex = float(self.levers.capex[build])
            if capex == 0.0:
                continue
            stock = "new" if kind == "facility" else kind
            unit = float(self.made.c.storage_units.static.max_hours[f"battery {place}"]) if kind == "battery" else 1.0
            component, name = {
                "general": ("Link", f"run {place} 0"), "smart": ("Link", f"run {place} 1"),
                "facility": ("Link", f"new {place} 0"), "battery": ("StorageUnit", f"battery {place}"),
                "waves": ("Generator", f"waves {place}"),
            }.get(kind, ("Generator", f"{kind} {place}"))  # fmt: skip
            spent = spent + capex * unit * nominal(component, name)
            there += capex * self._stock(stock, place)[0]
        model.add_constraints(spent <= self.plan.budget_bn_cny * 1e3 + there, name="budget")

    def _targets(self, model: Any, stocks: dict[str, list[Any]]) -> None:
        """Add capacity, AI share and hourly green share of the nation, where they are asked for."""
        general, smart = (sum(each[1:], each[0]) for each in (stocks["general"], stocks["smart"]))
        for name, target in self.plan.targets.items():
            if target.how == "report":
                continue
            assert target.scope == "nation"
            assert target.hub is None
            value = float(target.at_least or 0.0)
            if target.measure == "capacity_eflops":
                model.add_constraints(general + smart >= value, name=f"target-{name}")
            elif target.measure == "smart_share":
                model.add_constraints((1.0 - value) * smart - value * general >= 0.0, name=f"target-{name}")
            else:
                assert target.measure == "green_hourly"
                model.add_constraints(self._bought(model, value) <= 0.0, name=f"target-{name}")

    def _bought(self, model: Any, value: float) -> Any:
        """Return grid energy less what may be bought of facility energy, over the year, MWh."""
        total: Any = 0.0
        static = self.made.c.links.static.index
        at = self.epochs.ravel()
        start, slope, width = halls(self.network, at, self.plan.archetype)
        hours = np.repeat(self.weights, self.epochs.shape[1]) * self.facts.hours

        def weighed(values: Array) -> Any:
            return xr.DataArray(values, dims="snapshot", coords={"snapshot": model["Generator-p"].coords["snapshot"]})

        for c in range(self.facts.price.shape[1]):
            total = total + (weighed(hours) * model["Generator-p"].sel(name=f"grid {c}", drop=True)).sum()
            for hall, kind in enumerate(("present", "new")):
                empty = float((hours * start[hall, :, c]).sum())
                total = total - (1.0 - value) * empty * model["Link-p_nom"].sel(name=f"{kind} {c} 0", drop=True)
                for k in range(len(width)):
                    assert f"{kind} {c} {k}" in static
                    drawn = weighed(hours * slope[hall, k, :, c]) * model["Link-p"].sel(
                        name=f"{kind} {c} {k}", drop=True
                    )
                    total = total - (1.0 - value) * drawn.sum()
        return total
