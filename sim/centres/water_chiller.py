"""Legacy hall with a water-cooled chiller and towers, no free cooling: the heat goes to the wet bulb."""

from __future__ import annotations

from sim.centres.base import Breakdown, Sheet, Weather, from_air, register
from sim.ground.arrays import Array
from sim.physics.cooling_plant import air_loop
from sim.physics.heat_rejection import evaporation, tower_evaporation_share, tower_source


@register("water_chiller")
def water_chiller(load: Array, weather: Weather, sheet: Sheet) -> Breakdown:
    """Return the breakdown of a hall on 10 degC chilled water; source: wet bulb + approach."""
    source = tower_source(weather.wet_bulb, sheet["approach"])
    loop = air_loop(load, source, 0.0, weather.pressure, sheet)
    vapour = tower_evaporation_share(weather.temperature)
    return from_air(loop, water=evaporation(loop.rejected, vapour, sheet["cycles_of_concentration"]))
