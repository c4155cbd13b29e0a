"""The scenario as one resolved, frozen configuration; every field has a unit and a description."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, FiniteFloat

from sim.scenario.entities import (
    Centre,
    Driver,
    Hub,
    Id,
    Instant,
    Link,
    Node,
    NonNegative,
    Positive,
    Region,
    Section,
    Share,
    Workload,
)
from sim.scenario.planning import Planning
from sim.scenario.reliability import Commissioning, Failure, FailureLog, Maintenance


class JobRules(Section):
    """How the event engine makes jobs and treats them."""

    count: Annotated[int, Field(ge=1, le=50_000_000)] = Field(100_000, description="jobs to draw, as expected")
    widest_share: Annotated[FiniteFloat, Field(gt=0, le=1)] = Field(
        0.1, description="widest drawn job over the smallest pool used"
    )
    discipline: Literal["fcfs", "easy", "conservative"] = Field("easy", description="who of a queue starts next")
    depth: Annotated[int, Field(ge=1, le=10_000)] = Field(
        100, description="jobs of a queue that hold a reservation (conservative)"
    )
    queue: Annotated[int, Field(ge=1, le=10**9)] = Field(
        2, description="jobs that may wait at a pool; whom a full queue turns away goes to the nearest with room"
    )
    shares: Literal["draw", "quota"] = Field(
        "quota", description="how a decision's shares choose a centre: by lot, or where most work is owed"
    )
    wait_weight_h: Positive = Field(
        6.0, description="expected wait that weighs as much as the whole range of a decision's scores"
    )
    on_failure: Literal["wait", "move"] = Field(
        "move", description="whether a killed job waits at its centre or is dispatched anew"
    )
    transfers: bool = Field(True, description="whether data of jobs take their time on the links")
    flow_gbps: Positive = Field(100.0, description="most that one transfer takes")
    link_share: Annotated[FiniteFloat, Field(gt=0, le=1)] = Field(
        0.5, description="share of a link's room that is kept for jobs against fluid data"
    )


class Run(Section):
    """How a scenario is simulated."""

    engine: Literal["fluid", "events"] = Field("fluid", description="engine")
    start: Instant = Field(description="first instant, Beijing time")
    horizon_h: Positive = Field(description="length of the run")
    epoch_h: Annotated[FiniteFloat, Field(ge=1 / 60, le=24)] = Field(1.0, description="decision step")
    seed: int = Field(42, ge=0, lt=2**63, description="seed of every random stream")
    replication: int = Field(0, ge=0, lt=2**31, description="number of the replication, the first of several")
    replications: int = Field(1, ge=1, le=10_000, description="runs that differ in chance alone")
    jobs: JobRules = Field(default_factory=JobRules, description="jobs of the event engine")


class Policy(Section):
    """The dispatch policy and its own parameters."""

    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)

    name: str = Field("base", description="name of a registered policy", max_length=100)

    @property
    def parameters(self) -> dict[str, Any]:
        """Return what stands beside the name."""
        return dict(self.__pydantic_extra__ or {})


class Standard(Section):
    """Constants that hold for every centre unless it says otherwise."""

    rack_kw: Positive = Field(description="IT power of a standard rack")
    idle_general: Share = Field(description="idle share of the general pool's power")
    idle_smart: Share = Field(description="idle share of the smart pool's power")
    availability: Share = Field(description="share of capacity that is up")


class Grid(Section):
    """The nation's grid accounts."""

    residual_factor_kg_per_kwh: NonNegative = Field(description="residual mix (market-based)")
    marginal_factor_kg_per_kwh: NonNegative = Field(description="marginal plant")
    carbon_price_cny_per_t: NonNegative = Field(0.0, description="price on location-based emissions")


class GreenMarket(Section):
    """What contracted green power costs and emits."""

    premium_cny_per_kwh: Annotated[FiniteFloat, Field(ge=-10, le=10)] = Field(
        0.0, description="contract price over the flat grid price"
    )
    contract_factor_kg_per_kwh: NonNegative = Field(0.0, description="emission factor of the contract")


