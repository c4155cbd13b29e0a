"""Hall whose chips are cooled by liquid: 80 % of the IT heat leaves in 38 degC water through dry coolers.

The rest is cooled by air as in `water_wse`: towers, a water-side economiser and a chiller.
"""

from __future__ import annotations

from sim.centres.base import Breakdown, Sheet, Weather, from_air, register
from sim.ground.arrays import Array
from sim.physics.cooling import economiser_share
from sim.physics.cooling_plant import air_loop, liquid_loop
from sim.physics.heat_rejection import evaporation, tower_evaporation_share, tower_source


@register("liquid")
def liquid(load: Array, weather: Weather, sheet: Sheet) -> Breakdown:
    """Return the breakdown; source: dry bulb + approach for the liquid, wet bulb + approach for the air."""
    source = tower_source(weather.wet_bulb, sheet["approach"])
    share = economiser_share(source, sheet["supply_temperature"], sheet["temperature_range"])
    loop = air_loop(load, source, share, weather.pressure, sheet, sheet["liquid_share"])
    vapour = tower_evaporation_share(weather.temperature)
    water = evaporation(loop.rejected, vapour, sheet["cycles_of_concentration"])
    return from_air(loop, water=water, liquid=liquid_loop(load, weather.temperature, sheet))
