"""The differences of a scenario: `set`, dotted and nested, wildcards, units, deletion, and what is refused."""

from __future__ import annotations

import pytest

from sim.ground.places import scenarios
from sim.scenario.read import read
from tests.unit.scenario.desk import BASE, TOY, Desk, same

CHINA = read(scenarios() / "baseline-2024.yaml").config


def wrong(desk: Desk, body: str, *lines: str, base: str = BASE) -> None:
    """Check the lines of a scenario whose `set` begins in the line after the base."""
    same(desk.told(f"{base}set:\n{body}"), lines)


def test_dotted_and_nested_say_the_same(desk: Desk) -> None:
    dotted = desk.read(BASE + "set:\n  centres.gui_an.green.solar_mw: 5\n  centres.gui_an.racks: 9\n").config
    nested = desk.read(BASE + "set: {centres: {gui_an: {green: {solar_mw: 5}, racks: 9}}}\n").config
    mixed = desk.read(BASE + "set: {centres.gui_an: {green.solar: 5 MW, racks: 9}}\n").config
    assert dotted == nested == mixed
    assert dotted.centres["gui_an"].green.solar_mw == 5.0
    assert dotted.centres["gui_an"].green.wind_mw == CHINA.centres["gui_an"].green.wind_mw


def test_a_wildcard_changes_every_match(desk: Desk) -> None:
    config = desk.read(BASE + 'set: {centres.*.green.solar_mw: "+20%", centres.rest_*.racks: "-50 %"}\n').config
    for name, centre in config.centres.items():
        before = CHINA.centres[name]
        assert centre.green.solar_mw == pytest.approx(1.2 * before.green.solar_mw)
        half = 0.5 if name.startswith("rest_") else 1.0
        assert centre.racks == pytest.approx(half * before.racks)
    assert sum(centre.green.solar_mw > 0 for centre in config.centres.values()) == 10


def test_a_wildcard_works_in_a_mapping_and_in_the_middle_of_an_id(desk: Desk) -> None:
    config = desk.read(
        BASE + 'set: {centres: {"rest_*": {pue: 1.5}}, links: {"*-tianjin": {capacity: 1 Tbps}}}\n'
    ).config
    assert {name for name, centre in config.centres.items() if centre.pue == 1.5} == {
        name for name in CHINA.centres if name.startswith("rest_")
    }
    changed = {name for name, link in config.links.items() if link.capacity_tbps == 1.0}
    assert changed == {name for name in CHINA.links if name.endswith("-tianjin")} != set()


