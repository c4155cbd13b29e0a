"""Legacy hall with an air-cooled chiller and no free cooling: the heat goes to the dry bulb all year."""

from __future__ import annotations

from sim.centres.base import Breakdown, Sheet, Weather, from_air, register
from sim.ground.arrays import Array
from sim.physics.cooling_plant import air_loop
from sim.physics.heat_rejection import dry_source


@register("air_chiller")
def air_chiller(load: Array, weather: Weather, sheet: Sheet) -> Breakdown:
    """Return the breakdown of a hall on 10 degC chilled water; source: dry bulb + approach."""
    source = dry_source(weather.temperature, sheet["approach"])
    return from_air(air_loop(load, source, 0.0, weather.pressure, sheet))
