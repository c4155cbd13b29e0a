"""Transfers once more: every flow by itself, rates by progressive filling at every event, in exact fractions."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

SECOND = 1_000_000
HALF = Fraction(1, 2) + Fraction(1, 1024)


@dataclass(eq=False)
class Flow:
    number: int
    route: int
    left: Fraction  # bit/s × ticks
    ends: int | None = None
    rate: Fraction = Fraction(0)
    path: list[int] | None = None


@dataclass
class Twin:
    """Links, routes and flows; time goes from event to event.

    An event is an instant and what happens at it: ("open", number, route, bits), ("drop", number),
    ("links", capacities) or ("books",).
    """

    paths: list[list[list[int]]]
    delay: list[list[int]]
    capacity: list[int]
    cap: list[int]
    flows: list[Flow] = field(default_factory=list)
    now: int = 0
    carried: dict[int, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    ended: list[tuple[int, int, int]] = field(default_factory=list)
    books: list[list[Fraction]] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def run(self, events: list[tuple[int, tuple[Any, ...]]], until: int) -> None:
        instants = sorted({when for when, _ in events})
        while True:
            when = min([*instants[:1], *self.ends()], default=until + 1)
            if when > until:
                self.pass_to(until)
                return
            self.pass_to(when)
            self.ended += self.end()
            for _, what in [event for event in events if event[0] == when]:
                self.act(what)
            instants = [instant for instant in instants if instant > when]
            self.share()

    def ends(self) -> list[int]:
        """Return when flows end if nothing else happens."""
        return [flow.ends for flow in self.flows if flow.ends is not None]

    def pass_to(self, when: int) -> None:
        for flow in self.flows:
            moved = flow.rate * (when - self.now)
            flow.left -= moved
            for link in flow.path or []:
                self.carried[link] += moved / SECOND
        self.now = when

    def end(self) -> list[tuple[int, int, int]]:
        """End the flows that end now; return their numbers, when they end and when their last bit arrives."""
        ended = []
        for flow in [flow for flow in self.flows if flow.ends == self.now]:
            self.flows.remove(flow)
            path = self.paths[flow.route].index(flow.path)  # type: ignore[arg-type]
            self.seen["shared" if flow.rate < self.cap[flow.route] else "at its cap"] += 1
            ended.append((flow.number, self.now, self.now + self.delay[flow.route][path]))
        return ended

    def act(self, what: tuple[Any, ...]) -> None:
        if what[0] == "open":
            self.flows.append(Flow(what[1], what[2], Fraction(what[3]) * SECOND))
        elif what[0] == "drop":
            self.seen["dropped"] += sum(flow.number == what[1] for flow in self.flows)
            self.flows = [flow for flow in self.flows if flow.number != what[1]]
        elif what[0] == "links":
            self.capacity = list(what[1])
        else:
            self.books.append([self.carried[link] for link in range(len(self.capacity))])
            self.carried.clear()

    def share(self) -> None:
        for flow in self.flows:
            open_paths = [p for p in self.paths[flow.route] if all(self.capacity[link] > 0 for link in p)]
            path = open_paths[0] if open_paths else None
            if flow.rate > 0 and path != flow.path:
                self.seen["rerouted" if path is not None else "stranded"] += 1
            flow.path = path
            flow.rate = Fraction(0)
        self._fill()
        for flow in self.flows:
            flow.ends = None
            if flow.rate > 0:
                flow.ends = max(self.now + 1, self.now + floor(flow.left / flow.rate + HALF))

    def _fill(self) -> None:
        """Raise all rates together; who meets its cap or a full link stops."""
        rising = [flow for flow in self.flows if flow.path is not None]
        left = {link: Fraction(room) for link, room in enumerate(self.capacity)}
        while rising:
            users = {link: sum(link in (flow.path or []) for flow in rising) for link in left}
            step = min(self.cap[flow.route] - flow.rate for flow in rising)
            for link, count in users.items():
                if count:
                    step = min(step, left[link] / count)
            for flow in rising:
                flow.rate += step
            for link, count in users.items():
                left[link] -= count * step
            rising = [
                flow for flow in rising
                if flow.rate < self.cap[flow.route] and all(left[link] > 0 for link in flow.path or [])
            ]  # fmt: skip
