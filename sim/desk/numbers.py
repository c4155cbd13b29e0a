"""Numbers as the command line takes them."""

from __future__ import annotations

from math import isfinite
from typing import Any

import click


class Finite(click.FloatRange):
    """A finite number within a range; click's own range lets ``nan`` through, and ``inf`` where it is open."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number, or end the command as click does where an option is wrong."""
        found = float(super().convert(value, param, ctx))
        if not isfinite(found):
            self.fail(f"{value} is no finite number.", param, ctx)
        return found
