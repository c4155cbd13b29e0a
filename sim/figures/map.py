"""The map: centres, the backbone and where the work goes, drawn as SVG without coasts, borders or tiles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import ClassVar, NamedTuple

import numpy as np

from sim.figures.base import SCALE, Needs, Strings, Words, register, table
from sim.ground.arrays import Array
from sim.physics.projection import Albers, Paper
from sim.results.schema import Results

# The map of China: south, north, west and east of it, and the line from Heihe to Tengchong, east of which
# Hu Huanyong (1935) found 96 % of the people.
_CHINA = (17.0, 54.5, 73.0, 136.0)
_HU = ((50.25, 127.5), (25.0, 98.5))
_WIDTH, _LEGEND, _FLOWS, _LARGEST, _WIDEST = 960.0, 84.0, 40, 24.0, 9.0
_Point = tuple[float, float]
_Box = tuple[float, float, float, float]


class _Circle(NamedTuple):
    """A centre on the sheet."""

    name: str
    x: float
    y: float
    radius: float
    cluster: bool
    eflops: float
    pue: float | None
    green: float


class _Flow(NamedTuple):
    """Mean work from a region to a hub, or to a centre outside the hubs, EFLOPS."""

    source: str
    target: str
    start: _Point
    end: _Point
    work: float


def _paper(places: Array) -> tuple[Paper, bool]:
    """Return the sheet of some places [place, (latitude, longitude)], and whether it is the map of China."""
    lat, lon = places.T
    south, north, west, east = _CHINA
    inside = (lat > south).all() and (lat < north).all() and (lon > west).all() and (lon < east).all()
    china = bool(inside and np.ptp(lat) > 15.0 and np.ptp(lon) > 25.0)
    if china:
        lat, lon = np.append(lat, [end[0] for end in _HU]), np.append(lon, [end[1] for end in _HU])
    own = Albers.around(float(lat.min()), float(lat.max()), float(lon.min()), float(lon.max()))
    projection = Albers(25.0, 47.0, 105.0) if china else own
    return Paper.fit(projection, lat, lon, _WIDTH, 740.0, 64.0), china


def _xy(paper: Paper, place: _Point) -> _Point:
    x, y = paper.at(*place)
    return float(x), float(y)


def _circles(results: Results, places: dict[str, _Point], words: Words) -> list[_Circle]:
    """Return the centres that have a place on the sheet, the largest first, so that the small lie on top."""
    largest = max(own["capacity_eflops"] for own in results.by["centre"].values()) or 1.0
    found = []
    for name, cluster in zip(results.ids("centre"), results["cluster"] > 0.0, strict=True):
        if name in places:
            own = results.by["centre"][name]
            eflops, green = own["capacity_eflops"], own["green_share"]["bundled"] or 0.0
            radius = max(_LARGEST * float(np.sqrt(eflops / largest)), 2.0)
            full = words.name("centre", name)
            found.append(_Circle(full, *places[name], radius, bool(cluster), eflops, own["pue"], green))
    return sorted(found, key=lambda circle: -circle.radius)


def _flows(results: Results, at: dict[str, dict[str, _Point]]) -> tuple[list[_Flow], float, float]:
    """Return the largest flows, all work and what leaves its own hub or province; EFLOPS, mean of the run.

    A region belongs to the hub of a centre at its node.
    """
    span = len(results.series["epoch"]) * results.seconds * 1e18
    work = results["moved"].sum(axis=2) / span
    centres, hubs = results.ids("centre"), results.ids("hub")
    group = [
        hubs[int(row.argmax())] if row.any() else centre for row, centre in zip(results["member"], centres, strict=True)
    ]
    rank = results["capacity"].sum(axis=1) + 1e30 * results["cluster"]
    seat: dict[str, str] = {}
    for number in np.argsort(rank, kind="stable"):
        seat[group[number]] = centres[number]
    nodes = results.meta["node_of"]
    home: dict[str, set[str]] = {}
    for centre, owner in zip(centres, group, strict=True):
        home.setdefault(nodes["centre"].get(centre), set()).add(owner)
    regions, (targets, owners) = results.ids("region"), np.unique(group, return_inverse=True)
    sums = np.zeros((len(regions), len(targets)))
    np.add.at(sums.T, owners, work.T)
    for number, region in enumerate(regions):
        sums[number, np.isin(targets, list(home.get(nodes["region"].get(region), ())))] = 0.0
    found: list[_Flow] = []
    for place in np.argsort(-sums, axis=None, kind="stable"):
        region, target = regions[place // len(targets)], str(targets[place % len(targets)])
        if len(found) == _FLOWS or sums.flat[place] <= 0.0:
            break
        if region in at["region"] and seat[target] in at["centre"]:
            ends = at["region"][region], at["centre"][seat[target]]
            found.append(_Flow(region, target, *ends, float(sums.flat[place])))
    return found, float(work.sum()), float(sums.sum())


def _graticule(paper: Paper) -> Iterator[str]:
    """Yield parallels and meridians at round degrees, each labelled where it leaves the sheet."""
    yield f'<rect class="sheet" width="{paper.width:.0f}" height="{paper.height:.0f}"/>'
    for line in paper.graticule():
        yield _line(line.x, line.y)
        if line.mark is not None and line.mark[0] < paper.width - 40.0:
            x, y = line.mark[0] + 4.0, line.mark[1] - 4.0
            yield f'<text class="grid" x="{x:.0f}" y="{y:.0f}">{line.text}</text>'


def _line(x: Iterable[float], y: Iterable[float], css: str = "grid") -> str:
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return f'<polyline class="{css}" points="{points}"/>'


def _hu(paper: Paper) -> Iterator[str]:
    lat, lon = (np.linspace(*ends, 33) for ends in zip(*_HU, strict=True))
    yield _line(*paper.at(lat, lon), css="hu")


def _links(results: Results, nodes: dict[str, _Point]) -> Iterator[str]:
    """Yield the backbone, each link once."""
    pairs = {tuple(sorted(ends)) for ends in results.meta.get("link_ends", {}).values()}
    for ends in sorted(pairs):
        if all(node in nodes for node in ends):
            x, y = zip(*(nodes[node] for node in ends), strict=True)
            yield _line(x, y, css="link")


def _curves(flows: list[_Flow], words: Words) -> Iterator[str]:
    """Yield the flows, the smallest first; each bends to the right of its way, so that both ways show."""
    most = max((flow.work for flow in flows), default=1.0)
    for number, flow in reversed(list(enumerate(flows))):
        (x1, y1), (x2, y2) = flow.start, flow.end
        bend_x, bend_y = (x1 + x2) / 2.0 - 0.16 * (y2 - y1), (y1 + y2) / 2.0 + 0.16 * (x2 - x1)
        name, work = words.name("region", flow.source), words.number(flow.work)
        text = words("flow", source=name, target=_target(flow, words), work=work)
        yield (
            f'<linearGradient id="flow-{number}" gradientUnits="userSpaceOnUse" '
            f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}">'
            '<stop offset="0" class="pale"/><stop offset="1" class="dark"/></linearGradient>'
            f'<path class="flow" stroke="url(#flow-{number})" stroke-width="{_width(flow.work, most):.2f}" '
            f'd="M{x1:.1f},{y1:.1f}Q{bend_x:.1f},{bend_y:.1f} {x2:.1f},{y2:.1f}">'
            f"<title>{escape(text)}</title></path>"
        )


def _width(work: float, most: float) -> float:
    return max(_WIDEST * work / most, 0.6)


def _target(flow: _Flow, words: Words) -> str:
    """Return the name of where a flow ends: a hub, else a centre."""
    name = words.name("hub", flow.target)
    return name if name != flow.target else words.name("centre", flow.target)


def _centres(circles: list[_Circle], words: Words) -> Iterator[str]:
    """Yield the circles with their rings."""
    low, high = _pue_range(circles)
    for circle in circles:
        numbers = (words.number(circle.eflops), words.number(circle.pue), words.share(circle.green))
        text = words("centre", name=circle.name, **dict(zip(("eflops", "pue", "green"), numbers, strict=True)))
        fill = "#ffffff" if circle.pue is None else _colour((circle.pue - low) / (high - low))
        place = f'cx="{circle.x:.1f}" cy="{circle.y:.1f}"'
        ringed = circle.cluster or circle.green > 0.0
        ring = _ring(circle.x, circle.y, circle.radius + 3.0, circle.green) if ringed else ""
        disc = f'<circle class="disc" {place} r="{circle.radius:.1f}" fill="{fill}"/>'
        yield f"<g>{ring}{disc}<title>{escape(text)}</title></g>"


def _ring(x: float, y: float, radius: float, share: float) -> str:
    """Return a ring that is closed up to a share, from the top and clockwise."""
    around, place = 2.0 * np.pi * radius, f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"'
    dash = f'stroke-dasharray="{share * around:.1f} {around:.1f}" transform="rotate(-90 {x:.1f} {y:.1f})"'
    arc = f'<circle class="ring" {place} {dash}/>' if share > 0.0 else ""
    return f'<circle class="track" {place}/>{arc}'


def _pue_range(circles: list[_Circle]) -> tuple[float, float]:
    """Return the ends of the colour scale, at round twentieths."""
    values = [circle.pue or 1.0 for circle in circles]
    low, high = np.floor(min(values) * 20.0) / 20.0, np.ceil(max(values) * 20.0) / 20.0
    return float(low), float(max(high, low + 0.05))


def _colour(share: float) -> str:
    """Return the colour of the scale at a share of its length."""
    stops = [stop for stop, _ in SCALE]
    parts = [[int(colour[at : at + 2], 16) for _, colour in SCALE] for at in (1, 3, 5)]
    return "#" + "".join(f"{round(float(np.interp(share, stops, part))):02x}" for part in parts)


def _labels(circles: list[_Circle], regions: dict[str, _Point], paper: Paper, words: Words) -> Iterator[str]:
    """Yield names: clusters first, then regions; each where it covers nothing, else not at all."""
    wanted = [(c.name, c.x, c.y, c.radius + 6.0, 13.0, "cluster") for c in circles if c.cluster]
    for name, (x, y) in regions.items():
        wanted.append((words.name("region", name), x, y, 5.0, 11.0, "region"))
    taken: list[_Box] = [(c.x - c.radius, c.y - c.radius, c.x + c.radius, c.y + c.radius) for c in circles]
    for text, x, y, off, size, css in wanted:
        lines = _wrapped(text)
        wide, high = max(_ems(line) for line in lines) * size, 1.15 * size * len(lines)
        for anchor, box in _spots(x, y, off, wide, high):
            inside = box[0] > 36.0 and box[1] > 2.0 and box[2] < paper.width - 2.0 and box[3] < paper.height - 16.0
            if not inside or any(_meets(box, other) for other in taken):
                continue
            taken.append(box)
            at = {"start": box[0], "end": box[2], "middle": (box[0] + box[2]) / 2.0}[anchor]
            spans = [
                f'<tspan x="{at:.1f}" y="{box[1] + (row + 0.85) * 1.15 * size:.1f}">{escape(line)}</tspan>'
                for row, line in enumerate(lines)
            ]
            yield f'<text class="{css}" text-anchor="{anchor}">{"".join(spans)}</text>'
            break


def _spots(x: float, y: float, off: float, wide: float, high: float) -> Iterator[tuple[str, _Box]]:
    """Yield the boxes about a point where a text of that size may stand, the best first, then farther off."""
    for away in (off, off + 8.0, off + 18.0, off + 30.0):
        slant = 0.75 * away
        sides = [("start", away, 0.0), ("end", -away, 0.0), ("middle", 0.0, -away), ("middle", 0.0, away)]
        sides += [("start", slant, -slant), ("start", slant, slant)]
        sides += [("end", -slant, -slant), ("end", -slant, slant)]
        for side, dx, dy in sides:
            left = x + dx - {"start": 0.0, "middle": wide / 2.0, "end": wide}[side]
            top = y + dy - (high / 2.0 if dy == 0.0 else high if dy < 0.0 else 0.0)
            yield side, (left, top, left + wide, top + high)


def _meets(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _ems(text: str) -> float:
    """Return the width of a text in ems, on the safe side."""
    return sum(1.0 if ord(letter) > 0x2E7F else 0.6 for letter in text)


def _wrapped(text: str, most: float = 13.0) -> list[str]:
    """Return a name in two lines at most, cut with an ellipsis where it is longer."""
    if _ems(text) <= most:
        return [text]
    glue = " " if " " in text else ""
    pieces, lines = text.split(" ") if glue else list(text), [""]
    for piece in pieces:
        longer = lines[-1] + glue + piece if lines[-1] else piece
        if _ems(longer) <= most or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(piece)
    return lines if len(lines) < 3 else [lines[0], lines[1] + "…"]


def _scale_bar(paper: Paper) -> Iterator[str]:
    """Yield a bar of a round number of kilometres, not longer than a fifth of the sheet."""
    length = _rounded(paper.width / paper.scale / 5.0)[0]
    x, y = paper.width - 24.0 - length * paper.scale, paper.height - 26.0
    yield (
        f'<path class="bar" d="M{x:.1f},{y - 5:.1f}v5h{length * paper.scale:.1f}v-5"/>'
        f'<text class="bar" x="{paper.width - 24:.1f}" y="{y - 9:.1f}" text-anchor="end">{length:g} km</text>'
    )


def _legend(circles: list[_Circle], flows: list[_Flow], china: bool, words: Words) -> Iterator[str]:
    """Yield what sizes, colours and lines mean, in a band of its own; x runs along it."""
    heads = {"compute": 0, "pue": 232, "green": 444, "moved": 640}
    yield from (f'<text x="{x}" y="-8">{escape(words(key))}</text>' for key, x in heads.items())
    largest = max(circle.eflops for circle in circles) or 1.0
    for place, amount in enumerate(_rounded(largest)):
        x, radius = 26.0 + 66.0 * place, _LARGEST * float(np.sqrt(amount / largest))
        yield f'<circle class="size" cx="{x:.0f}" cy="24" r="{radius:.1f}"/>'
        yield f'<text x="{x + radius + 4:.0f}" y="28">{amount:g}</text>'
    low, high = _pue_range(circles)
    for place in range(20):
        fill = _colour((place + 0.5) / 20.0)
        yield f'<rect x="{232 + 8 * place}" y="10" width="8.5" height="14" fill="{fill}"/>'
    for x, value in ((232, low), (312, (low + high) / 2.0), (392, high)):
        yield f'<text x="{x}" y="40" text-anchor="middle">{value:.3g}</text>'
    for x, share in ((458, 0.0), (514, 0.5), (570, 1.0)):
        yield _ring(x, 20.0, 10.0, share)
        yield f'<text x="{x}" y="48" text-anchor="middle">{100 * share:g} %</text>'
    most = max((flow.work for flow in flows), default=0.0)
    for y, amount in zip((12, 30, 48), _rounded(most), strict=False):
        yield f'<path class="sample" d="M640,{y}h56" stroke-width="{_width(amount, most):.1f}"/>'
        yield f'<text x="704" y="{y + 4}">{amount:g}</text>'
    for y, key in ((12, "link"), (32, "hu"))[: 2 if china else 1]:
        yield f'<path class="{key}" d="M800,{y}h40"/><text x="848" y="{y + 4}">{escape(words(key))}</text>'


def _rounded(largest: float) -> list[float]:
    """Return round amounts up to the largest, falling, to explain a scale with; none where it is 0."""
    steps = [digit * 10.0**power for power in range(-9, 10) for digit in (1.0, 2.0, 5.0)]
    return [step for step in reversed(steps) if step <= largest][0:5:2]


def _flow_table(flows: list[_Flow], total: float, moved: float, words: Words) -> str:
    """Return how much the drawn flows are of all work, and the flows as a table."""
    if not flows:
        return f"<p>{escape(words('none'))}</p>"
    part = sum(flow.work for flow in flows) / moved
    text = words("drawn", share=words.share(moved / total), number=len(flows), part=words.share(part))
    rows = [
        (
            words.name("region", flow.source),
            _target(flow, words),
            words.number(flow.work),
            words.share(flow.work / total),
        )
        for flow in flows
    ]
    return f"<p>{escape(text)}</p>" + table(
        words("flows"), [words(key) for key in ("from", "to", "work", "part")], rows
    )


@register("map")
class Map:
    """Circles are centres, thin lines the backbone, curves the work that leaves its hub or province."""

    needs: ClassVar[Needs] = ("moved", "capacity", "member", "cluster")
    strings: ClassVar[Strings] = {
        "title": ("Where the centres are and where the work goes", "算力中心分布与算力流向"),
        "note": (
            "A circle's area is the compute of the centre, its colour the PUE, its green ring the share of "
            "contracted wind and solar. A curve runs from a region (pale) to the hub, or the centre outside "
            "the hubs, that does its work (dark); its width is the work. Work that stays in its own hub or "
            "province is not drawn, nor are data that only move. Point at anything for its numbers.",
            "圆面积表示算力规模，颜色表示PUE，绿环表示签约风光电占比。曲线由需求所在地区（浅端）指向承接算力的枢纽或枢纽外的"
            "中心（深端），线宽表示工作量。留在本枢纽或本省的工作，以及只传输数据的业务，均不绘制。指向图元可查看数值。",
        ),
        "drawn": (
            "{share} of the work is done outside its own hub or province. The {number} largest of these "
            "flows are drawn; they make up {part} of it.",
            "{share}的工作在本枢纽或本省之外完成；图中绘出其中最大的{number}条流，占{part}。",
        ),
        "none": ("No work leaves its own hub or province.", "没有工作离开本枢纽或本省。"),
        "unplaced": ("The run names no places, so there is no map.", "本次运行没有地理位置，无法绘制地图。"),
        "flows": ("The largest flows", "最大的算力流"),
        "from": ("From", "来源地区"),
        "to": ("To", "承接方"),
        "work": ("Mean work, EFLOPS", "平均工作量，EFLOPS"),
        "part": ("Share of all work", "占全部工作"),
        "flow": ("{source} → {target}: {work} EFLOPS", "{source} → {target}：{work} EFLOPS"),
        "centre": (
            "{name}: {eflops} EFLOPS, PUE {pue}, contracted green {green}",
            "{name}：{eflops} EFLOPS，PUE {pue}，签约绿电{green}",
        ),
        "compute": ("Compute, EFLOPS", "算力规模，EFLOPS"),
        "pue": ("PUE", "PUE"),
        "green": ("Contracted green", "签约绿电占比"),
        "moved": ("Work moved, EFLOPS", "算力流，EFLOPS"),
        "link": ("Backbone", "骨干网"),
        "hu": ("Hu line", "胡焕庸线"),
    }

    def draw(self, results: Results, words: Words) -> str:
        """Return the SVG and the table of the flows."""
        places = results.meta.get("places", {})
        nodes = {"region": {}, "centre": {}} | results.meta.get("node_of", {})
        at = {
            kind: {item: places[node] for item, node in group.items() if node in places}
            for kind, group in nodes.items()
        }
        if not at["centre"]:
            return f"<p>{escape(words('unplaced'))}</p>"
        at["node"] = places
        paper, china = _paper(np.array(list(places.values())))
        at = {kind: {item: _xy(paper, place) for item, place in group.items()} for kind, group in at.items()}
        circles = _circles(results, at["centre"], words)
        flows, total, moved = _flows(results, at)
        sheet = f'width="{_WIDTH:.0f}" height="{paper.height:.0f}"'
        parts = [
            f"<svg {sheet}>",
            *_graticule(paper),
            *(_hu(paper) if china else ()),
            *_links(results, at["node"]),
        ]
        parts += ["</svg>", *_curves(flows, words), *_centres(circles, words)]
        parts += [*_labels(circles, at["region"], paper, words), *_scale_bar(paper)]
        parts += [f'<g class="legend" transform="translate(16 {paper.height + 26:.0f})">']
        parts += [*_legend(circles, flows, china, words), "</g>"]
        size = f"0 0 {_WIDTH:.0f} {paper.height + _LEGEND:.0f}"
        opening = f'<svg class="map" viewBox="{size}" role="img" aria-label="{escape(words("title"))}">'
        table_below = _flow_table(flows, total, moved, words)
        return f'<div class="wide">{opening}{"".join(parts)}</svg></div>{table_below}'
