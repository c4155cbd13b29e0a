"""From where to where: shares of every region's work by hub, as a heat map in a table, and at noon and at midnight."""

from __future__ import annotations

from html import escape
from typing import ClassVar

import numpy as np

from sim.figures.atlas.flows import Traffic
from sim.figures.base import Needs, Strings, Words, data, register, table
from sim.ground.arrays import Array
from sim.results.schema import Results

_LEAST, _NAMED = 0.005, 3


def _columns(traffic: Traffic) -> Array:
    """Return work by [month + 1, hour + 1, region, column]: the hubs, own centres outside them, others outside them."""
    targets = traffic.targets
    lone = traffic.work[..., targets.hubs :]
    home = targets.home[:, targets.hubs :]
    own, others = (np.where(mine, lone, 0.0).sum(axis=-1, keepdims=True) for mine in (home, ~home))
    return np.concatenate([traffic.work[..., : targets.hubs], own, others], axis=-1)


def _shares(work: Array) -> Array:
    total = work.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(work, total, out=np.zeros_like(work), where=total > 0.0))


@register("origin")
class Origin:
    """A row is a region, a column what does its work, the colour the share of its work that is done there."""

    needs: ClassVar[Needs] = ("flow", "stream", "instances", "capacity", "member", "cluster", "route_link")
    strings: ClassVar[Strings] = {
        "title": ("Where the work of each region is done", "各地区的工作在哪里完成"),
        "note": (
            "Shares of the region's compute served, in percent; it follows the day and hour chosen above the map, and "
            "begins with the mean of the whole run. Work that may wait counts in the hour in which it is done.",
            "各地区已满足算力的去向占比（%），随地图上方所选的典型日与时刻变化，初始为全期平均。可延后的工作计入其实际执行的时刻。",
        ),
        "region_of": ("Region", "地区"),
        "own_rest": ("own, outside hubs", "本省枢纽外"),
        "other_rest": ("elsewhere, outside hubs", "外省枢纽外"),
        "grid": ("Shares of the work by region and hub, %", "各地区工作按枢纽的占比（%）"),
        "ends": ("Noon and midnight, region by region", "各地区正午与零点的去向"),
        "at_noon": ("At noon", "正午"),
        "at_night": ("At midnight", "零点"),
        "eflops": ("Work, EFLOPS", "工作量，EFLOPS"),
        "part_of": ("{name} {share}", "{name} {share}"),
        "nothing": ("no work", "无工作"),
        "rest_of": ("others {share}", "其他{share}"),
    }

    def draw(self, results: Results, words: Words) -> str:
        """Return the heat map, and the table of noon and midnight."""
        traffic = Traffic(results)
        shares = _shares(_columns(traffic))
        regions = [words.name("region", region) for region in results.ids("region")]
        hubs = [traffic.targets.name(number, words) for number in range(traffic.targets.hubs)]
        heads = [words("region_of"), *hubs, words("own_rest"), words("other_rest")]
        percent = np.rint(100.0 * shares).astype(np.int64)
        lines = "".join(f'<th scope="col"><span>{escape(head)}</span></th>' for head in heads)
        rows = "".join(
            f'<tr><th scope="row">{escape(region)}</th>'
            + "".join(f'<td style="--share:{cell}">{cell}</td>' for cell in percent[0, 0, number].tolist())
            + "</tr>"
            for number, region in enumerate(regions)
        )
        grid = (
            f'<div class="wide"><table class="origin"><caption>{escape(words("grid"))}</caption>'
            f"<thead><tr>{lines}</tr></thead><tbody>{rows}</tbody></table></div>"
        )
        moving = percent.reshape(-1, percent.shape[2] * percent.shape[3])
        return grid + data("origin", {"percent": moving.tolist()}) + self._ends(traffic, regions, words)

    def _ends(self, traffic: Traffic, regions: list[str], words: Words) -> str:
        """Return what does the work of each region at noon and at midnight of the mean day of the run."""
        hours = [1 + traffic.instants.nearest(hour) for hour in (12, 0)]
        work = traffic.work[0, hours]
        head = [words("region_of"), *(words(key) for key in ("at_noon", "eflops", "at_night", "eflops"))]
        rows = []
        for number, region in enumerate(regions):
            cells = []
            for at in work[:, number]:
                cells += [self._largest(at, traffic, words), words.number(float(at.sum()))]
            rows.append([region, *cells])
        return table(words("ends"), head, rows)

    def _largest(self, work: Array, traffic: Traffic, words: Words) -> str:
        """Return the targets that do most of some work, each with its share."""
        total = float(work.sum())
        if total <= 0.0:
            return words("nothing")
        order = [int(t) for t in np.argsort(-work, kind="stable")[:_NAMED] if work[t] >= _LEAST * total]
        parts = [
            words("part_of", name=traffic.targets.name(t, words), share=words.share(float(work[t]) / total))
            for t in order
        ]
        left = 1.0 - float(work[order].sum()) / total
        if left >= _LEAST:
            parts.append(words("rest_of", share=words.share(left)))
        return words("comma").join(parts)
