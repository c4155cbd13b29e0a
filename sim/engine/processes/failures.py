"""Failures: what breaks by chance and is repaired, every centre and every link by itself."""

from __future__ import annotations

from collections.abc import Iterator
from math import gamma

import numpy as np

from sim.engine.processes.base import Happening, Loss, Site, register
from sim.network.spells import links_of, pools_of
from sim.scenario.reliability import Failure

_HOUR = 3600.0


@register("failures")
def failures(site: Site) -> Iterator[Happening]:
    """Yield a process for every way in which each centre and each link may fail."""
    for name, law in site.network.scenario.config.failures.items():
        for thing, loss, between in _things(site, law):
            yield _broken_and_mended(site, law, loss, between, f"{name} {thing}")


def _things(site: Site, law: Failure) -> Iterator[tuple[str, Loss, float]]:
    """Yield what may fail: its id, what is lost then, and the mean time from a repair to a failure, s."""
    scenario, links = site.network.scenario, site.network.ids("link")
    no_pool, no_link = pools_of(scenario, ["/"]), links_of(links, [])
    if law.what == "centre":
        for name, centre in scenario.config.centres.items():
            if not law.among or name in law.among or centre.hub in law.among:
                yield name, Loss(pools_of(scenario, [name], law.pool), no_link, law.lost_share), law.between_h * _HOUR
        return
    for number, name in enumerate(links[: len(links) // 2]):
        length = site.network["link_length"][number] / 1e6
        if (not law.among or name in law.among) and (length > 0.0 or not law.per_1000_km):
            between = law.between_h * _HOUR / (length if law.per_1000_km else 1.0)
            yield name, Loss(no_pool, links_of(links, [name]), law.lost_share), between


def _broken_and_mended(site: Site, law: Failure, loss: Loss, between: float, name: str) -> Happening:
    """Break and mend for ever; times are drawn whatever else is broken, so that policies meet the same failures.

    X = mean / Γ(1 + 1/k) · E^(1/k) is Weibull of shape k and that mean, E exponential.
    """
    rng, ride = site.rng("failures", name), law.ride_through_h * _HOUR
    while True:
        yield site.wait(_weibull(rng, between, law.between_shape))
        repair = _weibull(rng, law.repair_h * _HOUR, law.repair_shape)
        if repair <= ride:
            yield site.wait(repair)
            continue
        if ride > 0.0:
            yield site.wait(ride)
        site.world.lose(loss)
        yield site.wait(repair - ride)
        site.world.restore(loss)


def _weibull(rng: np.random.Generator, mean: float, shape: float) -> float:
    return float(mean / gamma(1.0 + 1.0 / shape) * rng.standard_exponential() ** (1.0 / shape))
