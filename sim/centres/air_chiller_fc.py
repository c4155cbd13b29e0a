"""Hall with an air-cooled chiller and a dry cooler for free cooling: cold dry air spares the compressor."""

from __future__ import annotations

from sim.centres.base import Breakdown, Sheet, Weather, from_air, register
from sim.ground.arrays import Array
from sim.physics.cooling import economiser_share
from sim.physics.cooling_plant import air_loop
from sim.physics.heat_rejection import dry_source


@register("air_chiller_fc")
def air_chiller_fc(load: Array, weather: Weather, sheet: Sheet) -> Breakdown:
    """Return the breakdown of a hall on 15 degC chilled water; source: dry bulb + approach."""
    source = dry_source(weather.temperature, sheet["approach"])
    share = economiser_share(source, sheet["supply_temperature"], sheet["temperature_range"])
    return from_air(air_loop(load, source, share, weather.pressure, sheet))