class Economy(Section):
    """Prices that the nation shares."""

    unserved_cny_per_eflops_h: NonNegative = Field(description="value of unserved work")
    unserved_cny_per_tb: NonNegative = Field(description="value of unserved data")
    allow_unserved: bool = Field(True, description="whether the optimum may leave work unserved at its value")
    wan_cny_per_tb_1000km: NonNegative = Field(description="transport over the backbone")
    discount_rate_per_year: NonNegative = Field(description="real discount rate")
    demand_charge_cny_per_kw_month: NonNegative = Field(description="charge on the monthly peak")
    facility_capex_cny_per_kw: NonNegative = Field(description="facility per IT power")
    general_capex_bn_cny_per_eflops: NonNegative = Field(description="general servers per compute")
    smart_capex_bn_cny_per_eflops: NonNegative = Field(description="AI servers per compute")
    facility_life_years: Positive = Field(description="life of the facility")
    it_life_years: Positive = Field(description="life of the servers")


class Objective(Section):
    """What the dispatch optimum minimises; unserved work keeps its value whatever the weights are."""

    cost: Annotated[FiniteFloat, Field(ge=0, le=1e6)] = Field(
        1.0, description="weight of energy, the carbon price and transport"
    )
    carbon_cny_per_t: NonNegative = Field(0.0, description="on location-based emissions, beyond the carbon price")
    energy_cny_per_kwh: NonNegative = Field(0.0, description="on the energy of the facilities")
    delay_cny_per_eflops_h_ms: NonNegative = Field(0.0, description="on the one-way delay of interactive compute")


class Limits(Section):
    """What the dispatch optimum keeps over the whole run."""

    emissions_mt: NonNegative | None = Field(None, description="most location-based emissions; empty = no limit")
    green_share: Share = Field(0.0, description="least share of the facility energy that is not drawn from the grid")
    hub_green_share: dict[Id, Share] = Field(default_factory=dict, description="the same for the centres of a hub")
    hub_share_at_least: dict[Id, Share] = Field(
        default_factory=dict, description="least share of the compute asked for that a hub serves"
    )
    hub_share_at_most: dict[Id, Share] = Field(
        default_factory=dict, description="largest share of the compute asked for that a hub serves"
    )


class Backbone(Section):
    """How the backbone carries work."""

    service_class: Literal["optical", "ip_private", "ip_public"] = Field(
        "optical", description="service whose delay factor (1.0, 1.5, 1.7) applies"
    )
    fibre_us_per_km: Positive = Field(description="delay of fibre")
    hop_ms: NonNegative = Field(description="delay of a node")
    metro_ms: NonNegative = Field(description="delay between user or centre and its node, both ends")
    paths: int = Field(4, ge=1, le=16, description="shortest paths kept per pair")
    background_tbps: NonNegative = Field(0.0, description="gravity traffic that is always there")


class WeatherLaw(Section):
    """The synthetic weather."""

    noise_k: NonNegative = Field(description="standard deviation of the day-to-day temperature")
    noise_days: Positive = Field(description="memory of that deviation")
    correlation_km: Positive = Field(description="distance of its correlation")
    humidity_noise: NonNegative = Field(description="standard deviation of relative humidity")


class RenewablesLaw(Section):
    """The synthetic wind and solar series."""

    wind_memory_hours: Positive = Field(description="memory of the wind")
    wind_correlation_km: Positive = Field(description="distance of its correlation")
    wind_shape: Positive = Field(description="Weibull shape")
    solar_memory_days: Positive = Field(description="memory of cloudiness")
    solar_correlation_km: Positive = Field(description="distance of its correlation")


class ForecastLaw(Section):
    """What policies are told of the hours to come."""

    law: Literal["perfect", "persistence", "noise"] = Field(
        "persistence", description="the truth, the same hour of the day before, or the truth with errors"
    )
    error: Share = Field(0.1, description="standard deviation of the relative error in the long run (noise)")
    memory_h: Positive = Field(24.0, description="memory of the error (noise)")


class Report(Section):
    """Figures that are reported and not simulated."""

    storage_eb: NonNegative = Field(0.0, description="national data storage")
    pue: Annotated[FiniteFloat, Field(ge=1, le=4)] | None = Field(
        None, description="reported PUE that the base year is calibrated to"
    )


