"""The tables of the shipped nations hold together: totals, joins, shares, provenance (csv module only)."""

from __future__ import annotations

import csv
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

MODELS = Path(__file__).parents[2] / "models"
CHINA = MODELS / "nations" / "china-2024"
TOY = MODELS / "nations" / "toy-3"
WORKLOADS = MODELS / "workloads"
NATIONS = [CHINA, TOY]
FOLDERS = [*NATIONS, WORKLOADS]
TABLES = sorted(path for folder in FOLDERS for path in folder.glob("*.csv"))
CLASSES = ["batch", "hpc", "inference", "interactive", "storage", "training"]
CONFIDENCE = set(
    "official press estimate derived recalled proxy assumption synthetic calibrated".split()  # noqa: SIM905
)
KPIS = set(
    (  # noqa: SIM905
        "capacity_eflops racks rack_utilisation smart_share hub_share path_stretch storage_eb it_energy_twh "
        "latency_coverage.ms_1 latency_coverage.ms_5 latency_coverage.ms_20 facility_energy_twh pue wue "
        "green_share.annual green_share.bundled green_share.hourly green_share.cfe emissions_mt.location "
        "emissions_mt.market cost_bn_cny.energy cost_bn_cny.carbon cost_bn_cny.wan cost_bn_cny.unserved "
        "cost_bn_cny.total served_share availability link_utilisation.mean hub_delay_ms.mean hub_delay_ms.max"
    ).split()
)
each_nation = pytest.mark.parametrize("folder", NATIONS, ids=lambda path: path.name)

Row = dict[str, str]


def read(folder: Path, table: str) -> list[Row]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def ids(folder: Path, table: str, column: str) -> set[str]:
    values = [row[column] for row in read(folder, table)]
    assert len(values) == len(set(values)), f"{table}: {column} repeats"
    assert all(re.fullmatch(r"[a-z][a-z0-9_-]*", value) for value in values)
    return set(values)


def total(rows: list[Row], column: str) -> Decimal:
    return sum((Decimal(row[column]) for row in rows), Decimal(0))


def hours(text: str) -> set[int]:
    """Return the hours of ``"10-13;23-7"``, half open, over midnight where the end lies before the start."""
    found: set[int] = set()
    for window in filter(None, text.split(";")):
        assert re.fullmatch(r"\d{1,2}-\d{1,2}", window), text
        first, last = (int(part) for part in window.split("-"))
        assert 0 <= first < 24, text
        assert 0 <= last <= 24, text
        found |= set(range(first, last)) if first < last else {*range(first, 24), *range(last)}
    return found


def table_name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("path", TABLES, ids=table_name)
def test_every_row_is_rectangular_and_says_where_it_comes_from(path: Path) -> None:
    raw = path.read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    header, *rows = csv.reader(raw.decode("utf-8").splitlines())
    assert header[-2:] == ["source", "confidence"]
    assert rows
    known = re.findall(r"^\| ([A-Z]\d+[a-z]?) \|", (path.parent / "SOURCES.md").read_text("utf-8"), re.M)
    assert len(known) == len(set(known)), "an id is explained twice"
    for row in rows:
        assert len(row) == len(header), row
        *_, sources, confidence = row
        assert confidence in CONFIDENCE, row
        assert sources, row
        assert set(sources.split(";")) <= set(known), row


def test_both_nations_have_the_same_tables_with_the_same_headers() -> None:
    def headers(folder: Path) -> dict[str, list[str]]:
        return {p.name: p.read_text("utf-8").splitlines()[0].split(",") for p in folder.glob("*.csv")}

    china, toy = headers(CHINA), headers(TOY)
    # An invented nation has no report, and nothing reported to calibrate to.
    assert set(china) - set(toy) == {"report_2024.csv", "calibration.csv"}
    assert toy == {name: header for name, header in china.items() if name in toy}


