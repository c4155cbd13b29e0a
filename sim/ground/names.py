"""The only dictionary of the measures: key, unit, names in English and Chinese, and what each one means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measure:
    """One KPI.

    Attributes
    ----------
    unit
        Unit of the value; ``1`` for a ratio.
    en, zh
        Short names.
    text
        What it is, in one sentence.
    kind
        ``input`` (given), ``calibrated`` (fitted to a published figure), ``predicted`` (came out).
    """

    unit: str
    en: str
    zh: str
    text: str
    kind: str = "predicted"


MEASURES: dict[str, Measure] = {
    "capacity_eflops": Measure("EFLOPS (FP32)", "Compute capacity", "算力规模", "installed compute", "input"),
    "racks": Measure("1", "Standard racks", "标准机架数", "installed racks of 2.5 kW", "input"),
    "rack_utilisation": Measure("1", "Rack utilisation", "机架上架率", "filled racks / installed racks", "input"),
    "smart_share": Measure("1", "AI share of compute", "智能算力占比", "smart pool / all compute", "input"),
    "hub_share": Measure("1", "Hub share of compute", "枢纽节点算力占比", "compute in hubs / all compute", "input"),
    "load": Measure("1", "Mean load", "平均负载率", "served work / work that the capacity in service could do"),
    "it_energy_twh": Measure("TWh", "IT energy", "IT设备用电量", "energy of the IT equipment"),
    "facility_energy_twh": Measure("TWh", "Facility energy", "数据中心用电量", "energy of the whole facilities"),
    "pue": Measure(
        "1",
        "PUE",
        "电能利用效率（PUE）",
        "facility energy / IT energy, a ratio of sums (ISO/IEC 30134-2)",
        "calibrated",
    ),
    "wue": Measure("L/kWh", "WUE", "水利用效率（WUE）", "water / IT energy (ISO/IEC 30134-9)"),
    "green_share.annual": Measure("1", "Green share, annual", "绿电占比（年度）", "contracts and certificates / use"),
    "green_share.bundled": Measure(
        "1",
        "Green share, bundled",
        "绿电占比（证电合一）",
        "contracted generation / use, no certificates",
        "calibrated",
    ),
    "green_share.hourly": Measure("1", "Green share, hourly", "绿电小时匹配率", "use met by contracts in its own hour"),
    "green_share.cfe": Measure(
        "1", "24/7 carbon-free score", "全天候无碳电力占比", "hourly match plus the grid's own share"
    ),
    "emissions_mt.location": Measure(
        "Mt", "Emissions, location-based", "碳排放（基于位置）", "grid energy × grid factor"
    ),
    "emissions_mt.market": Measure(
        "Mt", "Emissions, market-based", "碳排放（基于市场）", "uncovered energy × residual mix"
    ),
    "cost_bn_cny.energy": Measure("bn CNY", "Energy cost", "电费", "grid energy and contracted green energy"),
    "cost_bn_cny.carbon": Measure("bn CNY", "Carbon cost", "碳成本", "carbon price × location-based emissions"),
    "cost_bn_cny.wan": Measure("bn CNY", "Network cost", "网络传输成本", "dispatch traffic × distance × price"),
    "cost_bn_cny.unserved": Measure("bn CNY", "Unserved work", "未满足需求成本", "unserved work at its value"),
    "cost_bn_cny.total": Measure("bn CNY", "Total cost", "总成本", "energy + carbon + network + unserved work"),
    "grid_energy_twh": Measure("TWh", "Grid energy", "电网购电量", "energy drawn from the grid"),
    "grid_bill_bn_cny": Measure("bn CNY", "Grid bill", "电网电费", "grid energy at its hour's price, no contracts"),
    "grid_price_cny_per_kwh.drawn": Measure(
        "CNY/kWh", "Grid price as drawn", "实际购电均价", "grid bill / grid energy"
    ),
    "grid_price_cny_per_kwh.even": Measure(
        "CNY/kWh", "Grid price, drawn evenly", "均匀购电均价", "the same if each centre drew evenly over the run"
    ),
    "grid_factor_kg_per_kwh.drawn": Measure(
        "kg/kWh", "Grid factor as drawn", "实际购电排放因子", "location-based emissions / grid energy"
    ),
    "grid_factor_kg_per_kwh.even": Measure(
        "kg/kWh", "Grid factor, drawn evenly", "均匀购电排放因子", "the same if each centre drew evenly over the run"
    ),
    "demand_charge_bn_cny": Measure("bn CNY", "Demand charge", "需量电费", "monthly peaks of grid power × charge"),
    "capital_bn_cny": Measure(
        "bn CNY", "Capital, annuity", "资本年金", "facilities and servers, annuity of the period"
    ),
    "served_share": Measure("1", "Served share", "需求满足率", "work served / work that had to be served"),
    "deadline_missed_share": Measure("1", "Deadlines missed", "超期任务占比", "deferrable work past its deadline"),
    "availability": Measure("1", "Availability", "可用率", "capacity-hours in service / installed", "input"),
    "delay_ms.mean": Measure("ms", "Delay, mean", "平均时延", "one-way delay of interactive work"),
    "delay_ms.p99": Measure("ms", "Delay, 99th percentile", "时延99分位", "one-way delay of interactive work"),
    "wait_h.mean": Measure("h", "Wait, mean", "平均等待时间", "from arrival to service, weighted by work"),
    "wait_h.p50": Measure("h", "Wait, median", "等待时间中位数", "from arrival to service, weighted by work"),
    "wait_h.p95": Measure("h", "Wait, 95th percentile", "等待时间95分位", "from arrival to service, weighted by work"),
    "wait_h.p99": Measure("h", "Wait, 99th percentile", "等待时间99分位", "from arrival to service, weighted by work"),
    "latency_coverage.ms_1": Measure(
        "1", "Users within 1 ms", "1毫秒时延圈覆盖率", "users within 1 ms of a cluster, one way"
    ),
    "latency_coverage.ms_5": Measure(
        "1", "Users within 5 ms", "5毫秒时延圈覆盖率", "users within 5 ms of a cluster, one way"
    ),
    "latency_coverage.ms_20": Measure(
        "1", "Users within 20 ms", "20毫秒时延圈覆盖率", "users within 20 ms of a cluster, one way"
    ),
    "hub_delay_ms.mean": Measure(
        "ms",
        "Hub to hub, mean",
        "枢纽间平均时延",
        "optical one-way delay between clusters of two hubs",
        "calibrated",
    ),
    "hub_delay_ms.max": Measure(
        "ms", "Hub to hub, largest", "枢纽间最大时延", "optical delay between clusters of two hubs"
    ),
    "path_stretch": Measure("1", "Path stretch", "路径时延比", "hub-to-hub delay / that of straight fibre, mean"),
    "link_utilisation.mean": Measure(
        "1", "Link use, mean", "链路平均利用率", "traffic with background / capacity", "calibrated"
    ),
    "link_utilisation.max": Measure("1", "Link use, largest", "链路最大利用率", "largest hourly use of any link"),
    "link_utilisation.name": Measure("1", "Most used link", "最繁忙链路", "the link of that hour"),
    "idle_energy_twh": Measure(
        "TWh", "Energy of idle equipment", "空闲设备用电量", "facility energy that served no work"
    ),
    "lost_energy_twh": Measure(
        "TWh", "Energy of lost work", "损失任务用电量", "facility energy of work undone by kills"
    ),
    "lost_share": Measure("1", "Work lost", "损失算力占比", "work undone by kills / work done"),
    "energy_twh": Measure(
        "TWh", "Energy booked", "分摊用电量", "facility energy booked by share of load, without idle"
    ),
    "bounded_slowdown": Measure(
        "1", "Bounded slowdown", "有界减速比", "mean of (wait + run) / run, runs of 10 s at least"
    ),
    **{
        f"jobs.{fate}": Measure("1", f"Jobs {fate}", f"任务数（{chinese}）", f"jobs {text}")
        for fate, chinese, text in (
            ("finished", "已完成", "that finished"),
            ("rejected", "被拒绝", "that no centre could ever take"),
            ("missed", "超期", "that did not start in time"),
            ("running", "运行中", "that run at the end"),
            ("waiting", "等待中", "that wait at the end"),
            ("killed", "被中断次数", "that were killed, each time"),
        )
    },
    "storage_eb": Measure("EB", "Storage", "存力规模", "national data storage, as reported", "input"),
    "demand_eflops": Measure("EFLOPS (FP32)", "Demand", "算力需求", "mean compute asked for", "input"),
    "served_eflops": Measure("EFLOPS (FP32)", "Served", "已满足算力", "mean compute served"),
    "demand_tbps": Measure("Tbps", "Data demand", "数据传输需求", "mean data rate asked for", "input"),
    "served_tbps": Measure("Tbps", "Data served", "已满足数据传输", "mean data rate served"),
    "moved_share": Measure("1", "Work away from home", "跨域调度占比", "work served outside the region's own centres"),
}


def flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested measures by dotted key.

    Parameters
    ----------
    values
        Nested dicts.
    prefix
        Put before every key.

    Returns
    -------
    dict
        Dotted key → value.

    Examples
    --------
    >>> flat({"green_share": {"cfe": 0.4}, "pue": 1.46})
    {'green_share.cfe': 0.4, 'pue': 1.46}
    """
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


def label(key: str, language: str) -> str:
    """Return the name of a measure in a language, ``en`` or ``zh``."""
    return getattr(MEASURES[key], language)  # type: ignore[no-any-return]
