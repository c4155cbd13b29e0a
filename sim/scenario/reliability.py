"""What goes out of service, and comes into it: failures, by law or by log, maintenance, commissioning."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, FiniteFloat

from sim.scenario.entities import Id, Instant, NonNegative, Positive, Section, Share

Shape = Annotated[FiniteFloat, Field(ge=0.2, le=20)]


class Failure(Section):
    """A way to fail, of every centre or every link alike: how often, how long, how much; for the event engine."""

    what: Literal["centre", "link"] = Field(description="what fails")
    among: tuple[Id, ...] = Field((), description="centres, hubs or links that it may meet; empty = all")
    pool: Literal["general", "smart"] | None = Field(None, description="pool that it meets; empty = all of a centre")
    between_h: Positive = Field(description="mean time from a repair to the next failure")
    between_shape: Shape = Field(1.0, description="Weibull shape of that time; 1 = exponential")
    per_1000_km: bool = Field(False, description="whether that time is that of 1,000 km of a link")
    repair_h: Positive = Field(description="mean time to repair")
    repair_shape: Shape = Field(1.0, description="Weibull shape of that time; 1 = exponential")
    ride_through_h: NonNegative = Field(0.0, description="how long nobody feels it, such as on generators")
    lost_share: Share = Field(1.0, description="share of the capacity in service that is lost")


class FailureLog(Section):
    """Failures that were recorded: each with its instant, what it met, and how long it lasted; seen by every engine."""

    file: str = Field(max_length=200, description="CSV beside the scenario, or in the folder of traces: at, id, for_h")
    what: Literal["centre", "link"] = Field("centre", description="what the ids name")
    pool: Literal["general", "smart"] | None = Field(None, description="pool that it meets; empty = all of a centre")
    lost_share: Share = Field(1.0, description="share of the capacity in service that is lost")


class Maintenance(Section):
    """Work on centres or links at set times, a share of each at a time; announced, so that nobody is killed for it."""

    what: Literal["centre", "link"] = Field("centre", description="what is maintained")
    among: tuple[Id, ...] = Field((), description="centres, hubs or links that it meets; empty = all")
    at: Instant = Field(description="first instant, Beijing time, of the first of them")
    every_h: Annotated[FiniteFloat, Field(gt=0, le=87840)] = Field(description="from one window to its next")
    apart_h: NonNegative = Field(0.0, description="from the window of one to that of the next one")
    for_h: Positive = Field(description="length of a window")
    notice_h: NonNegative = Field(0.0, description="how long before it no job starts on what will go out of service")
    lost_share: Share = Field(description="share of the capacity in service that is out")


class Commissioning(Section):
    """A centre that comes into service within the run, in even steps of an epoch."""

    centre: Id = Field(description="the centre")
    pool: Literal["general", "smart"] | None = Field(None, description="its pool; empty = all")
    at: Instant = Field(description="first instant of the ramp, Beijing time")
    for_h: NonNegative = Field(0.0, description="length of the ramp")
    begin_share: Share = Field(0.0, description="share of the installed compute in service before it")
