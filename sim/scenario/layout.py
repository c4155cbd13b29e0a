"""What a nation's folder holds: its tables, their columns, and which of them a nation may leave out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sim.scenario.entities import (
    Battery,
    Centre,
    Driver,
    Green,
    Hub,
    Link,
    Node,
    Power,
    Region,
    Section,
    Workload,
)
from sim.scenario.fields import Place, spellings
from sim.scenario.reliability import Failure

# Table → id column and schema of its entities.
ENTITIES: dict[str, tuple[str, type[Section]]] = {
    "hubs": ("hub", Hub),
    "regions": ("region", Region),
    "nodes": ("node", Node),
    "links": ("link", Link),
    "centres": ("centre", Centre),
    "workloads": ("workload", Workload),
    "drivers": ("driver", Driver),
    "failures": ("failure", Failure),
}
OPTIONAL = {"failures"}
"""Of them those that a nation may leave out."""
# What a table may hold beside the schema's fields: context that a reader of the table wants.
CONTEXT = {"source", "confidence", "note", "name_en", "name_zh"}
CONTEXT_OF = {
    "nodes": {"role", "region"},
    "links": {"great_circle_km", "waves_400g", "tier", "capacity_confidence"},
    "centres": {"pue_reported", "reported_green_share"},
    "workloads": {"class", "level", "level_unit"},
}
MONTHLY = ("temperature_mean_c", "temperature_max_c", "temperature_min_c", "relative_humidity_percent")
ENERGIES = ("it_twh", "electrical_twh", "misc_twh", "cooling_twh")
SECTIONS = ("standard", "grid", "green", "economy", "network", "weather", "renewables", "report")
"""Sections of single values, which the table `national` may give."""
SERIES: dict[str, tuple[float, float, float]] = {
    "temperature_c": (1.0, -90.0, 60.0),
    "relative_humidity_percent": (0.01, 0.0, 100.0),
    "wind_capacity_factor": (1.0, 0.0, 1.0),
    "solar_capacity_factor": (1.0, 0.0, 1.0),
    "price_cny_per_kwh": (1.0 / 3.6e6, -10.0, 100.0),
    "emission_factor_kg_per_kwh": (1.0 / 3.6e6, 0.0, 10.0),
}
"""Measured hourly series that a nation may give: SI value of the column's unit, least and most allowed."""
HEAD = {"id", "name", "year", "utc_offset_h", "allocation", "about", "backbone", "series", "epw", "delays"}
"""Keys of nation.yaml."""
BACKBONE = ("nodes", "links")
"""Tables that a file of a public backbone may stand in for."""


@dataclass(frozen=True)
class Layout:
    """The columns of a table.

    Attributes
    ----------
    keys
        Columns that tell its rows apart: two rows never agree in all of them.
    needed
        Further columns that must be there, with no cell empty.
    known
        All columns that may be there; None for any.
    required
        Whether a nation must have the table.
    """

    keys: tuple[str, ...]
    needed: tuple[str, ...] = ("source", "confidence")
    known: Collection[str] | None = None
    required: bool = True


def columns(section: type[Section]) -> dict[str, Any]:
    """Return the columns that a section may have in a table, with the kind of value in each.

    Parameters
    ----------
    section
        A class of the schema.

    Returns
    -------
    dict
        Key → kind, of single values and lists of ids; the unit stands in the key.
    """
    fields = [(name, kind) for written, (name, kind) in spellings(section).items() if written == name]
    return {
        name: kind for name, kind in fields if Place(name, kind).section is None and Place(name, kind).entries is None
    }


def _entity(table: str) -> Layout:
    key, section = ENTITIES[table]
    known = {key, *columns(section)} | CONTEXT | CONTEXT_OF.get(table, set())
    return Layout((key,), known=known, required=table not in OPTIONAL)


def _part(keys: tuple[str, ...], section: type[Section], required: bool, *context: str) -> Layout:
    return Layout(keys, known={*keys, *context, *columns(section)} | CONTEXT, required=required)


def _plain(keys: tuple[str, ...], *values: str, required: bool = True) -> Layout:
    return Layout(keys, (*values, "source", "confidence"), {*keys, *values} | CONTEXT, required)


LAYOUTS: dict[str, Layout] = {
    **{table: _entity(table) for table in ENTITIES},
    "power": _part(("region",), Power, True),
    "green": _part(("centre",), Green, False, "reported_share"),
    "battery": _part(("centre",), Battery, False),
    "cooling_mix": _plain(("centre", "archetype"), "share"),
    "elasticities": _plain(("workload", "driver"), "elasticity", required=False),
    "allocations": _plain(("allocation", "centre", "pool"), "precision", "capacity_eflops", "mw_per_eflops"),
    "national": Layout(("key",), ("value", "source", "confidence")),
    "climate": Layout(("site", "month"), MONTHLY, required=False),
    "calibration": Layout(("centre", "archetype"), ("kappa", *ENERGIES), required=False),
    **{name: Layout((), (), None, False) for name in ("costs", "targets", "report_2024", "history")},
}
"""Table → its columns."""