def test_both_nations_set_the_same_scalars_inside_their_bounds() -> None:
    china, toy = read(CHINA, "national"), read(TOY, "national")
    kept = [(row["key"], row["unit"]) for row in china if row["key"] != "report.pue"]
    assert kept == [(row["key"], row["unit"]) for row in toy]
    for row in china + toy:
        assert Decimal(row["low"]) <= Decimal(row["value"]) <= Decimal(row["high"]), row["key"]


def test_china_holds_nine_million_racks_and_its_clusters_are_filled_as_reported() -> None:
    centres = read(CHINA, "centres")
    assert total(centres, "racks") == 9_000_000
    clusters = [row for row in centres if row["kind"] == "cluster"]
    assert len(clusters) == 10
    filled = sum(int(row["racks"]) * float(row["rack_utilisation"]) for row in clusters)
    assert filled / float(total(clusters, "racks")) == pytest.approx(0.63, abs=1e-12)


@pytest.mark.parametrize("allocation", ["consistent", "uniform", "hub_175"])
def test_every_allocation_of_china_sums_to_the_published_totals(allocation: str) -> None:
    rows = [row for row in read(CHINA, "allocations") if row["allocation"] == allocation]
    assert total([row for row in rows if row["pool"] == "general"], "capacity_eflops") == 190
    assert total([row for row in rows if row["pool"] == "smart"], "capacity_eflops") == 90
    assert total(rows, "capacity_eflops") == 280


def test_hub_175_gives_the_hubs_175_eflops_and_the_default_does_not() -> None:
    in_hub = {row["centre"] for row in read(CHINA, "centres") if row["hub"]}
    held = {name: Decimal(0) for name in ("consistent", "uniform", "hub_175")}
    for row in read(CHINA, "allocations"):
        if row["centre"] in in_hub:
            held[row["allocation"]] += Decimal(row["capacity_eflops"])
    assert held["hub_175"] == 175
    assert held["uniform"] == Decimal("211.714")
    assert held["consistent"] == Decimal("207.633")


@each_nation
def test_compute_at_its_power_fills_the_racks(folder: Path) -> None:
    filled = {r["centre"]: int(r["racks"]) * 2.5e-3 * float(r["rack_utilisation"]) for r in read(folder, "centres")}
    drawn: dict[tuple[str, str], float] = {}
    for row in read(folder, "allocations"):
        assert row["precision"] == "fp32"
        key = row["allocation"], row["centre"]
        drawn[key] = drawn.get(key, 0.0) + float(row["capacity_eflops"]) * float(row["mw_per_eflops"])
    for (allocation, centre), power in drawn.items():
        assert power == pytest.approx(filled[centre], rel=1e-5), (allocation, centre)


@each_nation
def test_every_allocation_covers_every_centre_and_pool_once(folder: Path) -> None:
    centres = ids(folder, "centres", "centre")
    rows = read(folder, "allocations")
    found = Counter((row["allocation"], row["centre"], row["pool"]) for row in rows)
    wanted = {
        (allocation, centre, pool)
        for allocation in {row["allocation"] for row in rows}
        for centre in centres
        for pool in ("general", "smart")
    }
    assert found == Counter(wanted)
    assert "consistent" in {row["allocation"] for row in rows}


@each_nation
def test_regions_power_and_nodes_join(folder: Path) -> None:
    regions, nodes = ids(folder, "regions", "region"), ids(folder, "nodes", "node")
    hubs = ids(folder, "hubs", "hub")
    assert ids(folder, "power", "region") == regions
    for row in read(folder, "regions"):
        assert row["node"] in nodes
        assert row["hub"] in {"", *hubs}
    assert {row["region"] for row in read(folder, "nodes")} <= regions
    assert {row["role"] for row in read(folder, "nodes")} <= {"capital", "cluster", "check"}


