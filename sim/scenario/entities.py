"""The entities of a configuration: regions, hubs, centres, links, workloads, each keyed by its id."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat

# No quantity of a nation comes near this in its unit; above it, sums and products in SI could overflow.
MOST = 1e15


def _written(value: Any) -> Any:
    # A bare number would be taken for the seconds since 1970.
    if not isinstance(value, datetime) and not (isinstance(value, str) and value[4:5] == "-"):
        raise ValueError("write a date such as 2024-07-15 14:00")
    return value


Positive = Annotated[FiniteFloat, Field(gt=0, le=MOST)]
NonNegative = Annotated[FiniteFloat, Field(ge=0, le=MOST)]
Share = Annotated[FiniteFloat, Field(ge=0, le=1)]
Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\s./\\*\x00-\x1f\x7f]+$")]
Instant = Annotated[datetime, BeforeValidator(_written)]


class Section(BaseModel):
    """A part of the configuration: unknown keys are refused, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, str_max_length=2000)


class Name(Section):
    """A name in English and Chinese."""

    en: str = Field("", description="English name", max_length=200)
    zh: str = Field("", description="Chinese name", max_length=200)


class Power(Section):
    """What electricity costs and emits in a region; wind and solar of its sites."""

    price_cny_per_kwh: NonNegative = Field(description="flat-period price of large industry")
    peak_factor: NonNegative = Field(1.0, description="peak price over flat price")
    valley_factor: NonNegative = Field(1.0, description="valley price over flat price")
    peak_hours: str = Field("", description="peak hours, half open, such as 10-13;17-22")
    valley_hours: str = Field("", description="valley hours, half open, 23-7 wraps midnight")
    emission_factor_kg_per_kwh: NonNegative = Field(description="average grid factor (location-based)")
    renewable_share: Share = Field(0.0, description="renewable share of the grid's electricity")
    variable_share: Share = Field(0.0, description="wind and solar share of the grid's electricity")
    wind_hours: NonNegative = Field(0.0, description="full-load hours of wind in a year, delivered")
    solar_hours: NonNegative = Field(0.0, description="full-load hours of solar in a year, delivered")
    wind_curtailment: Share = Field(0.0, description="share of potential wind energy curtailed")
    solar_curtailment: Share = Field(0.0, description="share of potential solar energy curtailed")


class Residency(Section):
    """Where a region's deferrable work may run; its home is its own centres, those of its hub and of hubs near."""

    move_share: Share = Field(
        1.0, description="share of the deferrable compute that may leave home, of all that has come so far"
    )
    near: tuple[Id, ...] = Field((), description="hubs that count as home beside its own")
    destinations: tuple[Id, ...] = Field((), description="hubs it may go to beside home; empty = anywhere")


class Region(Section):
    """One place where demand enters."""

    name: Name = Field(default_factory=Name, description="name")
    code: str = Field("", description="ISO 3166-2 code where there is one", max_length=20)
    hub: Id | None = Field(None, description="hub whose area the region belongs to")
    node: Id = Field(description="backbone node where its demand enters")
    latitude_deg: FiniteFloat = Field(ge=-90, le=90, description="latitude")
    longitude_deg: FiniteFloat = Field(ge=-180, le=180, description="longitude")
    elevation_m: FiniteFloat = Field(0.0, ge=-500, le=9000, description="height above sea level")
    population_million: NonNegative = Field(0.0, description="residents")
    gdp_bn_cny: NonNegative = Field(0.0, description="gross domestic product")
    internet_users_million: NonNegative = Field(0.0, description="internet users")
    software_revenue_bn_cny: NonNegative = Field(0.0, description="software revenue")
    power: Power = Field(description="electricity of the region")
    residency: Residency = Field(default_factory=Residency, description="where deferrable work may run")


class Hub(Section):
    """One national hub node: a group of centres."""

    name: Name = Field(default_factory=Name, description="name")


class Pool(Section):
    """Hardware of one kind in a centre."""

    capacity_eflops: NonNegative = Field(description="installed compute")
    precision: Literal["fp32"] = Field(description="precision that the capacity is counted in")
    power_mw_per_eflops: NonNegative = Field(description="IT power at full load per compute")


class Cooling(Section):
    """The cooling stock of a centre."""

    mix: dict[Id, Share] = Field(min_length=1, description="shares of the rated power by archetype")


class Green(Section):
    """Green power contracted for a centre."""

    wind_mw: NonNegative = Field(0.0, description="contracted wind")
    solar_mw: NonNegative = Field(0.0, description="contracted solar")
    gec_mwh: NonNegative = Field(0.0, description="unbundled green certificates retired in the year")


class Battery(Section):
    """A battery behind a centre's meter."""

    energy_mwh: NonNegative = Field(0.0, description="usable energy")
    power_mw: NonNegative = Field(0.0, description="charge and discharge power at the meter")
    charge_efficiency: Annotated[FiniteFloat, Field(gt=0, le=1)] = Field(0.95, description="stored over charged")
    discharge_efficiency: Annotated[FiniteFloat, Field(gt=0, le=1)] = Field(
        0.95, description="delivered over taken from store"
    )


