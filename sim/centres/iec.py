"""Hall with indirect evaporative coolers: dry air-to-air exchange in the cold, sprays in the warmth.

A direct-expansion coil takes what is left in hot, humid hours.
"""

from __future__ import annotations

from sim.centres.base import Breakdown, Sheet, Weather, from_air, register
from sim.ground.arrays import Array
from sim.physics.cooling import economiser_share
from sim.physics.cooling_plant import air_loop
from sim.physics.heat_rejection import evaporation, evaporative_source, spray_evaporation_share, wetting


@register("iec")
def iec(load: Array, weather: Weather, sheet: Sheet) -> Breakdown:
    """Return the breakdown of a hall on 25 degC air; source: dry bulb, or sprayed towards the wet bulb."""
    open_sprays = wetting(weather.temperature, sheet["wetting_start"])
    source = evaporative_source(
        weather.temperature, weather.wet_bulb, open_sprays, sheet["effectiveness"], sheet["approach"]
    )
    share = economiser_share(source, sheet["supply_temperature"], sheet["temperature_range"])
    loop = air_loop(load, source, share, weather.pressure, sheet)
    vapour = spray_evaporation_share(open_sprays)
    return from_air(loop, water=evaporation(loop.rejected, vapour, sheet["cycles_of_concentration"]))