def test_what_stands_later_holds(desk: Desk) -> None:
    config = desk.read(BASE + "set:\n  centres.*.pue: 1.5\n  centres.gui_an.pue: 1.2\n").config
    assert config.centres["gui_an"].pue == 1.2
    assert config.centres["qingyang"].pue == 1.5


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("links.beijing-zhangjiakou.capacity", "64 Tbps", 64.0),
        ("links.beijing-zhangjiakou.capacity", "64 000 Gbps", 64.0),
        ("links.beijing-zhangjiakou.capacity_tbps", "64", 64.0),
        ("links.beijing-zhangjiakou.fibre", "150000 m", 150.0),
        ("centres.gui_an.pools.general.capacity", "1500 PFLOPS", 1.5),
        ("centres.gui_an.pools.general.capacity", "1.5 EFLOPS FP32", 1.5),
        ("centres.gui_an.rack_utilisation", "25 %", 0.25),
        ("centres.gui_an.racks", "40_000", 40000.0),
        ("workloads.batch.deadline", "2 d", 48.0),
        ("workloads.storage.level", "0.5 Tbps", 0.5),
        ("workloads.hpc.level", "3000 PFLOPS", 3.0),
        ("workloads.training.latency_bound", "0.1 s", 100.0),
        ("regions.beijing.power.price", "1 CNY/kWh", 1.0),
    ],
)
def test_a_suffix_stands_for_the_unit_of_the_key(key: str, value: str, found: float, desk: Desk) -> None:
    here = desk.read(f"{BASE}set: {{{key}: {value}}}\n").config.model_dump(by_alias=True)
    *path, last = key.split(".")
    for part in path:
        here = here[part]
    names = [name for name in here if name == last or name.startswith(f"{last}_")]
    assert found in [here[name] for name in names]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (
            "links.beijing-zhangjiakou.capacity: 64",
            "links.beijing-zhangjiakou.capacity needs a unit: write capacity_tbps: 64 or capacity: 64 Tbps",
        ),
        (
            "links.beijing-zhangjiakou.capacity: 64 MW",
            "links.beijing-zhangjiakou.capacity_tbps: 'MW' measures power; expected one of bit rate, such as Tbps",
        ),
        ("links.beijing-tianjin.capacity: 6 furlong", "links.beijing-tianjin.capacity_tbps: 'furlong' is not a unit"),
        ("centres.gui_an.green.wind: '20%'", "centres.gui_an.green.wind_mw: '20%' has no unit of power; write for"),
        ("centres.gui_an.racks: 5 kW", "centres.gui_an.racks: 'kW' measures power; a plain number belongs here"),
        ("centres.gui_an.racks: many", "centres.gui_an.racks: 'many' is not a number such as 1.5"),
        ("centres.gui_an.green.wind: 3 mW", "centres.gui_an.green.wind_mw: 'mW' would be a milliwatt; write MW"),
        *[
            (
                f"workloads.training.level: {written}",
                f"workloads.training.level_eflops: '{written[3:]}' is counted in FP16, compute here in FP32, and the "
                "two never add: convert with the hardware's own ratio (4 to 16) first",
            )
            for written in ("40 EFLOPS FP16", "40 EFLOPS (FP16)", "40 EFLOPS_FP16", "40 FP16")
        ],
        ("centres.guian.racks: 3", "there is no 'guian' in centres; did you mean 'gui_an'"),
        ("centre.gui_an.racks: 3", "'centre' is not a key of a scenario; did you mean 'centres'?"),
        ("centres.gui_an.rack: 3", "'rack' is not a key of centres.gui_an; did you mean 'racks'?"),
        ("centres.gui_an.gren.wind: 3 MW", "'gren' is not a key of centres.gui_an; did you mean 'green'"),
        (
            "links.zhangjiakou-beijing.capacity: 3 Tbps",
            "there is no 'zhangjiakou-beijing' in links; did you mean 'beijing-zhangjiakou'?",
        ),
        ("centres.gui_an.racks.x: 3", "'centres.gui_an.racks' is a value and has no key 'x'"),
        ("centres.gui_an.availability.x.y: 3", "'centres.gui_an.availability' is a value and has no key 'x'"),
        ("events.0.hub: guizhou", "'events' is a list and has no key '0'"),
        ("question: {a: 1}", "'question' is a value, not a mapping"),
        ("centres.zz*.racks: 3", "'zz*' matches no entry of centres"),
        ("centres.rest_*.rack: 3", "'rack' is not a key of centres.rest_beijing; did you mean 'racks'? (and 30"),
        ("centres.*.racks: -3", "centres.zhangjiakou.racks is -3; it must be at least 0 (and 40 more alike)"),
        ("centres.*.cooling.mix: {iec: 0.7}", "centres.zhangjiakou.cooling.mix sums to 0.7"),
        ("centres.gui_an.availability: +5%", "'centres.gui_an.availability' has no value yet that +5% could change"),
        ("centres.gui_an.racks: +5%x", "centres.gui_an.racks: '%x' is not a unit known here"),
        ("centres: 3", "centres is 3; it must be a mapping of keys to values"),
        ("centres: []", "centres is []; it must be a mapping of keys to values"),
        ("centres.gui_an: 3", "centres.gui_an is 3; it must be a mapping of keys to values"),
        ("policy: nearest", "policy is 'nearest'; it must be a mapping of keys to values"),
        ("allocation: hub_17", "there is no allocation 'hub_17'; did you mean 'hub_175'?"),
        ("allocation: 3", "allocation is 3; it must be a name"),
        ("allocation: [hub_175]", "allocation is ['hub_175']; it must be a name"),
        ("year: 2023", "year is that of the tables of 'china-2024'; another year is another nation"),
        ("a..b: 3", "'a' is not a key of a scenario"),
        ('"": 3', "'' is not a key of a scenario"),
    ],
)  # fmt: skip
def test_a_difference_that_cannot_be(body: str, line: str, desk: Desk) -> None:
    wrong(desk, f"  {body}\n", f"s.yaml:3:3: {line}")


