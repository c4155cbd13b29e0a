"""The plant of the centres: all that turns work into power and money, and that no dispatch depends on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.ground.units import si
from sim.network import calibration
from sim.network.network import Arrays, column
from sim.scenario.scenario import Scenario

POOLS = ("general", "smart")


def archetypes(scenario: Scenario) -> list[str]:
    """Return the cooling archetypes that a scenario uses, sorted."""
    return sorted({name for centre in scenario.config.centres.values() for name in centre.cooling.mix})


def plant(scenario: Scenario, names: Sequence[str]) -> Arrays:
    """Return racks, rated power, cooling stock, contracts and batteries; each array with its unit.

    Nothing here changes from hour to hour, and no rule that looks at work and room alone sees any of it: scenarios
    that differ in nothing else share a dispatch.

    Parameters
    ----------
    scenario
        A checked scenario.
    names
        Cooling archetypes, in the order of the mix.
    """
    config = scenario.config
    centres, pools = list(config.centres.values()), POOLS
    draw = np.array(
        [
            [
                c.pools[p].capacity_eflops * 1e18 * c.pools[p].power_mw_per_eflops * 1e-12 if p in c.pools else 0.0
                for p in pools
            ]
            for c in centres
        ]
    )
    total = draw.sum(axis=1, keepdims=True)
    share = np.divide(draw, total, out=np.zeros_like(draw), where=total > 0.0)
    racks, commissioned = column(centres, "racks"), column(centres, "commissioned_share")
    filled = column(centres, "rack_utilisation")
    mix = np.array([[centre.cooling.mix.get(name, 0.0) for name in names] for centre in centres])
    green, battery = [centre.green for centre in centres], [centre.battery for centre in centres]
    flat = np.array([config.regions[centre.region].power.price_cny_per_kwh for centre in centres])
    contract = flat * si("x_cny_per_kwh") + config.green.premium_cny_per_kwh * si("x_cny_per_kwh")
    idle = np.array([config.standard.idle_general, config.standard.idle_smart])
    return {
        "power_share": (("centre", "pool"), share, "1", "pool's share of the centre's IT power"),
        "rated_power": (
            ("centre",), racks * commissioned * config.standard.rack_kw * 1e3, "W", "commissioned IT power"
        ),
        "racks": (("centre",), racks, "1", "standard racks"),
        "rack_utilisation": (("centre",), filled, "1", "filled share of the racks"),
        "occupancy": (("centre",), filled / commissioned, "1", "filled share of it"),
        "idle_share": (("pool",), idle, "1", "idle power share"),
        "mix": (("centre", "archetype"), mix, "1", "share of the rated power by cooling archetype"),
        "kappa": (("centre",), calibration.kappa(scenario), "1", "calibration factor of the cooling power"),
        "contract_price": (("centre",), contract, "CNY/J", "contracted green energy"),
        "contracted_wind": (("centre",), column(green, "wind_mw"), "W", "contracted wind"),
        "contracted_solar": (("centre",), column(green, "solar_mw"), "W", "contracted solar"),
        "certificates": (("centre",), column(green, "gec_mwh"), "J", "unbundled certificates of the year"),
        "battery_energy": (("centre",), column(battery, "energy_mwh"), "J", "usable energy"),
        "battery_power": (("centre",), column(battery, "power_mw"), "W", "charge and discharge"),
        "charge_efficiency": (("centre",), column(battery, "charge_efficiency"), "1", "stored over charged"),
        "discharge_efficiency": (
            ("centre",), column(battery, "discharge_efficiency"), "1", "delivered over taken"
        ),
    }  # fmt: skip
