"""Why one run costs or emits more than another: the difference split in several ways, each of which sums to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import factorial, prod
from typing import Any

Document = Mapping[str, Any]
Parts = dict[str, float]

FACTORS = ("it_energy", "pue", "green_cover", "place", "waiting")
"""Factors of the grid's bill and of its emissions, in the order of `_factors`."""


def product_shares(before: Sequence[float], after: Sequence[float]) -> list[float]:
    """Return what each factor of a product adds to the product's change; they sum to it.

    The Shapley value: the mean, over all orders in which the factors may change one after the other, of what a factor
    changes when its turn comes. Symmetric, exact, and defined where a factor is 0, which logarithms are not.

    Parameters
    ----------
    before, after
        The factors.

    References
    ----------
    L. S. Shapley (1953), "A value for n-person games"; J. W. Sun, "Changes in energy consumption and energy intensity:
    a complete decomposition model", Energy Economics 20 (1998) 85-100; J. Albrecht, D. François and K. Schoors, "A
    Shapley decomposition of carbon emissions without residuals", Energy Policy 30 (2002) 727-736.

    Examples
    --------
    >>> product_shares([2.0, 10.0], [3.0, 10.0]), product_shares([2.0, 10.0], [3.0, 20.0])
    ([10.0, 0.0], [15.0, 25.0])
    """
    count = len(before)
    shares = []
    for k in range(count):
        others = [j for j in range(count) if j != k]
        total = 0.0
        for size in range(count):
            weight = factorial(size) * factorial(count - 1 - size) / factorial(count)
            for changed in combinations(others, size):
                total += weight * prod(after[j] if j in changed else before[j] for j in others)
        shares.append(total * (after[k] - before[k]))
    return shares


def attribution(ours: Document, first: Document) -> dict[str, Any]:
    """Return why a run costs and emits more than the first one.

    Parameters
    ----------
    ours, first
        What `sim.results.store.document` holds of the two.

    Returns
    -------
    dict
        ``cost_bn_cny`` and ``emissions_mt`` (location-based), each with ``total`` (ours less the first's) and ``by``
        {term, hub, hour, workload}: names of the parts to parts, in the same unit, which sum to the total.
        By term the grid's bill is IT energy · PUE · share that contracts leave to the grid · price of the places ·
        drawn price over that (waiting: the hours that are used), and likewise its emissions.
    """
    return {"cost_bn_cny": _cost(ours, first), "emissions_mt": _emissions(ours, first)}


def mean(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the mean of attributions of several replications; it sums to the mean difference."""
    first = found[0]
    if not isinstance(first, dict):
        return sum(found) / len(found)
    return {key: mean([one.get(key, 0.0) for one in found]) for key in first}


def _cost(ours: Document, first: Document) -> dict[str, Any]:
    a, b = first["kpi"]["cost_bn_cny"], ours["kpi"]["cost_bn_cny"]
    rest = {name: b[name] - a[name] for name in ("carbon", "wan", "unserved")}
    contracts = _contracts(ours) - _contracts(first)
    bill = _factored(ours, first, "grid_price_cny_per_kwh")
    beside = {"contracts": contracts, "wan": rest["wan"]}

    def paid(item: Document) -> float:
        return float(item["cost_bn_cny"]["energy"] + item["cost_bn_cny"]["carbon"])

    def booked(item: Document) -> float:
        return float(item["grid_bill_bn_cny"] + item["cost_bn_cny"]["carbon"])

    def worked(item: Document) -> float:
        return booked(item) + float(item["cost_bn_cny"]["unserved"])

    return {
        "total": b["total"] - a["total"],
        "by": {
            "term": bill | {"contracts": contracts} | rest,
            "hub": _hubs(ours, first, paid) | {"wan": rest["wan"], "unserved": rest["unserved"]},
            "hour": _differences(ours, first, "hour", lambda item: paid(item) + float(item["cost_bn_cny"]["wan"]))
            | {"unserved": rest["unserved"]},
            "workload": _differences(ours, first, "workload", worked)
            | {"idle": _idle(ours, booked) - _idle(first, booked)}
            | beside,
        },
    }


def _emissions(ours: Document, first: Document) -> dict[str, Any]:
    def emitted(item: Document) -> float:
        return float(item["emissions_mt"]["location"])

    return {
        "total": emitted(ours["kpi"]) - emitted(first["kpi"]),
        "by": {
            "term": _factored(ours, first, "grid_factor_kg_per_kwh"),
            "hub": _hubs(ours, first, emitted),
            "hour": _differences(ours, first, "hour", emitted),
            "workload": _differences(ours, first, "workload", emitted)
            | {"idle": _idle(ours, emitted) - _idle(first, emitted)},
        },
    }


def _contracts(run: Document) -> float:
    """Return what contracted energy costs; bn CNY, whatever is taken of it."""
    return float(run["kpi"]["cost_bn_cny"]["energy"] - run["kpi"]["grid_bill_bn_cny"])


def _factored(ours: Document, first: Document, each: str) -> Parts:
    """Return what the factors of the grid's bill, or of its emissions, add to their difference."""
    before, after = _factors(first["kpi"], each), _factors(ours["kpi"], each)
    pairs = [_both(a, b) for a, b in zip(before, after, strict=True)]
    # TWh times a price per kWh is bn, times kg per kWh it is Mt.
    shares = product_shares([a for a, _ in pairs], [b for _, b in pairs])
    return dict(zip(FACTORS, shares, strict=True))


def _factors(kpi: Document, each: str) -> list[float | None]:
    energy, facility, grid = (kpi[f"{name}_energy_twh"] for name in ("it", "facility", "grid"))
    drawn, even = kpi[each]["drawn"], kpi[each]["even"]
    return [energy, _over(facility, energy), _over(grid, facility), even, _over(drawn, even)]


def _over(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def _both(before: float | None, after: float | None) -> tuple[float, float]:
    """Return a factor of both runs; where one has none, that of the other, where neither has, 1."""
    known = next((value for value in (before, after) if value is not None), 1.0)
    return (known if before is None else before), (known if after is None else after)


def _hubs(ours: Document, first: Document, value: Any) -> Parts:
    """Return the differences of the hubs, and what lies outside them."""
    inside = _differences(ours, first, "hub", value)
    return inside | {"outside": value(ours["kpi"]) - value(first["kpi"]) - sum(inside.values())}


def _differences(ours: Document, first: Document, group: str, value: Any) -> Parts:
    return {name: value(item) - value(first["by"][group][name]) for name, item in ours["by"][group].items()}


def _idle(run: Document, value: Any) -> float:
    """Return what idle equipment and lost work have of what is booked to workloads."""
    return float(value(run["kpi"])) - sum(float(value(item)) for item in run["by"]["workload"].values())