@each_nation
def test_centres_join(folder: Path) -> None:
    region_hub = {row["region"]: row["hub"] for row in read(folder, "regions")}
    nodes, sites = ids(folder, "nodes", "node"), {row["site"] for row in read(folder, "climate")}
    for row in read(folder, "centres"):
        own = row["own_regions"].split(";")
        assert row["region"] in own
        assert set(own) <= set(region_hub)
        assert row["hub"] == region_hub[row["region"]], "a hub holds the centres of its provinces"
        assert row["kind"] in {"cluster", "rest"}
        assert row["node"] in nodes
        assert row["climate_site"] in sites
        assert 0 < float(row["rack_utilisation"]) <= float(row["commissioned_share"]) <= 1
    assert {row["hub"] for row in read(folder, "centres")} - {""} == ids(folder, "hubs", "hub")
    assert len({row["node"] for row in read(folder, "centres")}) == len(read(folder, "centres"))


@each_nation
def test_cooling_shares_sum_to_one_over_known_archetypes(folder: Path) -> None:
    shares: dict[str, Decimal] = {}
    for row in read(folder, "cooling_mix"):
        assert (MODELS / "cooling" / f"{row['archetype']}.csv").is_file()
        assert Decimal(row["share"]) > 0
        shares[row["centre"]] = shares.get(row["centre"], Decimal(0)) + Decimal(row["share"])
    assert set(shares) == ids(folder, "centres", "centre")
    assert set(shares.values()) == {Decimal(1)}


def test_only_the_clusters_of_china_hold_green_contracts() -> None:
    clusters = {row["centre"]: row for row in read(CHINA, "centres") if row["kind"] == "cluster"}
    green = read(CHINA, "green")
    assert {row["centre"] for row in green} == set(clusters)
    assert all(Decimal(row[key]) > 0 and Decimal(row[key]) % 5 == 0 for row in green for key in ("wind_mw", "solar_mw"))
    assert total(green, "gec_mwh") == 0
    for row in green:
        assert Decimal(row["reported_share"]) <= Decimal(clusters[row["centre"]]["reported_green_share"])
    assert {r["reported_green_share"] for r in read(CHINA, "centres") if r["kind"] == "rest"} == {""}


def test_only_the_reported_pues_are_given() -> None:
    given = {row["centre"]: float(row["pue_reported"]) for row in read(CHINA, "centres") if row["pue_reported"]}
    clusters = {row["centre"] for row in read(CHINA, "centres") if row["kind"] == "cluster"}
    assert set(given) == clusters | {"rest_hebei", "rest_shanxi"}
    assert all(1.1 <= pue <= 1.4 for pue in given.values())


@each_nation
def test_links_end_at_nodes_and_carry_whole_waves(folder: Path) -> None:
    nodes = ids(folder, "nodes", "node")
    pairs = []
    for row in read(folder, "links"):
        assert {row["from"], row["to"]} <= nodes
        assert row["link"] == f"{row['from']}-{row['to']}"
        assert float(row["fibre_km"]) > float(row["great_circle_km"]) > 0
        assert Decimal(row["waves_400g"]) * Decimal("0.4") == Decimal(row["capacity_tbps"])
        assert row["capacity_confidence"] in CONFIDENCE
        pairs.append(frozenset((row["from"], row["to"])))
    assert len(set(pairs)) == len(pairs), "links are undirected: one row a pair"
    assert {node for pair in pairs for node in pair} == nodes


def test_the_backbone_has_its_published_size_and_exits() -> None:
    links = read(CHINA, "links")
    assert len(links) == 88
    assert len(read(CHINA, "nodes")) == 42
    assert total(links, "capacity_tbps") == 1898
    zhongwei = [row for row in links if "zhongwei" in (row["from"], row["to"])]
    assert total(zhongwei, "capacity_tbps") == 18


@each_nation
def test_climate_has_twelve_plausible_months_a_site(folder: Path) -> None:
    months = Counter((row["site"], row["month"]) for row in read(folder, "climate"))
    sites = {site for site, _ in months}
    assert months == Counter((site, str(month)) for site in sites for month in range(1, 13))
    for row in read(folder, "climate"):
        low, mean, high = (float(row[f"temperature_{part}_c"]) for part in ("min", "mean", "max"))
        assert -40 < low <= mean <= high < 45, row
        assert 15 <= float(row["relative_humidity_percent"]) <= 95, row
    assert sites == {row["climate_site"] for row in read(folder, "centres")}


