"""What a reader of the results must know beside the numbers: names, places, sources, what was assumed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sim.ground.units import split_key
from sim.network.network import Network
from sim.network.routes import directed
from sim.scenario.scenario import Scenario
from sim.scenario.yaml_file import leaves

_TABLES = ("report_2024", "targets")


def describe(network: Network) -> dict[str, Any]:
    """Return the description of a network as plain values, ready for JSON.

    Parameters
    ----------
    network
        The network.

    Returns
    -------
    dict
        Names in two languages, places, ends of the links, the report's figures, targets, what was set,
        assumed, synthetic and calibrated, with sources.
    """
    scenario = network.scenario
    config, nation = scenario.config, scenario.nation
    run, policy = config.run, config.policy
    links = directed(config)
    return {
        "scenario": config.name,
        "question": config.question,
        "question_zh": config.question_zh,
        "nation": config.nation,
        "nation_name": nation.names,
        "engine": run.engine,
        "policy": policy.name,
        "policy_parameters": policy.parameters,
        "forecast": config.forecast.model_dump(),
        "seed": run.seed,
        "replication": run.replication,
        "start": run.start.isoformat(),
        "horizon_h": run.horizon_h,
        "epoch_h": run.epoch_h,
        "epochs": network.calendar.epochs,
        "synthetic": list(network.synthetic),
        "calibrated": _calibrated(scenario),
        "differences": differences(scenario),
        "names": names(scenario),
        "places": {name: [node.latitude_deg, node.longitude_deg] for name, node in config.nodes.items()},
        "node_of": {
            "region": {name: region.node for name, region in config.regions.items()},
            "centre": {name: centre.node for name, centre in config.centres.items()},
        },
        "hub_of": {name: centre.hub for name, centre in config.centres.items()},
        "kind_of": {name: centre.kind for name, centre in config.centres.items()},
        "link_ends": {
            name: [links.nodes[links.start[i]], links.nodes[links.end[i]]] for i, name in enumerate(links.ids)
        },
        "report_figures": [row.cells for row in nation.tables.get("report_2024", [])],
        "targets": [row.cells for row in nation.tables.get("targets", [])],
        "assumptions": _assumptions(scenario),
    }  # fmt: skip


def names(scenario: Scenario) -> dict[str, Any]:
    """Return the names of hubs, centres, regions, workloads and nodes: dimension → id → language → name."""
    config = scenario.config
    return {
        group: {name: item.name.model_dump() for name, item in getattr(config, plural).items()}
        for group, plural in (
            ("hub", "hubs"), ("centre", "centres"), ("region", "regions"), ("workload", "workloads"),
            ("node", "nodes"),
        )
    }  # fmt: skip


def differences(scenario: Scenario) -> list[dict[str, Any]]:
    """Return what the scenario files and the command line set, with the place of each.

    Parameters
    ----------
    scenario
        The scenario.

    Returns
    -------
    list of dict
        ``key``, ``value``, ``origin``, in alphabetical order; the folder of a file is left out.
    """
    values = scenario.config.model_dump(mode="json", by_alias=True)
    found = []
    for path in sorted(scenario.written):
        inner = any(path[:length] in scenario.written for length in range(1, len(path)))
        if len(path) != 2 if path[0] == "events" else inner:
            continue
        here: Any = values
        for key in path:
            if isinstance(here, dict):
                here = here.get(key)
            elif isinstance(here, list) and key.isdigit() and int(key) < len(here):
                here = here[int(key)]
            else:
                here = None
        origin = scenario.origins[path]
        place = f"{origin.file.replace(chr(92), '/').rsplit('/', 1)[-1]}:{origin.line}" if origin.line else origin.file
        found.append({"key": ".".join(path), "value": _as_written(here, path, scenario.written), "origin": place})
    return found


def _as_written(value: Any, path: tuple[str, ...], written: Collection[tuple[str, ...]]) -> Any:
    """Return a value without what the file left out: the schema's defaults and what is empty."""
    if not isinstance(value, dict):
        return value
    deep = len(path)
    inner = {other[deep] for other in written if len(other) > deep and other[:deep] == path}
    return {
        key: _as_written(item, (*path, key), written)
        for key, item in value.items()
        if item is not None and (not inner or key in inner)
    }


def _calibrated(scenario: Scenario) -> list[dict[str, str]]:
    found = []
    if scenario.nation.tables.get("calibration"):
        found.append(
            {
                "en": "Cooling power is scaled once per centre so that the base year meets the reported PUEs and "
                "the nation's; the factors are frozen and do not follow the scenario.",
                "zh": "各数据中心的制冷功率按基准年一次性校准，使其符合公布的PUE和全国平均值；"
                "校准系数冻结，不随情景变化。",
            }
        )
    for name, centre in scenario.config.centres.items():
        if centre.pue is not None:
            found.append(
                {
                    "en": f"{name} is calibrated anew to a PUE of {centre.pue:g}.",
                    "zh": f"{name} 重新校准至PUE {centre.pue:g}。",
                }
            )
    return found


def _assumptions(scenario: Scenario) -> list[dict[str, str]]:
    """Return the nation's scalars and the workloads' levels with value, unit, source and confidence."""
    values = scenario.config.model_dump(mode="json", by_alias=True)
    notes = {
        row.cells["key"]: {field: text for field, text in row.cells.items() if field.startswith("note")}
        for row in scenario.nation.tables.get("national", [])
    }
    rows = []
    for path, value in leaves(values):
        single = path[0] in (
            "standard",
            "grid",
            "green",
            "economy",
            "network",
            "weather",
            "renewables",
            "report",
        )
        if not (single or path[0] in ("drivers", "workloads")) or not isinstance(value, (int, float)):
            continue
        source, confidence = scenario.provenance(*path)
        key = ".".join(path)
        rows.append(
            {
                "key": key,
                "value": f"{value:.10g}",
                "unit": split_key(path[-1])[1].label,
                "source": source,
                "confidence": confidence,
                **notes.get(key, {"note": ""}),
            }
        )
    return rows
