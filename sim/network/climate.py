"""Hourly weather, wind and sun of a nation's year: measured where given, else synthetic and seeded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.ground.arrays import Array
from sim.ground.calendar import Calendar
from sim.ground.errors import Origin, ScenarioError, did_you_mean
from sim.network.cache import cached
from sim.network.measured import epw, hourly
from sim.physics import noise, solar, weather, wind_series
from sim.scenario.nation import Nation
from sim.scenario.scenario import Scenario

_MONTHLY = ("temperature_mean_c", "temperature_max_c", "temperature_min_c", "relative_humidity_percent")


@dataclass(frozen=True)
class Climate:
    """Series of a whole year.

    Attributes
    ----------
    temperature, humidity
        [hour, site], degC and 0–1.
    wind, solar
        [hour, region], capacity factor, delivered.
    synthetic
        Which of the four are synthetic.
    """

    temperature: Array
    humidity: Array
    wind: Array
    solar: Array
    synthetic: tuple[str, ...]


def sites(scenario: Scenario) -> list[str]:
    """Return the climate sites of the centres, each once.

    In the order of the centres: one that is added behind leaves the others' weather as it was.
    """
    return list(dict.fromkeys(centre.climate_site for centre in scenario.config.centres.values()))


def climate(scenario: Scenario, sites: Sequence[str]) -> Climate:
    """Return the year's weather at the sites and the wind and sun of the regions.

    Parameters
    ----------
    scenario
        Gives seed and replication, the laws, and the nation's tables and files.
    sites
        Sites of the climate table.

    Returns
    -------
    Climate
        Synthetic series meet the published monthly means and annual hours.

    Raises
    ------
    ScenarioError
        Where a site has no climate or a measured file is wrong.
    """
    config, nation = scenario.config, scenario.nation
    year = Calendar.whole_year(config.year)
    regions = list(config.regions)
    series = {
        "temperature": hourly(nation, "temperature_c", sites, year.epochs),
        "humidity": hourly(nation, "relative_humidity_percent", sites, year.epochs),
        "wind": hourly(nation, "wind_capacity_factor", regions, year.epochs),
        "solar": hourly(nation, "solar_capacity_factor", regions, year.epochs),
    }
    synthetic = tuple(name for name, values in series.items() if values is None)
    made: dict[str, Array] = {}
    if "temperature" in synthetic or "humidity" in synthetic:
        made |= _weather(scenario, sites, year)
    if "wind" in synthetic or "solar" in synthetic:
        made |= _renewables(scenario, year)
    whole = {name: made[name] if values is None else values for name, values in series.items()}
    for column, site in enumerate(sites):
        station = epw(nation, site, year.epochs)
        if station is not None:
            whole["temperature"][:, column], whole["humidity"][:, column] = station
    return Climate(**whole, synthetic=synthetic)


def _weather(scenario: Scenario, sites: Sequence[str], year: Calendar) -> dict[str, Array]:
    config = scenario.config
    law, run = config.weather, config.run
    monthly = {column: _by_month(scenario.nation, column, sites) for column in _MONTHLY}
    positions = _positions(scenario, sites)
    inputs = [
        law.model_dump(), run.seed, run.replication, config.year, config.utc_offset_h, list(sites),
        positions.tolist(), {name: values.tolist() for name, values in monthly.items()},
    ]  # fmt: skip

    def make() -> dict[str, Array]:
        def drawn(stream: str) -> Array:
            draws = noise.site_draws(sites, year.epochs, run.seed, run.replication, stream)
            return noise.correlated_ar1(draws, law.noise_days * 24.0, positions, law.correlation_km * 1e3)

        mean, high, low, damp = (monthly[column] for column in _MONTHLY)
        temperature = weather.hourly_temperature(
            mean, high, low, law.noise_k * drawn("temperature"), year, positions[:, 1], config.utc_offset_h
        )
        humidity = weather.hourly_humidity(damp / 100.0, temperature, year, law.humidity_noise * drawn("humidity"))
        return {"temperature": temperature, "humidity": humidity}

    return cached("weather-1", inputs, make)


def _renewables(scenario: Scenario, year: Calendar) -> dict[str, Array]:
    config = scenario.config
    law, run, names = config.renewables, config.run, list(config.regions)
    places = list(config.regions.values())
    positions = np.array([[place.latitude_deg, place.longitude_deg] for place in places])
    power = {
        key: np.array([getattr(place.power, key) for place in places])
        for key in ("wind_hours", "wind_curtailment", "solar_hours", "solar_curtailment")
    }
    inputs = [
        law.model_dump(), run.seed, run.replication, config.year, config.utc_offset_h, names,
        positions.tolist(), {name: values.tolist() for name, values in power.items()},
    ]  # fmt: skip

    def make() -> dict[str, Array]:
        draws = noise.site_draws(names, year.epochs, run.seed, run.replication, "wind")
        breeze = noise.correlated_ar1(draws, law.wind_memory_hours, positions, law.wind_correlation_km * 1e3)
        wind = wind_series.capacity_factor(
            breeze, law.wind_shape, power["wind_hours"], power["wind_curtailment"], year, positions[:, 1],
            config.utc_offset_h,
        )  # fmt: skip
        draws = noise.site_draws(names, year.epochs // 24, run.seed, run.replication, "solar")
        sky = noise.correlated_ar1(draws, law.solar_memory_days, positions, law.solar_correlation_km * 1e3)
        sun = solar.capacity_factor(
            solar.clear_sky(positions[:, 0], positions[:, 1], year, config.utc_offset_h),
            solar.daily_uniform(sky, positions[:, 1], year, config.utc_offset_h),
            power["solar_hours"],
            power["solar_curtailment"],
        )
        return {"wind": wind, "solar": sun}

    return cached("renewables-1", inputs, make)


def _positions(scenario: Scenario, sites: Sequence[str]) -> Array:
    """Return latitude and longitude of every site: those of the first centre that uses it."""
    found: dict[str, tuple[float, float]] = {}
    for centre in scenario.config.centres.values():
        found.setdefault(centre.climate_site, (centre.latitude_deg, centre.longitude_deg))
    return np.array([found[site] for site in sites])


def _by_month(nation: Nation, column: str, sites: Sequence[str]) -> Array:
    """Return a column of the climate table; [month, site]."""
    table: dict[tuple[str, int], float] = {}
    for row in nation.tables.get("climate", []):
        table[row.cells.get("site", ""), int(row.number("month"))] = row.number(column)
    known = {site for site, _ in table}
    for site in sites:
        lacking = [month for month in range(1, 13) if (site, month) not in table]
        if lacking:
            hint = did_you_mean(site, known) if site not in known else f"; months {lacking} are missing"
            origin = Origin(str(nation.folder / "climate.csv"))
            raise ScenarioError(f"the climate site '{site}' has no whole year{hint}", origin)
    return np.array([[table[site, month] for site in sites] for month in range(1, 13)])


def to_epochs(hourly_values: Array, calendar: Calendar) -> Array:
    """Return an hourly series on the run's epochs: the hour's value, or the mean of the hours it spans.

    Parameters
    ----------
    hourly_values
        [hour, …] of the whole year.
    calendar
        The run's epochs.

    Returns
    -------
    Array
        [epoch, …].
    """
    span = round(calendar.seconds / 3600.0)
    if span <= 1:
        return np.asarray(hourly_values[calendar.hour_of_year])
    index = (calendar.hour_of_year[:, None] + np.arange(span)) % len(hourly_values)
    return np.asarray(hourly_values[index].mean(axis=1))