class Centre(Section):
    """A national cluster or a province's remaining stock."""

    name: Name = Field(default_factory=Name, description="name")
    kind: Literal["cluster", "rest"] = Field("cluster", description="national cluster or remaining stock")
    hub: Id | None = Field(None, description="hub that the centre belongs to")
    region: Id = Field(description="region whose power and tariffs it uses")
    own_regions: tuple[Id, ...] = Field((), description="regions for which the centre counts as local")
    node: Id = Field(description="backbone node where it is connected")
    climate_site: Id = Field(description="site of the climate table")
    latitude_deg: FiniteFloat = Field(ge=-90, le=90, description="latitude")
    longitude_deg: FiniteFloat = Field(ge=-180, le=180, description="longitude")
    elevation_m: FiniteFloat = Field(0.0, ge=-500, le=9000, description="height above sea level")
    racks: NonNegative = Field(description="standard racks")
    rack_utilisation: Share = Field(description="share of the installed racks that is filled")
    commissioned_share: Annotated[FiniteFloat, Field(gt=0, le=1)] = Field(
        1.0, description="share of the installed racks whose power and cooling plant runs"
    )
    availability: Share | None = Field(None, description="share of capacity that is up; empty = standard")
    pools: dict[Literal["general", "smart"], Pool] = Field(min_length=1, description="hardware by pool")
    cooling: Cooling = Field(description="cooling stock")
    pue: Annotated[FiniteFloat, Field(ge=1, le=4)] | None = Field(
        None, description="reported PUE to calibrate this centre to; empty = the nation's calibration"
    )
    green: Green = Field(default_factory=Green, description="contracted green power")
    battery: Battery = Field(default_factory=Battery, description="battery")


class Node(Section):
    """A place on the backbone."""

    name: Name = Field(default_factory=Name, description="name")
    latitude_deg: FiniteFloat = Field(ge=-90, le=90, description="latitude")
    longitude_deg: FiniteFloat = Field(ge=-180, le=180, description="longitude")


class Link(Section):
    """A fibre route between two nodes; both directions have the capacity."""

    model_config = ConfigDict(populate_by_name=True)

    from_node: Id = Field(alias="from", description="one end")
    to_node: Id = Field(alias="to", description="other end")
    fibre_km: NonNegative | None = Field(None, description="length of the fibre")
    delay_ms: NonNegative | None = Field(None, description="measured one-way delay; wins over fibre_km")
    capacity_tbps: NonNegative = Field(description="capacity per direction")


class TraceSource(Section):
    """A trace whose jobs stand in for the level and the law of a workload."""

    file: str = Field(
        min_length=1, max_length=500, description="the file: beside the scenario, or in the folder SUANWANG_TRACES"
    )
    format: Id | None = Field(None, description="format of the file; empty = told by the file")
    processor_tflops: Positive = Field(description="compute of a processor of the trace, FP32")
    begin_h: NonNegative = Field(0.0, le=1e6, description="time of the trace at which the run begins")
    repeat: bool = Field(False, description="whether the trace begins anew, on a later day, until the run ends")
    arrival_factor: Annotated[FiniteFloat, Field(ge=1e-3, le=1e3)] = Field(
        1.0, description="factor on the times of arrival"
    )
    run_factor: Annotated[FiniteFloat, Field(ge=1e-3, le=1e3)] = Field(
        1.0, description="factor on the runs and on the times requested"
    )
    count_factor: Annotated[FiniteFloat, Field(ge=1e-6, le=1e5)] = Field(
        1.0, description="copies of every job, the further ones on other days"
    )
    region: Id | None = Field(
        None, description="region where the jobs enter; empty = as the trace says, else shared like the workload"
    )


class Workload(Section):
    """A demand class of the nation."""

    name: Name = Field(default_factory=Name, description="name")
    kind: Id = Field(description="workload class whose law it follows")
    pool: Literal["general", "smart"] | None = Field(None, description="pool it runs on; empty = bits only")
    level_eflops: NonNegative | None = Field(None, description="mean demand of the reference year, FP32")
    level_tbps: NonNegative | None = Field(None, description="mean demand of a workload that is bits only")
    growth: NonNegative = Field(1.0, description="factor on the level")
    drivers: dict[Id, Annotated[FiniteFloat, Field(ge=-10, le=10)]] = Field(
        default_factory=dict, description="elasticity by driver"
    )
    weight: Literal["internet_users", "gdp", "software_revenue", "population"] = Field(
        "internet_users", description="what shares the national level among the regions"
    )
    latency_bound_ms: Positive | None = Field(None, description="bound of the one-way delay; empty = none")
    deadline_h: NonNegative = Field(0.0, le=8784, description="slack; 0 = served in its epoch")
    bits_per_flop_in: NonNegative = Field(0.0, description="bits sent to the centre per FLOP")
    bits_per_flop_out: NonNegative = Field(0.0, description="bits sent back per FLOP")
    noise: Annotated[FiniteFloat, Field(ge=0, le=0.5)] = Field(
        0.0, description="standard deviation of a region's demand around its law"
    )
    checkpoint_h: NonNegative = Field(0.0, description="time between two checkpoints of its jobs; 0 = none")
    priority: Annotated[int, Field(ge=0, le=9)] = Field(0, description="whose jobs go first in a queue; 0 = first")
    trace: TraceSource | None = Field(None, description="jobs that stand in for level, growth, drivers and law")


class Driver(Section):
    """A figure that demand follows."""

    name: Name = Field(default_factory=Name, description="name")
    level: Positive = Field(description="level in the scenario")
    reference: Positive = Field(description="level in the reference year")
    unit: str = Field("", description="unit of both", max_length=40)
