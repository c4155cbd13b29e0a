"""Modern hall with cooling towers, a water-side economiser and a water-cooled chiller for the warm hours."""

from __future__ import annotations

from sim.centres.base import Breakdown, Sheet, Weather, from_air, register
from sim.ground.arrays import Array
from sim.physics.cooling import economiser_share
from sim.physics.cooling_plant import air_loop
from sim.physics.heat_rejection import evaporation, tower_evaporation_share, tower_source


@register("water_wse")
def water_wse(load: Array, weather: Weather, sheet: Sheet) -> Breakdown:
    """Return the breakdown of a hall on 18 degC chilled water; source: wet bulb + approach."""
    source = tower_source(weather.wet_bulb, sheet["approach"])
    share = economiser_share(source, sheet["supply_temperature"], sheet["temperature_range"])
    loop = air_loop(load, source, share, weather.pressure, sheet)
    vapour = tower_evaporation_share(weather.temperature)
    return from_air(loop, water=evaporation(loop.rejected, vapour, sheet["cycles_of_concentration"]))
