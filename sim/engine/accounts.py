"""Energy, emissions and the grid's bill by what they served: every workload, idle equipment, lost work."""

from __future__ import annotations

import numpy as np

from sim.engine.ledger import Ledger
from sim.ground.arrays import Array
from sim.ground.errors import InvariantError
from sim.network.network import Network
from sim.network.power import by_pool, utilisation_slope
from sim.results.totals import total as sum_of

IDLE, LOST = "idle", "lost"


def accounts(network: Network, ledger: Ledger, power: Array, total: Array, grid: Array) -> dict[str, Array]:
    """Return facility energy, J, location-based emissions, kg, and the grid's bill, CNY; each [centre, account].

    In every epoch and centre a workload has the IT power that its work draws above idle, P_w = x_w · ∂P/∂x (model of
    `sim.network.power.it_power`), what is left is idle, and the facility's energy, the grid's carbon and its bill
    follow IT power. Of a workload's share, as much as of its work was undone by kills in the whole run stands under
    lost.

    Parameters
    ----------
    network
        The network, as it was in service.
    ledger
        Work served, FLOP, and lost again.
    power, total, grid
        [epoch, centre], W: IT, facility, and drawn from the grid.

    Raises
    ------
    InvariantError
        Where the accounts do not sum to the whole.
    """
    seconds, pool = network.calendar.seconds, network["workload_pool"]
    by_slope = utilisation_slope(network)  # [centre, pool], W per FLOPS
    slope = np.where(pool >= 0, by_slope[:, pool], 0.0)
    done = by_pool(network, ledger.served)
    served = ledger.served.sum(axis=(0, 1))
    gone = np.divide(ledger.lost.sum(axis=0), served, out=np.zeros_like(served), where=served > 0.0)
    found = {}
    for name, series in (
        ("energy_account", total),
        ("emissions_account", grid * network["emission_factor"]),
        ("bill_account", grid * network["price"]),
    ):
        factor = np.divide(series, power, out=np.zeros_like(total), where=power > 0.0)
        whole = sum_of(series) * seconds
        work = np.einsum("tc,tcw->cw", factor, ledger.served) * slope
        idle = whole - (by_slope * sum_of(factor[:, :, None] * done)).sum(axis=1)
        if (idle < -1e-9 * whole - 1e-3).any():
            c = int(np.argmin(idle))
            raise InvariantError(
                f"centre {c}: {work.sum(axis=1)[c]:.6e} are booked to workloads in {name} and there are "
                f"{whole[c]:.6e}; this is a bug of suanwang, please report it"
            )
        lost = (work * gone).sum(axis=1)
        found[name] = np.column_stack([work * (1.0 - gone), np.maximum(idle, 0.0), lost])
    return found