def test_set_is_a_mapping(desk: Desk) -> None:
    same(desk.told(BASE + "set: [a]\n"), ["s.yaml:2:1: `set` is a mapping of keys to values"])
    assert desk.told(BASE + "set:\n") == []


def test_a_key_of_the_configuration_stands_under_set(desk: Desk) -> None:
    line = "s.yaml:2:1: 'centres' is not a key of a scenario file; write it under `set:` (set: {centres: …})"
    same(desk.told(BASE + "centres: {gui_an: {racks: 3}}\n"), [line])
    same(
        desk.told(BASE + "polcy: {name: base}\n"),
        ["s.yaml:2:1: 'polcy' is not a key of a scenario file; did you mean 'policy'?"],
    )


def test_one_key_in_two_spellings(desk: Desk) -> None:
    line = "s.yaml:2:21: 'horizon_h' and 'horizon' are the same key; keep one of them"
    same(desk.told(BASE + "run: {horizon: 5 d, horizon_h: 6}\n"), [line])


def test_null_deletes(desk: Desk) -> None:
    config = desk.read(
        BASE + "set:\n  centres.rest_tibet: null\n  links.beijing-tianjin: null\n  workloads.storage: null\n"
        "  workloads.interactive.latency_bound: null\n  centres.gui_an.green: null\n"
    ).config
    assert set(CHINA.centres) - set(config.centres) == {"rest_tibet"}
    assert set(CHINA.links) - set(config.links) == {"beijing-tianjin"}
    assert set(CHINA.workloads) - set(config.workloads) == {"storage"}
    assert config.workloads["interactive"].latency_bound_ms is None
    assert config.centres["gui_an"].green.wind_mw == 0.0


def test_what_is_needed_cannot_be_deleted(desk: Desk) -> None:
    wrong(
        desk,
        "  centres.gui_an.racks: null\n  regions.beijing.node: null\n  run.start: null\n  workloads: null\n",
        "s.yaml:3:3: centres.gui_an.racks is missing; give it",
        "s.yaml:4:3: regions.beijing.node is missing; give it",
        "s.yaml:5:3: run.start is missing; give it",
        "s.yaml:6:3: workloads is missing; give it",
    )


def test_a_deleted_entity_is_blamed_for_what_still_names_it(desk: Desk) -> None:
    links = CHINA.links.items()
    away = [name for name, link in links if link.from_node == "beijing"]
    home = [name for name, link in links if link.to_node == "beijing"]
    wrong(
        desk,
        "  hubs.guizhou: null\n  nodes.beijing: null\n",
        "s.yaml:3:3: hubs.guizhou is deleted here, but centres.gui_an.hub needs it (and 1 more alike)",
        "s.yaml:3:3: hubs.guizhou is deleted here, but regions.guizhou.hub needs it",
        "s.yaml:4:3: nodes.beijing is deleted here, but centres.rest_beijing.node needs it",
        f"s.yaml:4:3: nodes.beijing is deleted here, but links.{away[0]}.from needs it (and {len(away) - 1} more",
        f"s.yaml:4:3: nodes.beijing is deleted here, but links.{home[0]}.to needs it (and {len(home) - 1} more",
        "s.yaml:4:3: nodes.beijing is deleted here, but regions.beijing.node needs it",
    )


