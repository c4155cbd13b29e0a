"""What surrounds a centre: electricity, air, and its cooling stock."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array
from sim.ground.calendar import Calendar
from sim.ground.units import si
from sim.network import calibration, climate, events, measured
from sim.network.network import Arrays, column
from sim.physics.grid import grid_mix, hourly_emission_factor, tariff
from sim.physics.psychrometrics import pressure, saturation_pressure, wet_bulb
from sim.scenario.scenario import Scenario


def archetypes(scenario: Scenario) -> list[str]:
    """Return the cooling archetypes that a scenario uses, sorted."""
    return sorted({name for centre in scenario.config.centres.values() for name in centre.cooling.mix})


def power(scenario: Scenario, calendar: Calendar, year: climate.Climate) -> Arrays:
    """Return prices, factors, contracted green supply and batteries; each array with its unit."""
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
    battery = [centre.battery for centre in config.centres.values()]
    supply = column(green, "wind_mw") * year.wind[:, at] + column(green, "solar_mw") * year.solar[:, at]
    contract = flat[at] + config.green.premium_cny_per_kwh * si("x_cny_per_kwh")

    def now(values: Array) -> Array:
        return climate.to_epochs(values, calendar)

    return {
        "price": (("epoch", "centre"), now(price[:, at]), "CNY/J", "grid energy, time of use"),
        "emission_factor": (("epoch", "centre"), now(factor[:, at]), "kg/J", "grid, average, location-based"),
        "grid_carbon_free": (("epoch", "centre"), now(clean[:, at]), "1", "carbon-free share of the grid"),
        "green_supply": (("epoch", "centre"), now(supply), "W", "contracted wind and solar, delivered"),
        "contract_price": (("centre",), contract, "CNY/J", "contracted green energy"),
        "certificates": (("centre",), column(green, "gec_mwh"), "J", "unbundled certificates of the year"),
        "battery_energy": (("centre",), column(battery, "energy_mwh"), "J", "usable energy"),
        "battery_power": (("centre",), column(battery, "power_mw"), "W", "charge and discharge"),
        "charge_efficiency": (("centre",), column(battery, "charge_efficiency"), "1", "stored over charged"),
        "discharge_efficiency": (
            ("centre",),
            column(battery, "discharge_efficiency"),
            "1",
            "delivered over taken",
        ),
    }


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


def cooling(scenario: Scenario) -> Arrays:
    """Return the cooling stock and its calibration; each array with its unit."""
    names = archetypes(scenario)
    centres = scenario.config.centres
    mix = np.array([[centre.cooling.mix.get(name, 0.0) for name in names] for centre in centres.values()])
    return {
        "mix": (("centre", "archetype"), mix, "1", "share of the rated power by cooling archetype"),
        "kappa": (("centre",), calibration.kappa(scenario), "1", "calibration factor of the cooling power"),
    }
