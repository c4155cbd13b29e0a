"""The map: centres, the backbone and where the work goes, hour by hour, as SVG without coasts, borders or tiles."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

import numpy as np

from sim.figures.atlas import labels, marks, sheet
from sim.figures.atlas.flows import Flow, Traffic, loading
from sim.figures.atlas.instants import Instants
from sim.figures.atlas.legend import HEIGHT, legend
from sim.figures.base import SCALE, Needs, Strings, Words, data, register, table
from sim.ground.arrays import Array
from sim.results.schema import Results

_At = dict[str, dict[str, sheet.Point]]


def _at(results: Results) -> _At:
    """Return where regions, centres and nodes stand, (latitude, longitude)."""
    places = results.meta.get("places", {})
    nodes = {"region": {}, "centre": {}} | results.meta.get("node_of", {})
    found: _At = {
        kind: {item: tuple(places[node]) for item, node in group.items() if node in places}
        for kind, group in nodes.items()
    }
    return found | {"node": {name: tuple(place) for name, place in places.items()}}


def _peak(loads: Array, ways: list[marks.Way]) -> Array:
    """Return the load of the fuller direction of each way; [..., link] to [..., way]."""
    none = np.zeros((*loads.shape[:-1], 0))
    return np.stack([loads[..., list(way.links)].max(axis=-1) for way in ways], axis=-1) if ways else none


def _flat(values: Array, digits: int) -> list[list[float]]:
    """Return [month, hour, item] as a list of items, each with its instants in order; short numbers."""
    flat = values.reshape(-1, values.shape[-1]).T
    if digits == 0:
        return [[int(number) for number in row] for row in np.rint(flat)]
    return [[float(f"{number:.{digits}g}") for number in row] for row in flat]


def _controls(instants: Instants, words: Words) -> str:
    """Return what chooses the instant: a day, an hour, and a button that lets the day pass."""
    days = [words("all_days"), *(words(f"month_{month}") for month in instants.months)]
    options = "".join(f'<option value="{number}">{escape(day)}</option>' for number, day in enumerate(days))
    hours = len(instants.hours)
    noon, night = 1 + instants.nearest(12), 1 + instants.nearest(0)
    buttons = "".join(
        f'<button type="button" data-hour="{hour}">{escape(words(key))}</button>'
        for key, hour in (("whole_day", 0), ("midnight", night), ("noon", noon))
    )
    return (
        f'<div class="instant" hidden><label>{escape(words("day"))} <select data-day>{options}</select></label>'
        f'<label class="hours">{escape(words("hour"))} <input type="range" data-clock min="0" max="{hours}" step="1" '
        f'value="0" aria-label="{escape(words("hour"))}"></label><output data-now>{escape(words("whole_day"))}</output>'
        f'{buttons}<button type="button" data-play aria-pressed="false">{escape(words("play"))}</button></div>'
    )


class _Drawing:
    """The map of one run in one language."""

    def __init__(self, results: Results, words: Words, at: _At) -> None:
        self.results, self.words, self.traffic = results, words, Traffic(results)
        self.paper, self.china = sheet.paper_of(np.array(list(at["node"].values())))
        self.at = {
            kind: {key: sheet.spot(self.paper, place) for key, place in some.items()} for kind, some in at.items()
        }
        self.circles = marks.circles_of(results, self.at["centre"], words)
        self.ways = marks.ways_of(results)
        self.loads = _peak(self.traffic.instants.means(loading(results)), self.ways)
        facility, power = (self.traffic.instants.sums(results[name]) for name in ("facility_power", "it_power"))
        self.pue = np.divide(facility, power, out=np.zeros_like(power), where=power > 0.0)
        self.ends_of_pue = marks.pue_range(self.pue)
        number_of = {link: number for number, way in enumerate(self.ways) for link in way.links}
        seats, targets = results.ids("centre"), self.traffic.targets
        self.flows, self.ends, self.routes = [], [], []
        for flow in self.traffic.flows:
            start, end = results.ids("region")[flow.region], seats[targets.seat[flow.target]]
            if start in self.at["region"] and end in self.at["centre"]:
                self.flows.append(flow)
                self.ends.append((self.at["region"][start], self.at["centre"][end]))
                self.routes.append([number_of[link] for link in flow.links])
        self.rates = np.stack(
            [self.traffic.rate[..., flow.region, flow.target] for flow in self.flows] or [np.zeros((1, 1))], axis=-1
        )
        self.most = float(self.rates.max())

    def source(self, flow: Flow) -> str:
        """Return the name of where a flow begins."""
        return self.words.name("region", self.results.ids("region")[flow.region])

    def target(self, flow: Flow) -> str:
        """Return the name of where a flow ends: a hub, else a centre."""
        return self.traffic.targets.name(flow.target, self.words)

    def fullest(self, number: int) -> float:
        """Return the mean load of the fullest link on the way of a flow."""
        return max((float(self.loads[0, 0, way]) for way in self.routes[number]), default=0.0)

    def svg(self) -> str:
        """Return the drawing as it is over the whole run."""
        words, paper = self.words, self.paper
        frame = f'width="{sheet.WIDTH:.0f}" height="{paper.height:.0f}"'
        full = [self.fullest(number) for number in range(len(self.flows))]
        texts = [
            words("flow", source=self.source(flow), target=self.target(flow), rate=words.number(flow.rate),
                  load=words.share(full[number]))
            for number, flow in enumerate(self.flows)
        ]  # fmt: skip
        parts = [f"<svg {frame}>", *sheet.graticule(paper), *(sheet.hu_line(paper) if self.china else ()), "</svg>"]
        parts += marks.lines(self.ways, self.at["node"], self.loads[0, 0], words)
        parts += marks.curves(self.flows, self.ends, self.most, full, texts)
        parts += marks.discs(self.circles, self.ends_of_pue, words)
        taken = [(c.at[0] - c.radius, c.at[1] - c.radius, c.at[0] + c.radius, c.at[1] + c.radius) for c in self.circles]
        wanted = [labels.Name(c.name, c.at, c.radius + 6.0, 13.0, "cluster") for c in self.circles if c.cluster]
        for region, place in self.at["region"].items():
            wanted.append(labels.Name(words.name("region", region), place, 5.0, 11.0, "region"))
        parts += ['<g class="names">', *labels.placed(wanted, taken, paper), "</g>", *sheet.scale_bar(paper)]
        parts += [f'<g class="legend" transform="translate(16 {paper.height + 26:.0f})">']
        parts += [*legend(self.circles, self.ends_of_pue, self.most, self.china, words), "</g>"]
        size = f"0 0 {sheet.WIDTH:.0f} {paper.height + HEIGHT:.0f}"
        return (
            f'<svg class="map" viewBox="{size}" role="img" aria-label="{escape(words("title"))}">{"".join(parts)}</svg>'
        )

    def instants(self) -> dict[str, Any]:
        """Return what the page's script moves the map with."""
        instants, results, words = self.traffic.instants, self.results, self.words
        room = results["capacity"].sum(axis=1)
        busy = instants.means(results["served"].sum(axis=2)) / np.maximum(room, 1.0)
        return {
            "hours": list(instants.hours), "days": [words("all_days"), *(words(f"month_{m}") for m in instants.months)],
            "whole": words("whole_day"), "stop": words("stop"), "play": words("play"),
            "flow": {
                "text": words("flow"), "most": self.most, "widest": marks.WIDEST, "rate": _flat(self.rates, 3),
                "route": self.routes, "names": [[self.source(flow), self.target(flow)] for flow in self.flows],
            },
            "link": {"text": words("way"), "percent": _flat(100.0 * self.loads, 0), "levels": marks.LEVELS,
                     "names": [[words.name("node", node) for node in way.ends] for way in self.ways]},
            "centre": {
                "text": words("centre_now"), "range": self.ends_of_pue, "scale": SCALE,
                "pue": _flat(1000.0 * self.pue, 0), "load": _flat(100.0 * busy, 0),
                "names": [words.name("centre", name) for name in results.ids("centre")],
            },
        }  # fmt: skip

    def below(self) -> str:
        """Return how much the drawn flows are of all work, and the flows as a table."""
        words, total, moved = self.words, self.traffic.total, self.traffic.moved
        if not self.flows:
            return f"<p>{escape(words('none'))}</p>"
        part = sum(flow.work for flow in self.flows) / moved if moved > 0.0 else 0.0
        share = moved / total if total > 0.0 else 0.0
        text = words("drawn", share=words.share(share), number=len(self.flows), part=words.share(part))
        rows = [
            (self.source(flow), self.target(flow), words.number(flow.rate), words.number(flow.work),
             words.share(flow.work / total if total > 0.0 else 0.0), words.share(self.fullest(number)))
            for number, flow in enumerate(self.flows)
        ]  # fmt: skip
        head = [words(key) for key in ("from", "to", "gbps", "work", "part", "fullest")]
        return f"<p>{escape(text)}</p>" + table(words("flows"), head, rows)


