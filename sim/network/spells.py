"""What goes out of service at times that are known: dated events, recorded failures, maintenance, commissioning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from sim.ground.arrays import Array, BoolArray
from sim.ground.calendar import Calendar
from sim.scenario.failure_log import outages
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Event

_POOLS = ("general", "smart")


@dataclass(frozen=True, eq=False)
class Spell:
    """A time in which a share of the capacity in service is out.

    Attributes
    ----------
    begin, end
        s since the run began; may lie outside it.
    pools
        [centre, pool], which capacity it meets.
    links
        [link], which directed links it meets.
    lost
        Share that is lost, 0–1.
    notice
        How long before it no job starts on what will be lost, s; 0 where it comes unannounced.
    """

    begin: float
    end: float
    pools: BoolArray
    links: BoolArray
    lost: float
    notice: float = 0.0

    def overlap(self, calendar: Calendar) -> Array:
        """Return the share of every epoch that it covers; [epoch], 0–1."""
        begin, end = self.begin / calendar.seconds, self.end / calendar.seconds
        first = np.arange(calendar.epochs)
        return np.asarray(np.clip(np.minimum(end, first + 1) - np.maximum(begin, first), 0.0, 1.0))


def spells(scenario: Scenario, links: Sequence[str]) -> list[Spell]:
    """Return all that goes out of service at times that are known and touch the run.

    Parameters
    ----------
    scenario
        Gives outages and deratings, recorded failures, maintenance, commissioning.
    links
        Ids of the directed links, forward before backward.
    """
    made = [
        *_events(scenario, links),
        *_logged(scenario, links),
        *_maintenance(scenario, links),
        *_commissioning(scenario, links),
    ]
    return [spell for spell in made if spell.end > 0.0 and spell.begin < scenario.config.run.horizon_h * 3600.0]


def _since_start(scenario: Scenario, at: datetime) -> float:
    """Return an instant as s since the run began."""
    # A zone is told elsewhere; here it must only not stop the search for other problems.
    return (at.replace(tzinfo=None) - scenario.config.run.start.replace(tzinfo=None)) / timedelta(seconds=1)


def pools_of(scenario: Scenario, among: Sequence[str], pool: str | None = None) -> BoolArray:
    """Return what some centres and hubs have; [centre, pool].

    Parameters
    ----------
    scenario
        Has the centres.
    among
        Ids of centres and hubs; none for all.
    pool
        Id of a pool, None for all.
    """
    centres = scenario.config.centres.items()
    met = np.array([not among or name in among or centre.hub in among for name, centre in centres])
    kind = np.array([pool in (None, name) for name in _POOLS])
    return np.asarray(met[:, None] & kind[None, :])


def links_of(names: Sequence[str], among: Sequence[str]) -> BoolArray:
    """Return both directions of some links; [link].

    Parameters
    ----------
    names
        Ids of the directed links, forward before backward.
    among
        Ids of links, as the scenario has them.
    """
    forward = np.isin(np.array(names[: len(names) // 2], dtype=str), np.array(among, dtype=str))
    return np.concatenate([forward, forward])


def _events(scenario: Scenario, links: Sequence[str]) -> Iterator[Spell]:
    nothing = np.zeros((len(scenario.config.centres), len(_POOLS)), dtype=bool)
    for event in scenario.config.events:
        if event.what not in ("outage", "derate"):
            continue
        begin = _since_start(scenario, event.at)
        named = [name for name in (event.centre, event.hub) if name is not None]
        yield Spell(
            begin,
            begin + event.for_h * 3600.0,
            pools_of(scenario, named) if named else nothing,
            links_of(links, [event.link] if event.link else []),
            1.0 - kept(event),
        )


def _logged(scenario: Scenario, links: Sequence[str]) -> Iterator[Spell]:
    none, no_link = pools_of(scenario, ["/"]), links_of(links, [])
    for name, log in scenario.config.failure_logs.items():
        for row in outages(scenario.logs[name]):
            begin = _since_start(scenario, row.at)
            met = (
                (none, links_of(links, [row.what]))
                if log.what == "link"
                else (pools_of(scenario, [row.what], log.pool), no_link)
            )
            yield Spell(begin, begin + row.hours * 3600.0, *met, log.lost_share)


def kept(event: Event) -> float:
    """Return the share that an outage or a derating leaves."""
    return 0.0 if event.what == "outage" else float(event.share or 0.0)


def _maintenance(scenario: Scenario, links: Sequence[str]) -> Iterator[Spell]:
    whole = scenario.config.run.horizon_h * 3600.0
    for rule in scenario.config.maintenance.values():
        first, every = _since_start(scenario, rule.at), rule.every_h * 3600.0
        for place, (pools, lines) in enumerate(_each(scenario, links, rule.what, rule.among)):
            begin = first + place * rule.apart_h * 3600.0
            while begin < whole:
                yield Spell(
                    begin, begin + rule.for_h * 3600.0, pools, lines, rule.lost_share, rule.notice_h * 3600.0
                )  # fmt: skip
                begin += every


def _each(
    scenario: Scenario, links: Sequence[str], what: str, among: Sequence[str]
) -> Iterator[tuple[BoolArray, BoolArray]]:
    """Yield what one centre after the other has, or one link after the other: [centre, pool] and [link]."""
    none, no_link = pools_of(scenario, ["/"]), links_of(links, [])
    if what == "link":
        for name in links[: len(links) // 2]:
            if not among or name in among:
                yield none, links_of(links, [name])
        return
    for name, centre in scenario.config.centres.items():
        if not among or name in among or centre.hub in among:
            yield pools_of(scenario, [name]), no_link


def _commissioning(scenario: Scenario, links: Sequence[str]) -> Iterator[Spell]:
    """Yield what is not there yet: all that lacks before the ramp, and on it what lacks in the mean of each epoch."""
    no_link, epoch = links_of(links, []), scenario.config.run.epoch_h * 3600.0
    for plan in scenario.config.commissioning.values():
        begin = _since_start(scenario, plan.at)
        end = begin + plan.for_h * 3600.0
        pools = pools_of(scenario, [plan.centre], plan.pool)
        lacking = 1.0 - plan.begin_share
        yield Spell(-np.inf, begin, pools, no_link, lacking)
        edges = np.unique(np.clip(np.arange(np.floor(begin / epoch), np.ceil(end / epoch) + 1) * epoch, begin, end))
        for first, last in pairwise(edges):
            passed = (0.5 * (first + last) - begin) / (end - begin)
            yield Spell(float(first), float(last), pools, no_link, lacking * (1.0 - passed))