def test_a_mix_is_replaced_and_an_entity_is_merged(desk: Desk) -> None:
    config = desk.read(
        BASE + "set:\n  centres.gui_an: {cooling: {mix: {iec: 0.7, liquid: 0.3}}, green: {solar: 1 MW}}\n"
    ).config
    after, before = config.centres["gui_an"], CHINA.centres["gui_an"]
    assert after.cooling.mix == {"iec": 0.7, "liquid": 0.3}
    assert (after.green.solar_mw, after.green.wind_mw) == (1.0, before.green.wind_mw)
    assert after.racks == before.racks
    assert after.pools == before.pools


def test_a_part_of_a_mix_can_be_changed(desk: Desk) -> None:
    mix = CHINA.centres["gui_an"].cooling.mix
    first, second = list(mix)[:2]
    body = f"set:\n  centres.gui_an.cooling.mix.{first}: 0\n  centres.gui_an.cooling.mix.{second}: 1\n"
    assert desk.read(BASE + body).config.centres["gui_an"].cooling.mix == {first: 0.0, second: 1.0}


NEW = """set:
  nodes.new_city: {latitude: 27 deg, longitude_deg: 107}
  links.new_city-guiyang: {from: new_city, to: guiyang, fibre: 100 km, capacity: 16 Tbps}
  centres.new_one:
    region: guizhou
    hub: guizhou
    node: new_city
    climate_site: guiyang
    latitude_deg: 27
    longitude_deg: 107
    racks: 1000
    rack_utilisation: 0.5
    pools: {general: {capacity: 1 EFLOPS, precision: fp32, power: 55 MW/EFLOPS}}
    cooling: {mix: {iec: 1}}
  workloads.rendering: {kind: batch, pool: general, level: 1 EFLOPS, deadline: 12 h}
"""


def test_a_new_centre_link_and_workload(desk: Desk) -> None:
    config = desk.read(BASE + NEW).config
    assert desk.problems(desk.folder / "s.yaml") == []
    assert config.centres["new_one"].pools["general"].capacity_eflops == 1.0
    assert (config.centres["new_one"].kind, config.centres["new_one"].green.solar_mw) == ("cluster", 0.0)
    assert config.links["new_city-guiyang"].fibre_km == 100.0
    assert (config.workloads["rendering"].deadline_h, config.workloads["rendering"].growth) == (12.0, 1.0)


def test_a_new_entity_that_lacks_something(desk: Desk) -> None:
    wrong(
        desk,
        "  centres.new_one: {region: guizhou, racks: -5}\n"
        "  links.a-b: {from: beijing, to: a, capacity: 3 Tbps, fibre: 1 km}\n"
        "  links.beijing-guiyang: {from: beijing, to: guiyang, capacity: 3 Tbps}\n"
        "  links.tianjin-beijing: {from: tianjin, to: beijing, capacity: 3 Tbps, fibre: 1 km}\n",
        "s.yaml:3:3: centres.new_one lacks node, climate_site, latitude_deg, longitude_deg, rack_utilisation, pools",
        "s.yaml:3:38: centres.new_one.racks is -5; it must be at least 0",
        "s.yaml:4:30: links.a-b.to: there is no 'a'; allowed: 'beijing', 'changchun'",
        "s.yaml:5:3: links.beijing-guiyang has neither fibre_km nor delay_ms; give one",
        "s.yaml:6:3: links.tianjin-beijing joins the same two nodes as links.beijing-tianjin; a link carries both",
    )


def test_a_misspelt_id_in_a_mapping_is_no_new_entity(desk: Desk) -> None:
    wrong(
        desk,
        "  centres.guian: {racks: 3}\n  links.zhangjiakou-beijing: {capacity: 3 Tbps}\n",
        "s.yaml:3:3: centres.guian lacks region, node, climate_site, latitude_deg, longitude_deg, rack_utilisation, "
        "pools, cooling; did you mean 'gui_an'",
        "s.yaml:4:3: links.zhangjiakou-beijing lacks from, to; did you mean 'beijing-zhangjiakou'?",
    )