@register("map")
class Map:
    """Circles are centres, thin lines the backbone, curves the data that leave their hub or province."""

    needs: ClassVar[Needs] = (
        "flow", "stream", "instances", "capacity", "member", "cluster", "link_traffic", "background", "link_capacity",
        "route_link", "facility_power", "it_power", "served",
    )  # fmt: skip
    strings: ClassVar[Strings] = {
        "title": ("Where the centres are and where the work goes", "算力中心分布与算力流向"),
        "note": (
            "A circle's area is the compute of the centre, its colour the PUE, its green ring the share of "
            "contracted wind and solar. A curve runs from a region to the hub, or the centre outside the hubs, that "
            "does its work; its width is the data between them, there and back, its colour the load of the fullest "
            "link on the way. What stays in its own hub or province is not drawn. Point at anything for its numbers.",
            "圆面积表示算力规模，颜色表示PUE，绿环表示签约风光电占比。曲线由需求所在地区指向承接算力的枢纽或枢纽外的中心，线宽表示两地"
            "往返的数据量，颜色表示沿途最满链路的负载率。留在本枢纽或本省的不绘制。指向图元可查看数值。",
        ),
        "drawn": (
            "{share} of the work is done outside its own hub or province. The {number} flows with most data are "
            "drawn; they carry {part} of that work.",
            "{share}的工作在本枢纽或本省之外完成；图中绘出数据量最大的{number}条流，占其中的{part}。",
        ),
        "none": ("No work leaves its own hub or province.", "没有工作离开本枢纽或本省。"),
        "unplaced": ("The run names no places, so there is no map.", "本次运行没有地理位置，无法绘制地图。"),
        "still": (
            "Drawn is the mean of the whole run; with JavaScript a slider shows it hour by hour.",
            "图示为全期平均；启用JavaScript后可用滑块逐小时查看。",
        ),
        "flows": ("The largest flows", "最大的算力流"),
        "from": ("From", "来源地区"),
        "to": ("To", "承接方"),
        "gbps": ("Data, Gbit/s", "数据量，Gbit/s"),
        "work": ("Mean work, EFLOPS", "平均工作量，EFLOPS"),
        "part": ("Share of all work", "占全部工作"),
        "fullest": ("Fullest link on the way", "沿途最满链路"),
        "flow": (
            "{source} → {target}: {rate} Gbit/s; fullest link on the way {load}",
            "{source} → {target}：{rate} Gbit/s；沿途最满链路{load}",
        ),
        "way": ("{first} – {second}: loaded to {load}", "{first} – {second}：负载率{load}"),
        "centre": (
            "{name}: {eflops} EFLOPS, PUE {pue}, contracted green {green}",
            "{name}：{eflops} EFLOPS，PUE {pue}，签约绿电{green}",
        ),
        "centre_now": ("{name}: load {load}, PUE {pue}", "{name}：负载率{load}，PUE {pue}"),
        "compute": ("Compute, EFLOPS", "算力规模，EFLOPS"),
        "pue": ("PUE", "PUE"),
        "green": ("Contracted green", "签约绿电占比"),
        "rate": ("Data, Gbit/s", "数据量，Gbit/s"),
        "loading": ("Load of the fullest link, %", "最满链路负载率，%"),
        "link": ("Backbone", "骨干网"),
        "hu": ("Hu line", "胡焕庸线"),
        "day": ("Mean day of", "典型日"),
        "hour": ("Hour of the day", "时刻"),
        "all_days": ("the whole run", "全期"),
        "whole_day": ("whole day", "全天"),
        "noon": ("noon", "正午"),
        "midnight": ("midnight", "零点"),
        "play": ("play the day", "播放一天"),
        "stop": ("stop", "停止"),
    } | {
        f"month_{number}": (f"{name} ({season})", f"{number}月（{saison}）")
        for number, (name, season, saison) in enumerate(
            (
                ("January", "winter", "冬"), ("February", "winter", "冬"), ("March", "spring", "春"),
                ("April", "spring", "春"), ("May", "spring", "春"), ("June", "summer", "夏"), ("July", "summer", "夏"),
                ("August", "summer", "夏"), ("September", "autumn", "秋"), ("October", "autumn", "秋"),
                ("November", "autumn", "秋"), ("December", "winter", "冬"),
            ),
            start=1,
        )
    }  # fmt: skip

    def draw(self, results: Results, words: Words) -> str:
        """Return the map, what moves it, and the table of the flows."""
        at = _at(results)
        if not at["centre"]:
            return f"<p>{escape(words('unplaced'))}</p>"
        drawing = _Drawing(results, words, at)
        return (
            f'{_controls(drawing.traffic.instants, words)}<div class="wide">{drawing.svg()}</div>'
            f'{data("map", drawing.instants())}<noscript><p class="note">{escape(words("still"))}</p></noscript>'
            f"{drawing.below()}"
        )
