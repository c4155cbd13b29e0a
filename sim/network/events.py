"""What a scenario's dated events do to capacity, links, weather and demand, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from sim.ground.arrays import Array, BoolArray
from sim.ground.calendar import Calendar
from sim.network.spells import spells
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Event


def overlap(event: Event, calendar: Calendar) -> Array:
    """Return the share of every epoch that an event covers; [epoch], 0–1."""
    begin = (event.at - calendar.start) / timedelta(seconds=calendar.seconds)
    end = begin + event.for_h * 3600.0 / calendar.seconds
    first = np.arange(calendar.epochs)
    return np.asarray(np.clip(np.minimum(end, first + 1) - np.maximum(begin, first), 0.0, 1.0))


def _hit(scenario: Scenario, event: Event) -> BoolArray:
    """Return which centres an event meets; [centre]."""
    centres = scenario.config.centres.items()
    if event.centre is not None:
        return np.array([name == event.centre for name, _ in centres])
    if event.hub is not None:
        return np.array([centre.hub == event.hub for _, centre in centres])
    if event.region is not None:
        return np.array([centre.region == event.region for _, centre in centres])
    return np.full(len(centres), event.link is None)


def centre_share(scenario: Scenario, calendar: Calendar, standing: Array) -> Array:
    """Return the share of capacity that is up in the mean of every epoch; [epoch, centre, pool].

    Parameters
    ----------
    scenario
        Gives outages and deratings, maintenance and commissioning.
    calendar
        The run's epochs.
    standing
        [centre, pool], share that is up without them.
    """
    share = np.tile(standing, (calendar.epochs, 1, 1))
    for spell in spells(scenario, ()):
        if spell.pools.any():
            share[:, spell.pools] *= 1.0 - spell.overlap(calendar)[:, None] * spell.lost
    return share


def link_share(scenario: Scenario, calendar: Calendar, links: Sequence[str]) -> Array:
    """Return the share of every link that is up, both directions alike; [epoch, link].

    Parameters
    ----------
    scenario
        Gives outages and deratings, and maintenance.
    calendar
        The run's epochs.
    links
        Ids of the directed links, forward before backward.
    """
    share = np.ones((calendar.epochs, len(links)))
    for spell in spells(scenario, links):
        if spell.links.any():
            share[:, spell.links] *= 1.0 - spell.overlap(calendar)[:, None] * spell.lost
    return share


def cuts(scenario: Scenario, links: Sequence[str]) -> list[int]:
    """Return the numbers of the links that events within the run take down altogether, ascending.

    Parameters
    ----------
    scenario
        Gives the outages and the run.
    links
        Ids of the directed links, forward before backward.
    """
    whole = [spell.links for spell in spells(scenario, links) if spell.lost >= 1.0]
    return [int(n) for n in np.flatnonzero(np.any(whole, axis=0)[: len(links) // 2])] if whole else []


def heat(scenario: Scenario, calendar: Calendar) -> Array:
    """Return what events add to the temperature; [epoch, centre], K."""
    added = np.zeros((calendar.epochs, len(scenario.config.centres)))
    for event in scenario.config.events:
        if event.what == "heat":
            added += overlap(event, calendar)[:, None] * float(event.add_k or 0.0) * _hit(scenario, event)[None, :]
    return added


def surge(scenario: Scenario, calendar: Calendar) -> Array:
    """Return the factor of events on demand; [epoch, region, workload]."""
    config = scenario.config
    factor = np.ones((calendar.epochs, len(config.regions), len(config.workloads)))
    for event in config.events:
        if event.what == "surge":
            where = np.array([event.region in (None, name) for name in config.regions])
            whom = np.array([event.workload in (None, name) for name in config.workloads])
            change = overlap(event, calendar) * (float(event.factor or 0.0) - 1.0)
            factor *= 1.0 + change[:, None, None] * where[None, :, None] * whom[None, None, :]
    return factor