@each_nation
def test_power_is_ordered(folder: Path) -> None:
    for row in read(folder, "power"):
        assert not hours(row["peak_hours"]) & hours(row["valley_hours"]), row["region"]
        assert float(row["valley_factor"]) <= 1 <= float(row["peak_factor"]), row["region"]
        assert 0 <= float(row["variable_share"]) <= float(row["renewable_share"]) <= 1, row["region"]
        assert 0.1 <= float(row["emission_factor_kg_per_kwh"]) <= 0.8, row["region"]
        assert 700 <= float(row["solar_hours"]) <= float(row["wind_hours"]) <= 3000, row["region"]


def test_regions_of_china_sum_to_the_nation() -> None:
    regions = read(CHINA, "regions")
    assert len(regions) == 31
    users = next(row for row in read(CHINA, "drivers") if row["driver"] == "internet_users")
    assert float(total(regions, "internet_users_million")) == pytest.approx(float(users["level"]), abs=0.2)
    assert float(total(regions, "population_million")) == pytest.approx(1408, rel=0.005)
    assert float(total(regions, "gdp_bn_cny")) == pytest.approx(134_900, rel=0.01)
    elevation = {row["region"]: row["elevation_m"] for row in regions}
    assert (elevation["shandong"], elevation["guizhou"]) == ("170", "1224")


@each_nation
def test_workloads_join_their_sheets_pools_weights_and_drivers(folder: Path) -> None:
    columns = {name.rsplit("_", 1)[0] for name in read(folder, "regions")[0]} | {
        name.removesuffix("_bn_cny") for name in read(folder, "regions")[0]
    }
    rows = read(folder, "workloads")
    assert sorted(row["workload"] for row in rows) == CLASSES
    for row in rows:
        assert (WORKLOADS / f"{row['class']}.csv").is_file()
        assert row["weight"] in columns
        unit = "Tbps" if row["pool"] == "none" else "EFLOPS_FP32"
        assert row["level_unit"] == unit
        assert float(row["deadline_h"]) >= 0
        assert row["latency_bound_ms"] == "" or float(row["deadline_h"]) == 0
    drivers = ids(folder, "drivers", "driver")
    pairs = [(row["workload"], row["driver"]) for row in read(folder, "elasticities")]
    assert {driver for _, driver in pairs} == drivers
    assert {workload for workload, _ in pairs} == set(CLASSES)
    assert len(pairs) == len(set(pairs))
    assert all(row["level"] == row["reference"] for row in read(folder, "drivers"))


def test_the_demand_is_179_eflops_in_china_and_half_the_capacity_in_the_toy() -> None:
    for folder, general, smart in ((CHINA, 121, 58), (TOY, Decimal("4.5"), Decimal("1.5"))):
        rows = read(folder, "workloads")
        assert total([row for row in rows if row["pool"] == "general"], "level") == general
        assert total([row for row in rows if row["pool"] == "smart"], "level") == smart


@each_nation
def test_targets_name_known_kpis_and_are_judged_only_where_one_measures_them(folder: Path) -> None:
    centres = {row["centre"]: row["kind"] for row in read(folder, "centres")}
    hubs = ids(folder, "hubs", "hub")
    for row in read(folder, "targets"):
        assert row["kpi"] in {"", *KPIS}, row["id"]
        assert row["kpi_scope"] in ({"nation", "hub", "cluster"} if row["kpi"] else {""}), row["id"]
        assert row["judged"] in {"yes", "no"}, row["id"]
        if row["judged"] == "yes":
            assert row["kpi"], row["id"]
            assert row["comparison"] in {"=", ">", ">=", "<", "<="}, row["id"]
            assert row["unit"] in {"EFLOPS_FP32", "EB", "share", "ratio"}, row["id"]
        if ";" in row["scope"]:
            allowed = hubs if row["kpi_scope"] == "hub" else set(centres)
            assert set(row["scope"].split(";")) <= allowed, row["id"]


