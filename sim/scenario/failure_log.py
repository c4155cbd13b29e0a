"""A log of what went out of service: when, which centre or link, for how long."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sim.ground.errors import Origin, ScenarioError
from sim.ground.lines import table
from sim.scenario.trace_files import TraceFile

COLUMNS = ("at", "id", "for_h")
_MOST = 200_000
_MOST_HOURS = 87_840.0


class Outage(NamedTuple):
    """A row of a log.

    Attributes
    ----------
    line
        Of the file.
    at
        First instant, in the nation's time.
    what
        Id of the centre or link.
    hours
        How long it was out.
    """

    line: int
    at: datetime
    what: str
    hours: float


@lru_cache(maxsize=16)
def outages(log: TraceFile) -> tuple[Outage, ...]:
    """Return the rows of a log, in their order.

    Parameters
    ----------
    log
        A CSV file with the columns ``at`` (2024-03-01 or 2024-03-01 14:30), ``id`` and ``for_h``, plain or gzip.

    Raises
    ------
    ScenarioError
        Where it has other columns, an instant or a length that is none, or too many rows; names the line.
    """
    found: list[Outage] = []
    for rows in table(log.path, COLUMNS, COLUMNS):
        for line, at, what, hours in zip(
            rows.line.tolist(), rows.words("at"), rows.words("id"), rows.numbers("for_h", _MOST_HOURS), strict=True
        ):
            place = Origin(str(log.path), line)
            if not hours > 0.0:
                raise ScenarioError("for_h: an outage has a length above 0", place)
            found.append(Outage(line, _instant(at, place), what, float(hours)))
        if len(found) > _MOST:
            raise ScenarioError(f"more than {_MOST:,} rows; take the part that touches the run", Origin(str(log.path)))
    return tuple(found)


def _instant(text: str, place: Origin) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ScenarioError(f"at: '{text[:40]}' is no instant; write 2024-03-01 14:30", place) from None
    if at.tzinfo is not None:
        raise ScenarioError("at carries a time zone; all times are the nation's own, write it without one", place)
    return at