def test_an_id_is_a_word(desk: Desk) -> None:
    same(
        desk.told(TOY + 'set: {hubs: {"a b": {}, "a/b": {}, "": {}}}\n'),
        [f"s.yaml:3:{column}: hubs." for column in (14, 25, 36)],
    )


def test_pools_have_known_names(desk: Desk) -> None:
    body = "  centres.gui_an.pools.gpu: {capacity: 1 EFLOPS, precision: fp32, power: 3 MW/EFLOPS}\n"
    wrong(desk, body, "s.yaml:3:3: centres.gui_an.pools.gpu is 'gpu'; allowed: 'general', 'smart'")


def test_the_parameters_of_a_policy_go_with_its_name(desk: Desk) -> None:
    desk.write(BASE + "policy: {weight: 3, name: nearest}\n", "a.yaml")
    for text, sets, expected in [
        ("policy: {name: local}", (), {}),
        ("policy: {limit: 4, name: local}", (), {"limit": 4}),
        ("set: {policy.limit: 4, policy.name: local}", (), {"limit": 4}),
        ("", ("policy.name=local",), {}),
        ("", ("policy.name=nearest",), {"weight": 3}),
        ("policy: {limit: 4}", (), {"weight": 3, "limit": 4}),
        ("policy: {weight: null}", (), {}),
    ]:
        assert desk.read(f"extends: a.yaml\n{text}\n", sets).config.policy.parameters == expected, text


def test_the_axes_of_a_sweep_are_paths(desk: Desk) -> None:
    config = desk.read(
        BASE + "sweep:\n  grid: {policy.name: [nearest, base], workloads.training.growth: [1.0, 1.5]}\n"
    ).config
    assert config.sweep is not None
    assert config.sweep.grid == {"policy.name": ["nearest", "base"], "workloads.training.growth": [1.0, 1.5]}
    same(
        desk.told(BASE + "sweep:\n  grid: {run.seed: 3}\n  zap: {}\n"),
        [
            "s.yaml:3:10: sweep.grid.run.seed is 3; it must be a list",
            "s.yaml:4:3: 'zap' is not a key of sweep; did you mean 'zip'?",
        ],
    )


def test_the_command_line_sets_last(desk: Desk) -> None:
    sets = ["run.seed=7", "run={seed: 8}", "centres.gui_an.green.wind=3 MW", "name=q", "run.horizon=24 h"]
    config = desk.read(BASE + "run: {seed: 5}\nset: {centres.gui_an.green.wind: 9 MW}\n", sets).config
    assert (config.run.seed, config.run.horizon_h, config.name) == (8, 24.0, "q")
    assert config.centres["gui_an"].green.wind_mw == 3.0


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a", "--set a: write --set key=value"),
        ("=3", "--set =3: write --set key=value"),
        ("run.sed=3", "--set run.sed=3: 'sed' is not a key of run; did you mean 'seed'?"),
        ("run={seed: -3}", "--set run={seed: -3}: run.seed is -3; it must be at least 0"),
        ("run={seed: 3, seed: 4}", "--set run={seed: 3, seed: 4}: the key 'seed' stands twice"),
        ("name=[", "--set name=[: not valid YAML"),
        ("name=a\nb: 3", "--set name=a b: 3: write one value behind the ="),
        ("name=*a", "--set name=*a: aliases (*name) are not allowed"),
        ("nation=toy-3", "--set nation=toy-3: `nation` stands at the top of a scenario file"),
        ("allocation=hub_17", "--set allocation=hub_17: there is no allocation 'hub_17'; did you mean 'hub_175'?"),
        (
            "events=[{at: 2024-07-15, what: outage, hub: gizhou, for: 6 h}]",
            "--set events=[{at: 2024-07-15, what: outage, hub: gizhou, for: 6 h}]: events.0.hub: there is no 'gizhou'",
        ),
    ],
)
def test_the_command_line_is_told_as_such(text: str, line: str, desk: Desk) -> None:
    same(desk.told(BASE, [text]), [line])