def test_the_report_names_known_kpis_scopes_and_roles() -> None:
    centres = ids(CHINA, "centres", "centre")
    rows = read(CHINA, "report_2024")
    ids(CHINA, "report_2024", "figure")
    for row in rows:
        assert row["kpi"] in {"", *KPIS}
        assert row["scope"] in {"nation", *centres}
        assert row["comparison"] in {"=", ">", ">=", "~"}
        assert row["role"] in {"input", "calibrated", "predicted", "context"}
        assert (row["tolerance"] == "") == (row["role"] == "context"), row["figure"]
    by_kpi = {(row["kpi"], row["scope"]): row["value"] for row in rows}
    assert by_kpi["capacity_eflops", "nation"] == "280"
    assert by_kpi["pue", "nation"] == "1.46"
    assert by_kpi["green_share.bundled", "qingyang"] == "0.8"


def test_the_drivers_are_the_figures_of_the_report() -> None:
    report = {row["figure"]: row for row in read(CHINA, "report_2024")}
    for row in read(CHINA, "drivers"):
        figure = report[row["driver"]]
        assert (figure["value"], figure["unit"]) == (row["reference"], row["unit"])


@each_nation
def test_no_compute_figure_lacks_its_precision(folder: Path) -> None:
    """A column named eflops holds FP32 beside its precision; in long tables the unit says it, row by row."""
    for path in folder.glob("*.csv"):
        for row in read(folder, path.stem):
            unit = row.get("unit", "") + row.get("level_unit", "")
            if "FLOPS" in unit and "h" not in unit.split("FLOPS")[1]:
                assert re.search(r"[EP]FLOPS_(FP32|FP16|mixed|unstated)", unit), row
            if any("flops" in name for name in row) and path.stem == "allocations":
                assert row["precision"] == "fp32"
    for row in read(folder, "targets"):
        assert not (row["kpi"] == "capacity_eflops" and row["judged"] == "yes" and "FP32" not in row["unit"])
    for row in read(folder, "national"):
        if row["key"].startswith("economy.") and "capex_bn_cny_per_eflops" in row["key"]:
            assert row["unit"] == "bn_CNY_per_EFLOPS_FP32"


@each_nation
def test_costs_and_scalars_agree(folder: Path) -> None:
    costs = {row["id"]: row for row in read(folder, "costs")}
    scalars = {row["key"]: row["value"] for row in read(folder, "national")}
    for key, cost in {
        "green.premium_cny_per_kwh": "C29",
        "economy.discount_rate_per_year": "C59",
        "economy.demand_charge_cny_per_kw_month": "C33",
        "economy.facility_capex_cny_per_kw": "C01",
        "economy.general_capex_bn_cny_per_eflops": "C10",
        "economy.smart_capex_bn_cny_per_eflops": "C12",
        "economy.facility_life_years": "C18",
        "economy.it_life_years": "C17",
    }.items():
        assert Decimal(scalars[key]) == Decimal(costs[cost]["value"]), key
    for row in costs.values():
        assert Decimal(row["low"]) <= Decimal(row["value"]) <= Decimal(row["high"]), row["id"]
        assert row["unit"], row["id"]


def test_the_wan_price_follows_from_the_wavelength_lease() -> None:
    """150,000 CNY a month, 100 Gbit/s half filled over 30.5 days, 1,500 km."""
    lease = next(float(row["value"]) for row in read(CHINA, "costs") if row["id"] == "C54")
    terabytes = 0.5 * 100e9 * 30.5 * 86_400 / 8e12
    price = next(r["value"] for r in read(CHINA, "national") if r["key"] == "economy.wan_cny_per_tb_1000km")
    assert float(price) == pytest.approx(lease / terabytes / 1.5, abs=0.005)
