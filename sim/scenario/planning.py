"""The question of a capacity plan: years, growth, what may be built, targets, what must be survived.

Whatever lies behind the nation's year is an assumption of the scenario, and is marked as such.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, FiniteFloat

from sim.scenario.entities import Id, NonNegative, Positive, Section, Share

Kind = Literal["general", "smart", "facility", "retrofit", "wind", "solar", "battery", "waves"]
Year = Annotated[int, Field(ge=1900, le=2200)]


class Build(Section):
    """How a kind of plant may be built; what is empty comes from the nation's table of costs."""

    allowed: bool = Field(True, description="whether it may be built at all")
    hubs: tuple[Id, ...] = Field((), description="hubs whose centres may build it; empty = any centre")
    cost_factor: Positive = Field(1.0, description="factor on the capital cost of the nation's table")
    life_years: Positive | None = Field(None, description="years in service, over which the capital is repaid")
    om_share: Share | None = Field(None, description="yearly maintenance as a share of the capital cost")
    lead_years: Annotated[int, Field(ge=0, le=20)] = Field(
        0, description="whole years between the decision, when it is paid, and the first year of service"
    )
    most_at_centre: NonNegative | None = Field(
        None, description="most that a centre, or link, adds a year, in the kind's unit; empty = no limit"
    )
    most: NonNegative | None = Field(
        None, description="most that the nation adds a year, in the kind's unit; empty = no limit"
    )
    module: Positive | None = Field(None, description="size of a module, in the kind's unit; empty = any amount")


class Target(Section):
    """Something that the plan shall reach."""

    measure: Literal[
        "capacity_eflops",
        "smart_share",
        "hub_share_of_new",
        "rack_utilisation",
        "pue",
        "green_annual",
        "green_hourly",
        "latency_share",
        "emissions_mt",
    ] = Field(description="what is measured, a year at a time")
    scope: Literal["nation", "hubs", "each_hub"] = Field(
        "nation", description="of the nation, of all hubs together, or of each hub"
    )
    hub: Id | None = Field(None, description="of this hub alone")
    at_least: NonNegative | None = Field(None, description="least value, in the measure's unit")
    at_most: NonNegative | None = Field(None, description="largest value, in the measure's unit")
    at_first: Positive | None = Field(
        None,
        description="value in the first year that it holds, from where it changes at a constant yearly rate to its "
        "bound in the last; empty = the bound in every year",
    )
    within_ms: Positive | None = Field(None, description="delay within which work counts as served (latency_share)")
    since: Year | None = Field(None, description="first year in which it holds; empty = the last year of the plan")
    until: Year | None = Field(None, description="last year in which it holds; empty = the last year of the plan")
    how: Literal["hard", "priced", "report"] = Field(
        "hard", description="kept whatever it costs, missed at a price, or only reported"
    )
    price_cny: NonNegative = Field(
        0.0, description="price of a unit by which it is missed in a year (EFLOPS, MW, MWh, t or EFLOPS h)"
    )
    source: str = Field("assumption of the scenario", description="where it comes from", max_length=500)

    def required(self, year: int, last: int) -> float:
        """Return the bound of a year, in the measure's unit.

        Parameters
        ----------
        year
            One in which the target holds.
        last
            Last year of the plan.
        """
        bound = float((self.at_most if self.at_least is None else self.at_least) or 0.0)
        since, until = (last if at is None else at for at in (self.since, self.until))
        if self.at_first is None or since == until:
            return bound
        return float(self.at_first * (bound / self.at_first) ** ((year - since) / (until - since)))


class Survive(Section):
    """What the plan must survive on its worst day: the loss of any one hub or link."""

    hubs: bool = Field(False, description="the loss of any one hub")
    links: bool = Field(False, description="the loss of any one link")
    unserved_share: Share = Field(0.0, description="share of that day's compute that may then go unserved")
    since: Year | None = Field(None, description="first year in which it holds; empty = the last year of the plan")


class Future(Section):
    """One of several futures among which the plan's first years must not choose."""

    weight: Positive = Field(1.0, description="weight among the futures")
    growth: dict[Id, NonNegative] = Field(
        default_factory=dict, description="factor on a workload's yearly growth factor"
    )
    cost: dict[Kind, NonNegative] = Field(default_factory=dict, description="factor on the capital cost of a kind")


class Alternatives(Section):
    """Near-optimal plans that differ as much as they can."""

    within: Annotated[FiniteFloat, Field(ge=0, le=1)] = Field(
        0.02, description="how much dearer than the plan they may be, as a share"
    )
    goals: tuple[Literal["least_west", "most_dispersed", "fewest_sites"], ...] = Field(
        (), description="what each of them goes for"
    )
    west: tuple[Id, ...] = Field((), description="hubs that count as the west")


class Planning(Section):
    """Where and when to build, to the horizon year."""

    first: Year | None = Field(None, description="first year of the plan; empty = the year after the nation's")
    last: Year = Field(2030, description="last year of the plan")
    periods: Annotated[int, Field(ge=1, le=366)] = Field(
        8, description="days that stand for the run, the extreme ones among them; 366 = every day"
    )
    extremes: bool = Field(True, description="whether the extreme days are among them")
    check_days: int = Field(
        12, ge=0, le=366, description="days on which the last year is looked at again, to tell how far periods err"
    )
    paths: Annotated[int, Field(ge=1, le=16)] = Field(2, description="paths of a pair that traffic may take")
    discount_rate_per_year: NonNegative | None = Field(
        None, description="real discount rate; empty = the nation's economy"
    )
    growth: dict[Id, NonNegative] = Field(
        default_factory=dict, description="yearly factor on a workload's demand: an assumption"
    )
    retire: dict[Literal["general", "smart", "facility"], Share] = Field(
        default_factory=dict, description="share of the stock of the nation's year that retires each year"
    )
    build: dict[Kind, Build] = Field(default_factory=dict, description="what may be built; what is missing may not")
    green_supply: Literal["contract", "own"] = Field(
        "contract", description="whether new wind and solar are paid by energy delivered or by their capital"
    )
    archetype: Id | None = Field(None, description="cooling archetype of new halls and of retrofits")
    most_filled: Annotated[FiniteFloat, Field(gt=0, le=1)] = Field(
        0.85, description="most of a hall's rated power that its servers may draw at full load"
    )
    ceiling: Annotated[FiniteFloat, Field(ge=1, le=1000)] = Field(
        6.0, description="largest rated power of a centre, over that of the nation's year: land and power"
    )
    ceilings_mw: dict[Id, NonNegative] = Field(
        default_factory=dict, description="largest rated power of single centres"
    )
    budget_bn_cny: NonNegative | None = Field(
        None, description="most capital spent in a year, by the year of the decision; empty = no limit"
    )
    budgets_bn_cny: tuple[NonNegative, ...] = Field(
        (), max_length=50, description="other budgets that the plan is found for as well, from what is known by then"
    )
    targets: dict[Id, Target] = Field(default_factory=dict, max_length=100, description="what it shall reach")
    survive: Survive = Field(default_factory=Survive, description="what it must survive")
    alternatives: Alternatives = Field(default_factory=Alternatives, description="near-optimal plans beside it")
    futures: dict[Id, Future] = Field(default_factory=dict, max_length=20, description="futures it is decided under")
    common: Year | None = Field(
        None, description="last year whose builds are the same in all futures; empty = the first year"
    )
    gap: Annotated[FiniteFloat, Field(gt=0, le=1)] = Field(
        0.005, description="gap between plan and bound at which to stop, of the total cost"
    )
