"""A network design in whole modules: what to buy, what it costs, and what no design costs less than."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy import sparse

from sim.ground.arrays import Array, BoolArray
from sim.ground.errors import ScenarioError, SolveError
from sim.optimise.backbone import power_of_two
from sim.optimise.cuts import rounded
from sim.optimise.purchases import Purchases
from sim.scenario.backbones.sndlib import Model
from sim.scenario.topology import Topology

_COVERED = {"ROUTING_MODEL": "CONTINUOUS", "ADMISSIBLE_PATH_MODEL": "ALL_PATHS"}
_SETS = 2000
"""Sets of places around which cuts are laid."""
_CUTTING, _AT_ONCE, _BROKEN = 0.3, 100, 1e-3
"""Share of the time in which cuts are sought, how many are added at once, and by how much one must be broken."""


@dataclass(frozen=True)
class Design:
    """A design and its certificate.

    Attributes
    ----------
    cost
        Of the design, in the file's unit.
    bound
        What no design costs less than.
    number
        [purchase], how many of each; see `Offer`.
    load
        [way], flow: all links from source to target, then all back.
    first
        Cost of the design that the search began with.
    nodes
        Of the tree that the solver searched.
    seconds
        Time that it took.
    """

    cost: float
    bound: float
    number: Array
    load: Array
    first: float
    nodes: int
    seconds: float

    @property
    def gap(self) -> float:
        """Return by what share of its cost the design may be too dear at most."""
        return (self.cost - self.bound) / self.cost if self.cost else 0.0


def design(topology: Topology, model: Model, seconds: float = 60.0, gap: float = 1e-4) -> Design:
    """Return the best design in whole modules that is found in a time, and a bound for all of them.

    ::

        min  Σ_e Σ_m k_em y_em + Σ_e r_e f_e + Σ_e c_e z_e
        s.t. f carries every demand,  f_e ≤ p_e + Σ_m C_em y_em,  f_e ≤ D z_e,  y whole,  z 0 or 1

    with the symbols of `design_bound`; Σ_m y_em ≤ 1 for EXPLICIT capacities, y continuous for LINEAR ones, D all
    demands together. A first design is found by slope scaling: flow is priced at what it cost per unit in the
    design before. Cuts around places that hang together, rounded up to whole modules, make the relaxation tighter.

    Parameters
    ----------
    topology
        A network of SNDlib.
    model
        What the design may do; its routing is continuous, over any path.
    seconds
        Most time of the search.
    gap
        Share of the cost at which the search may end earlier.

    Returns
    -------
    Design
        Cost and bound; equal within `gap` where the time sufficed.

    Raises
    ------
    ScenarioError
        Where the model asks for what is not covered, or the demands cannot be carried.
    SolveError
        Where the solver fails, or finds no design in the time.

    References
    ----------
    T. G. Crainic, B. Gendron, G. Hernu (2004), "A Slope Scaling/Lagrangean Perturbation Heuristic", Journal of
    Heuristics 10, doi 10.1023/B:HEUR.0000045323.83583.bd. C. Raack, A. M. C. A. Koster, S. Orlowski, R. Wessäly
    (2011), "On cut-based inequalities for capacitated network design polyhedra", Networks 57(2),
    doi 10.1002/net.20395.
    """
    for key, covered in _COVERED.items():
        if model.values[key] != covered:
            text = f"{key} is {model.values[key]}; a design in whole modules is found for {covered} alone"
            raise ScenarioError(text, model.origin(key))
    began = time.monotonic()
    offer = Purchases(topology, model)
    first, start = offer.first()
    found = _Search(offer).solved(start, seconds - (time.monotonic() - began), gap)
    number = np.zeros(offer.count)
    number[offer.kept] = found.number
    return replace(found, number=number, first=first, seconds=time.monotonic() - began)


class _Search:
    """The integer program: columns are purchases, links in use, flows of every source on every arc."""

    def __init__(self, offered: Purchases) -> None:
        self.what = offered
        self.offer, self.network, self.trees = offered.offer, offered.network, offered.trees

    def solved(self, start: Array, seconds: float, gap: float) -> Design:
        """Return the best design that is found, without what it began with."""
        money = power_of_two(float(max(self.what.price.max(initial=0.0), self.offer.cost.max(initial=0.0))))
        solver = self._program(money)
        until = time.monotonic() + max(seconds, 1.0)
        if self.what.whole:
            self._cut(solver, time.monotonic() + _CUTTING * seconds)
        solver.setOptionValue("time_limit", solver.getRunTime() + max(until - time.monotonic(), 1.0))
        solver.setOptionValue("mip_rel_gap", gap)
        whole = np.concatenate([np.full(len(start), self.what.whole), np.ones(len(self.what.charged), dtype=bool)])
        at = np.flatnonzero(whole).astype(np.int32)
        integer = np.full(len(at), int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        solver.changeColsIntegrality(len(at), at, integer)
        solver.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
        solver.run()
        info = solver.getInfo()
        if info.primal_solution_status != int(highspy.SolutionStatus.kSolutionStatusFeasible):
            raise SolveError("network design: no design was found in the time; give it more")
        values = np.asarray(solver.getSolution().col_value)
        number = values[: len(start)]
        flow = values[len(start) + len(self.what.charged) :].reshape(-1, len(self.trees.start)).sum(axis=0)
        taken = self.trees.way >= 0
        load = np.zeros(2 * self.network.count)
        np.add.at(load, self.trees.way[taken], flow[taken] * self.network.unit)
        return Design(
            cost=float(info.objective_function_value) * money + self.offer.paid,
            bound=float(info.mip_dual_bound) * money + self.offer.paid,
            number=np.asarray(np.round(number) if self.what.whole else number),
            load=load,
            first=0.0,
            nodes=int(info.mip_node_count),
            seconds=0.0,
        )

    def _cut(self, solver: highspy.Highs, until: float) -> None:
        """Add the cuts that the relaxation breaks, most broken first, until it breaks none or the time is up."""
        cut, least = rounded(self._sets(), self.offer.of, self.what.size)
        norm = np.sqrt(np.asarray(cut.multiply(cut).sum(axis=1)).ravel())
        solver.setOptionValue("time_limit", max(until - time.monotonic(), 1.0))
        while time.monotonic() < until:
            solver.run()
            if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return
            bought = np.asarray(solver.getSolution().col_value)[: len(self.what.price)]
            broken = (least - cut @ bought) / norm
            worst = np.argsort(-broken, kind="stable")[:_AT_ONCE]
            worst = worst[broken[worst] > _BROKEN]
            if not len(worst):
                return
            rows = cut[worst]
            solver.addRows(
                len(worst), least[worst], np.full(len(worst), np.inf), rows.nnz, rows.indptr[:-1].astype(np.int32),
                rows.indices.astype(np.int32), rows.data,
            )  # fmt: skip

    def _program(self, money: float) -> highspy.Highs:
        """Return a solver that holds the program; money in units of `money`."""
        arcs, demands = len(self.trees.start), self.network.demands
        purchases, opened, commodities = len(self.what.price), len(self.what.charged), len(demands.source)
        columns = purchases + opened + commodities * arcs
        blocks = list(self._rows(arcs, purchases, opened))
        matrix = sparse.vstack([block for block, _, _ in blocks], format="csc")
        flow_cost = np.where(self.trees.way >= 0, self.offer.cost[self.trees.way % self.network.count], 0.0)
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = matrix.shape
        model.col_cost_ = (
            np.concatenate(
                [
                    self.what.price,
                    self.offer.charge[self.what.charged],
                    np.tile(flow_cost * self.network.unit, commodities),
                ]
            )
            / money
        )
        model.col_lower_ = np.zeros(columns)
        model.col_upper_ = np.concatenate(
            [np.full(purchases, np.inf), np.ones(opened), np.full(arcs * commodities, np.inf)]
        )
        model.row_lower_ = np.concatenate([low for _, low, _ in blocks])
        model.row_upper_ = np.concatenate([high for _, _, high in blocks])
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = matrix.indptr.astype(np.int32)
        model.a_matrix_.index_ = matrix.indices.astype(np.int32)
        model.a_matrix_.value_ = matrix.data
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        if solver.passModel(model) == highspy.HighsStatus.kError:
            raise SolveError("network design: the program was refused; this is a bug of suanwang, please report it")
        return solver

    def _rows(self, arcs: int, purchases: int, opened: int) -> Iterator[tuple[sparse.csr_matrix, Array, Array]]:
        """Yield blocks of rows with their bounds: balance, capacity, choice, links in use, cuts."""
        trees, network = self.trees, self.network
        demands, places = trees.demands, trees.places
        commodities = len(demands.source)
        incidence = sparse.csr_matrix(
            (np.repeat([1.0, -1.0], arcs), (np.concatenate([trees.end, trees.start]), np.tile(np.arange(arcs), 2))),
            shape=(places, arcs),
        )
        need = np.zeros((commodities, places))
        np.add.at(need, (demands.commodity, demands.target), demands.value)
        np.add.at(need, (demands.commodity, demands.source[demands.commodity]), -demands.value)
        nothing = sparse.csr_matrix((commodities * places, purchases + opened))
        balance = sparse.hstack([nothing, sparse.kron(sparse.identity(commodities), incidence)], format="csr")
        yield balance, need.ravel(), need.ravel()
        taken = trees.way >= 0
        rows = network.copies * network.count
        on = sparse.csr_matrix(
            (np.ones(taken.sum()), (network.row[trees.way[taken]], np.flatnonzero(taken))), shape=(rows, arcs)
        )
        flow = sparse.hstack([on] * commodities)
        gain = sparse.vstack([self.offer.gain / network.unit] * network.copies)
        free = np.full(rows, -np.inf)
        yield (
            sparse.hstack([-gain, sparse.csr_matrix((rows, opened)), flow], format="csr"),
            free,
            np.tile(self.what.there, network.copies),
        )
        tail = commodities * arcs
        if self.offer.explicit:
            one = self.offer.gain.sign()
            yield self._wide(one, tail + opened), np.full(one.shape[0], -np.inf), np.ones(one.shape[0])
        if opened:
            use = sparse.csr_matrix(
                (np.full(opened, -self.what.total), (self.what.charged, np.arange(opened))),
                shape=(network.count, opened),
            )
            some = sparse.hstack(
                [sparse.csr_matrix((rows, purchases)), sparse.vstack([use] * network.copies), flow], format="csr"
            )[np.isin(np.arange(rows) % network.count, self.what.charged)]
            yield some, np.full(some.shape[0], -np.inf), np.zeros(some.shape[0])

    @staticmethod
    def _wide(block: sparse.spmatrix, further: int) -> sparse.csr_matrix:
        return sparse.hstack([block, sparse.csr_matrix((block.shape[0], further))], format="csr")

    def _sets(self) -> Iterator[tuple[BoolArray, float]]:
        """Yield the links that part some places from the others, and the capacity that they must get.

        The places hang together: single ones first, then two, three and more, as many sets as are allowed.
        """
        network = self.network
        places = len(network.topology.nodes)
        single = np.eye(places, dtype=bool)
        found, inside = [single], single
        joined = single[network.source] | single[network.target]
        while len(inside) and sum(map(len, found)) < _SETS and 2 * len(found) < places:
            beside = (inside[:, network.source] != inside[:, network.target]).nonzero()
            inside = np.unique(inside[beside[0]] | joined[beside[1]], axis=0)
            found.append(inside)
        inside = np.concatenate(found)[:_SETS]
        origin = network.demands.source[network.demands.commodity]
        goal, value = network.demands.target, network.demands.value
        for some in inside:
            out = float(value[some[origin] & ~some[goal]].sum())
            back = float(value[~some[origin] & some[goal]].sum())
            links = some[network.source] != some[network.target]
            if network.copies == 2:
                needed = max(out, back)
            elif network.back:
                needed = out + back
            else:
                links = some[network.source] & ~some[network.target]
                needed = out
            yield links, needed - float(self.what.there[links].sum())
