"""Map projection: the equal-area conic of Albers on the sphere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.ground.arrays import Array

EARTH_KM = 6371.0
"""Mean radius of the earth, km."""


@dataclass(frozen=True)
class Albers:
    """The equal-area conic projection with two standard parallels, along which distances are true.

    With ``n = (sin φ₁ + sin φ₂) / 2`` and ``C = cos² φ₁ + 2 n sin φ₁``: ``ρ = R √(C − 2 n sin φ) / n``,
    ``θ = n (λ − λ₀)``, ``x = ρ sin θ``, ``y = ρ(φ₁) − ρ cos θ``.  Source: Snyder, Map Projections - A Working
    Manual, US Geological Survey Professional Paper 1395 (1987), equations 14-1 to 14-6.

    Attributes
    ----------
    first, second
        Standard parallels φ₁ and φ₂, deg; not as far south of the equator as north of it.
    meridian
        Central meridian λ₀, deg.
    """

    first: float
    second: float
    meridian: float

    @classmethod
    def around(cls, south: float, north: float, west: float, east: float) -> Albers:
        """Return the projection that suits an area: standard parallels a sixth of its height off its edges.

        Parameters
        ----------
        south, north, west, east
            Bounds of the area, deg.

        Returns
        -------
        Albers
            Its parallels are moved apart from the one case that is no cone, where they mirror each other.
        """
        sixth = (north - south) / 6.0
        first, second = south + sixth, north - sixth
        return cls(first, second if abs(first + second) > 1.0 else second + 1.5, (west + east) / 2.0)

    def project(self, latitude: Array | float, longitude: Array | float) -> tuple[Array, Array]:
        """Return the place on the plane.

        Parameters
        ----------
        latitude, longitude
            Any shapes that broadcast, deg.

        Returns
        -------
        tuple of Array
            x to the east and y to the north of the first parallel on the central meridian, km.

        Examples
        --------
        A hundredth of a degree along a standard parallel has its true length, 111.19 km cos 25° / 100.

        >>> x, y = Albers(25.0, 47.0, 105.0).project(25.0, np.array([105.0, 105.01]))
        >>> round(float(x[1]), 4), round(float(y[0]), 9)
        (1.0078, 0.0)
        """
        n, c, origin = self._cone()
        rho = np.sqrt(np.maximum(c - 2.0 * n * np.sin(np.radians(latitude)), 0.0)) / n
        theta = n * np.radians(np.asarray(longitude) - self.meridian)
        return EARTH_KM * rho * np.sin(theta), EARTH_KM * (origin - rho * np.cos(theta))

    def locate(self, x: Array | float, y: Array | float) -> tuple[Array, Array]:
        """Return the place on the earth, the inverse of `project`.

        Parameters
        ----------
        x, y
            Any shapes that broadcast, km.

        Returns
        -------
        tuple of Array
            Latitude and longitude, deg; beyond the cone the latitude of the nearest pole.

        Examples
        --------
        >>> albers = Albers(25.0, 47.0, 105.0)
        >>> [round(float(angle), 9) for angle in albers.locate(*albers.project(39.9, 116.4))]
        [39.9, 116.4]
        """
        n, c, origin = self._cone()
        east, north = np.asarray(x) / EARTH_KM * np.sign(n), (origin - np.asarray(y) / EARTH_KM) * np.sign(n)
        sine = (c - n**2 * (east**2 + north**2)) / (2.0 * n)
        latitude = np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))
        return latitude, self.meridian + np.degrees(np.arctan2(east, north) / n)

    def _cone(self) -> tuple[float, float, float]:
        """Return n, C and the radius of the first parallel in earth radii."""
        one, two = np.sin(np.radians(self.first)), np.sin(np.radians(self.second))
        n = (one + two) / 2.0
        c = 1.0 - one**2 + 2.0 * n * one
        return float(n), float(c), float(np.sqrt(c - 2.0 * n * one) / n)


class GridLine(NamedTuple):
    """A parallel or a meridian on a sheet.

    Attributes
    ----------
    text
        Its degrees, such as ``30°N``.
    x, y
        Points along it; [point], pixels, also beyond the sheet.
    mark
        Where a parallel meets the left edge, or a meridian the lower one; None where it does not.
    """

    text: str
    x: Array
    y: Array
    mark: tuple[float, float] | None


@dataclass(frozen=True)
class Paper:
    """A projected area on a sheet: pixels, x to the right, y downwards.

    Attributes
    ----------
    projection
        From the earth to the plane.
    left, top
        Corner of the sheet on the plane, km.
    scale
        Pixels per km.
    width, height
        Of the sheet, pixels.
    """

    projection: Albers
    left: float
    top: float
    scale: float
    width: float
    height: float

    @classmethod
    def fit(
        cls, projection: Albers, latitude: Array, longitude: Array, width: float, most: float, edge: float
    ) -> Paper:
        """Return the sheet on which some places just find room.

        Parameters
        ----------
        projection
            From the earth to the plane.
        latitude, longitude
            Of the places; [place], deg.
        width, most
            Width of the sheet, and the height that it may not exceed, pixels.
        edge
            What stays free on every side, pixels.

        Returns
        -------
        Paper
            As high as the places need, at least 0.3 of its width.
        """
        x, y = projection.project(latitude, longitude)
        wide, high = max(float(np.ptp(x)), 50.0), max(float(np.ptp(y)), 50.0)
        scale = min((width - 2.0 * edge) / wide, (most - 2.0 * edge) / high)
        height = max(high * scale + 2.0 * edge, 0.3 * width)
        left = float(x.max() + x.min()) / 2.0 - width / 2.0 / scale
        top = float(y.max() + y.min()) / 2.0 + height / 2.0 / scale
        return cls(projection, left, top, scale, width, height)

    def at(self, latitude: Array | float, longitude: Array | float) -> tuple[Array, Array]:
        """Return x and y on the sheet, pixels; deg in, shapes that broadcast."""
        x, y = self.projection.project(latitude, longitude)
        return (x - self.left) * self.scale, (self.top - y) * self.scale

    def place(self, x: Array | float, y: Array | float) -> tuple[Array, Array]:
        """Return latitude and longitude of a point of the sheet, deg; pixels in, the inverse of `at`."""
        return self.projection.locate(np.asarray(x) / self.scale + self.left, self.top - np.asarray(y) / self.scale)

    def graticule(self) -> Iterator[GridLine]:
        """Yield the parallels and meridians at round degrees, about five of each.

        Yields
        ------
        GridLine
            First the parallels from south to north, then the meridians from west to east.
        """
        across, down = np.linspace(0.0, self.width, 97), np.linspace(self.height, 0.0, 97)
        edges = [self.place(across, edge) for edge in (0.0, self.height)]
        edges += [self.place(edge, down) for edge in (0.0, self.width)]
        lat, lon = (np.concatenate(axis) for axis in zip(*edges, strict=True))
        wanted = max(float(np.ptp(lat)), float(np.ptp(lon))) / 9.0
        gap = next((step for step in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0) if step >= wanted), 20.0)
        run = np.linspace(lon.min(), lon.max(), 121)
        for degree in np.arange(np.ceil(lat.min() / gap), lat.max() / gap) * gap:
            meets = _crossing(degree, self.place(0.0, down)[0], down)
            mark = None if meets is None else (0.0, meets)
            yield GridLine(_degrees(degree, "N", "S"), *self.at(degree, run), mark)
        rise = np.linspace(lat.min(), lat.max(), 121)
        for degree in np.arange(np.ceil(lon.min() / gap), lon.max() / gap) * gap:
            meets = _crossing(degree, self.place(across, self.height)[1], across)
            mark = None if meets is None else (meets, self.height)
            yield GridLine(_degrees(degree, "E", "W"), *self.at(rise, degree), mark)


def _crossing(degree: float, degrees: Array, pixels: Array) -> float | None:
    """Return the pixel of an edge at which its rising degrees reach one, None where they do not."""
    inside = degrees[0] < degree < degrees[-1]
    return float(np.interp(degree, degrees, pixels)) if inside else None


def _degrees(value: float, above: str, below: str) -> str:
    return f"{abs(value):.4g}°{above if value >= 0.0 else below}"