class Event(Section):
    """Something that happens at a date: capacity lost, heat, a surge of demand."""

    at: Instant = Field(description="first instant, Beijing time")
    for_h: Positive = Field(description="how long")
    what: Literal["outage", "derate", "heat", "surge"] = Field(description="kind")
    hub: Id | None = Field(None, description="hub that it meets")
    centre: Id | None = Field(None, description="centre that it meets")
    link: Id | None = Field(None, description="link that it meets")
    region: Id | None = Field(None, description="region that it meets")
    workload: Id | None = Field(None, description="workload that it meets (surge)")
    share: Share | None = Field(None, description="share that stays (derate)")
    add_k: Annotated[FiniteFloat, Field(ge=-40, le=40)] | None = Field(None, description="temperature (heat)")
    factor: NonNegative | None = Field(None, description="factor on demand (surge)")


class Sample(Section):
    """Points drawn between bounds."""

    method: Literal["lhs", "sobol", "halton", "saltelli", "morris"] = Field(
        "lhs", description="Latin hypercube, Sobol' or Halton sequence; designs for Sobol' indices and Morris effects"
    )
    n: Annotated[int, Field(ge=1, le=1_000_000)] = Field(100, description="points; base points of saltelli and morris")
    over: dict[str, list[Any]] = Field(default_factory=dict, description="least and greatest value of each key")


class Sweep(Section):
    """The axes of a sweep; read by `suanwang sweep`, ignored by a single run."""

    grid: dict[str, list[Any]] = Field(default_factory=dict, description="every combination")
    zip: dict[str, list[Any]] = Field(default_factory=dict, description="axes that move together")
    sample: Sample | None = Field(None, description="points drawn between bounds")
    names: dict[str, str] = Field(
        default_factory=dict, description="key that a short name stands for, in axes and tables"
    )


class Configuration(Section):
    """One resolved scenario: the nation, the differences applied, nothing left to look up."""

    name: str = Field(description="short name", max_length=200)
    question: str = Field("", description="the question it answers")
    question_zh: str = Field("", description="the same in Chinese, for Chinese pages")
    nation: Id = Field(description="nation that it describes")
    allocation: Id = Field(description="split of the compute among the centres")
    year: int = Field(ge=1900, le=2200, description="year of the nation's tables")
    utc_offset_h: FiniteFloat = Field(8.0, ge=-12, le=14, description="the nation's clock against UTC")
    run: Run = Field(description="how it is simulated")
    policy: Policy = Field(default_factory=lambda: Policy(name="base"), description="dispatch policy")
    standard: Standard = Field(description="constants of every centre")
    grid: Grid = Field(description="grid accounts")
    green: GreenMarket = Field(default_factory=GreenMarket, description="contracted green power")
    economy: Economy = Field(description="prices")
    objective: Objective = Field(default_factory=Objective, description="what the dispatch optimum minimises")
    limits: Limits = Field(default_factory=Limits, description="what the dispatch optimum keeps over the run")
    network: Backbone = Field(description="backbone")
    weather: WeatherLaw = Field(description="synthetic weather")
    renewables: RenewablesLaw = Field(description="synthetic wind and solar")
    forecast: ForecastLaw = Field(default_factory=ForecastLaw, description="what policies are told of hours to come")
    report: Report = Field(default_factory=Report, description="figures reported and not simulated")
    drivers: dict[Id, Driver] = Field(default_factory=dict, description="figures that demand follows")
    hubs: dict[Id, Hub] = Field(default_factory=dict, description="hubs")
    regions: dict[Id, Region] = Field(min_length=1, max_length=2000, description="regions")
    centres: dict[Id, Centre] = Field(min_length=1, max_length=2000, description="centres")
    nodes: dict[Id, Node] = Field(min_length=1, max_length=5000, description="nodes of the backbone")
    links: dict[Id, Link] = Field(default_factory=dict, max_length=20000, description="links of the backbone")
    workloads: dict[Id, Workload] = Field(min_length=1, max_length=100, description="workloads")
    events: tuple[Event, ...] = Field((), max_length=10000, description="what happens when")
    failures: dict[Id, Failure] = Field(default_factory=dict, max_length=1000, description="what fails by chance")
    failure_logs: dict[Id, FailureLog] = Field(default_factory=dict, max_length=100, description="recorded failures")
    maintenance: dict[Id, Maintenance] = Field(default_factory=dict, max_length=1000, description="planned work")
    commissioning: dict[Id, Commissioning] = Field(
        default_factory=dict, max_length=2000, description="what comes into service within the run"
    )
    sweep: Sweep | None = Field(None, description="axes of a sweep")
    plan: Planning | None = Field(None, description="question of a capacity plan")
