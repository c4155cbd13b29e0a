"""The prices of a solved program: what one more unit of each scarce thing is worth, hour by hour."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.optimise.layout import Facts
from sim.optimise.program import Program


@dataclass
class Prices:
    """Duals over the horizon, kCNY; whatever their values, they give a valid bound.

    Attributes
    ----------
    rent
        [epoch, centre, pool], ≥ 0, per EFLOPS·h of capacity.
    power
        [epoch, centre], per MW of IT power above idle.
    energy
        [epoch, metered centre], per MW of facility power.
    content
        [epoch, battery], per MWh.
    link
        [epoch, active link], ≥ 0, per Tbit/s·h.
    away
        [epoch, residency row], per unit of work that leaves home.
    links
        Numbers of the active links.
    """

    rent: Array
    power: Array
    energy: Array
    content: Array
    link: Array
    away: Array
    links: IntArray

    @classmethod
    def empty(cls, program: Program) -> Prices:
        """Return prices of 0 for a program's horizon."""
        facts = program.facts
        epochs, centres = facts.price.shape
        rows = {equation.name: equation.rows for equation in program.equations}
        return cls(
            np.zeros((epochs, centres, facts.draw.shape[1])),
            np.zeros((epochs, centres)),
            np.zeros((epochs, rows.get("energy", 0))),
            np.zeros((epochs, rows.get("content", 0))),
            np.zeros((epochs, rows.get("links", 0))),
            np.zeros((epochs, rows.get("residency", 0))),
            program.links,
        )

    def copy(self) -> Prices:
        """Return the same prices in arrays of their own."""
        return replace(self, **{part.name: getattr(self, part.name).copy() for part in fields(self)})

    def grown(self, links: IntArray) -> Prices:
        """Return the same prices for these links, among which are all that have one; the others cost nothing yet."""
        link = np.zeros((len(self.link), len(links)))
        link[:, [int(np.flatnonzero(links == one)[0]) for one in self.links]] = self.link
        return replace(self, link=link, links=links)

    def enter(self, program: Program, begin: int, end: int, duals: Array) -> None:
        """Enter the row prices of a solved window."""
        hourly = duals.reshape(end - begin, program.rows)
        for name, target, sign in (
            ("capacity", self.rent, -1.0), ("power", self.power, 1.0), ("energy", self.energy, 1.0),
            ("content", self.content, 1.0), ("links", self.link, -1.0), ("residency", self.away, -1.0),
        ):  # fmt: skip
            first = program.first_row(name)
            if first is not None:
                shape = target[begin:end].shape
                width = int(np.prod(shape[1:]))
                part = sign * hourly[:, first : first + width]
                part = np.maximum(part, 0.0) if name in ("capacity", "links") else part
                target[begin:end] = part.reshape(shape)

    def compute(self, facts: Facts) -> Array:
        """Return the price of compute: rent and the power it draws; [epoch, centre, pool], kCNY per EFLOPS·h."""
        return np.asarray(self.rent + self.power[:, :, None] * facts.draw[None] / facts.hours)
