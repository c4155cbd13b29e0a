"""Dated: what a scenario says will go out of service, and when."""

from __future__ import annotations

from collections.abc import Iterator

from sim.engine.processes.base import Happening, Loss, Site, register
from sim.network.spells import Spell, spells


@register("dated")
def dated(site: Site) -> Iterator[Happening]:
    """Yield a process for every outage, derating, recorded failure, maintenance window and step of a commissioning."""
    for spell in spells(site.network.scenario, site.network.ids("link")):
        if spell.lost > 0.0:
            yield _spell(site, spell)


def _spell(site: Site, spell: Spell) -> Happening:
    loss = Loss(spell.pools, spell.links, spell.lost)
    if spell.notice > 0.0 and spell.begin > 0.0:
        yield site.until(spell.begin - spell.notice)
        site.world.notice(loss)
    if spell.begin > 0.0:
        yield site.until(spell.begin)
    site.world.lose(loss)
    yield site.until(spell.end)
    site.world.restore(loss)
