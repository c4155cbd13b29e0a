"""What surrounds a centre: electricity and air."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array
from sim.ground.calendar import Calendar
from sim.network import climate, events, measured
from sim.network.network import Arrays, column
from sim.physics.grid import grid_mix, hourly_emission_factor, tariff
from sim.physics.psychrometrics import pressure, saturation_pressure, wet_bulb
from sim.scenario.scenario import Scenario


def power(scenario: Scenario, calendar: Calendar, year: climate.Climate) -> Arrays:
    """Return prices, factors and contracted green supply; each array with its unit."""
    config = scenario.config
    power = [region.power for region in config.regions.values()]
    hours = Calendar.whole_year(config.year)
    price = measured.hourly(scenario.nation, "price_cny_per_kwh", list(config.regions), hours.epochs)
    flat = column(power, "price_cny_per_kwh")
    if price is None:
        price = tariff(
            flat, column(power, "peak_factor"), column(power, "valley_factor"),
            [p.peak_hours for p in power], [p.valley_hours for p in power], hours.hour,
        )  # fmt: skip
    clean, variable = grid_mix(column(power, "renewable_share"), column(power, "variable_share"), year.wind, year.solar)
    factor = measured.hourly(scenario.nation, "emission_factor_kg_per_kwh", list(config.regions), hours.epochs)
    if factor is None:
        factor = hourly_emission_factor(column(power, "emission_factor_kg_per_kwh"), variable)
    order = list(config.regions)
    at = np.array([order.index(centre.region) for centre in config.centres.values()])
    green = [centre.green for centre in config.centres.values()]
    wind, solar = yields(scenario, calendar, year)
    supply = column(green, "wind_mw") * wind + column(green, "solar_mw") * solar

    def now(values: Array) -> Array:
        return climate.to_epochs(values, calendar)

    return {
        "price": (("epoch", "centre"), now(price[:, at]), "CNY/J", "grid energy, time of use"),
        "emission_factor": (("epoch", "centre"), now(factor[:, at]), "kg/J", "grid, average, location-based"),
        "grid_carbon_free": (("epoch", "centre"), now(clean[:, at]), "1", "carbon-free share of the grid"),
        "green_supply": (("epoch", "centre"), supply, "W", "contracted wind and solar, delivered"),
    }


def yields(scenario: Scenario, calendar: Calendar, year: climate.Climate) -> tuple[Array, Array]:
    """Return what a unit of contracted wind and of contracted solar delivers at each centre; [epoch, centre] each."""
    order = list(scenario.config.regions)
    at = np.array([order.index(centre.region) for centre in scenario.config.centres.values()])
    return climate.to_epochs(year.wind[:, at], calendar), climate.to_epochs(year.solar[:, at], calendar)


def air(scenario: Scenario, calendar: Calendar, year: climate.Climate, sites: list[str]) -> Arrays:
    """Return temperature, wet bulb and pressure at the centres; each array with its unit.

    A heat event warms the air at constant vapour pressure: it brings no water, so relative humidity falls.
    """
    config = scenario.config
    at = [sites.index(centre.climate_site) for centre in config.centres.values()]
    usual = climate.to_epochs(year.temperature[:, at], calendar)
    temperature = usual + events.heat(scenario, calendar)
    damp = climate.to_epochs(year.humidity[:, at], calendar)
    damp = np.minimum(damp * saturation_pressure(usual) / saturation_pressure(temperature), 1.0)
    air = pressure(column(config.centres.values(), "elevation_m"))
    return {
        "temperature": (("epoch", "centre"), temperature, "degC", "dry bulb"),
        "wet_bulb": (("epoch", "centre"), wet_bulb(temperature, damp, air), "degC", "wet bulb"),
        "pressure": (("centre",), air, "Pa", "air pressure"),
    }
