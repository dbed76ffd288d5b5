# SPDX-License-Identifier: Apache-2.0
"""Whether a pair of coordinates lies in Mexico, and a coarse outline of the country to draw a point in.

The outline has some 140 corners (Natural Earth 1:110 million, public domain, rounded to 0.01 degrees). What it is for:
to catch degrees that were swapped, lost their sign or have a digit wrong; never to decide on which side of a border
somebody stands. `NEAR` lets the near islands in; Guadalupe and Revillagigedo, far out at sea, are left out.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

NEAR: Final = Decimal("0.3")  # degrees from the outline that still count as inside
Point = tuple[float, float]  # longitude, latitude

_CORNERS: Final = """
-97.14 25.87 -97.53 24.99 -97.70 24.27 -97.78 22.93 -97.87 22.44 -97.70 21.90 -97.39 21.41 -97.19 20.64 -96.53 19.89
-96.29 19.32 -95.90 18.83 -94.84 18.56 -94.43 18.14 -93.55 18.42 -92.79 18.52 -92.04 18.70 -91.41 18.88 -90.77 19.28
-90.53 19.87 -90.45 20.71 -90.28 21.00 -89.60 21.26 -88.54 21.49 -87.66 21.46 -87.05 21.54 -86.81 21.33 -86.85 20.85
-87.38 20.26 -87.62 19.65 -87.44 19.47 -87.59 19.04 -87.84 18.26 -88.09 18.52 -88.30 18.50 -88.49 18.49 -88.85 17.88
-89.03 18.00 -89.15 17.96 -89.14 17.81 -90.07 17.82 -91.00 17.82 -91.00 17.25 -91.45 17.25 -91.08 16.92 -90.71 16.69
-90.60 16.47 -90.44 16.41 -90.46 16.07 -91.75 16.07 -92.23 15.25 -92.09 15.06 -92.20 14.83 -92.23 14.54 -93.36 15.62
-93.88 15.94 -94.69 16.20 -95.25 16.13 -96.05 15.75 -96.56 15.65 -97.26 15.92 -98.01 16.11 -98.95 16.57 -99.70 16.71
-100.83 17.17 -101.67 17.65 -101.92 17.92 -102.48 17.98 -103.50 18.29 -103.92 18.75 -104.99 19.32 -105.49 19.95
-105.73 20.43 -105.40 20.53 -105.50 20.82 -105.27 21.08 -105.27 21.42 -105.60 21.87 -105.69 22.27 -106.03 22.77
-106.91 23.77 -107.92 24.55 -108.40 25.17 -109.26 25.58 -109.44 25.82 -109.29 26.44 -109.80 26.68 -110.39 27.16
-110.64 27.86 -111.18 27.94 -111.76 28.47 -112.23 28.95 -112.27 29.27 -112.81 30.02 -113.16 30.79 -113.15 31.17
-113.87 31.57 -114.21 31.52 -114.78 31.80 -114.94 31.39 -114.77 30.91 -114.67 30.16 -114.33 29.75 -113.59 29.06
-113.42 28.83 -113.27 28.75 -113.14 28.41 -112.96 28.43 -112.76 27.78 -112.46 27.53 -112.24 27.17 -111.62 26.66
-111.28 25.73 -110.99 25.29 -110.71 24.83 -110.66 24.30 -110.17 24.27 -109.77 23.81 -109.41 23.36 -109.43 23.19
-109.85 22.82 -110.03 22.82 -110.30 23.43 -110.95 24.00 -111.67 24.48 -112.18 24.74 -112.15 25.47 -112.30 26.01
-112.78 26.32 -113.46 26.77 -113.60 26.64 -113.85 26.90 -114.47 27.14 -115.06 27.72 -114.98 27.80 -114.57 27.74
-114.20 28.12 -114.16 28.57 -114.93 29.28 -115.52 29.56 -115.89 30.18 -116.26 30.84 -116.72 31.64 -117.13 32.54
-115.99 32.61 -114.72 32.72 -114.82 32.53 -113.30 32.04 -111.02 31.33 -109.04 31.34 -108.24 31.34 -108.24 31.75
-106.51 31.75 -106.14 31.40 -105.63 31.08 -105.04 30.64 -104.71 30.12 -104.46 29.57 -103.94 29.27 -103.11 28.97
-102.48 29.76 -101.66 29.78 -100.96 29.38 -100.46 28.70 -100.11 28.11 -99.52 27.54 -99.30 26.84 -99.02 26.37
-98.24 26.06 -97.53 25.84
"""
_NUMBERS: Final = [float(text) for text in _CORNERS.split()]
OUTLINE: Final[tuple[Point, ...]] = tuple(zip(_NUMBERS[::2], _NUMBERS[1::2], strict=True))
WEST, EAST, SOUTH, NORTH = -117.2, -86.7, 14.5, 32.8  # the box around the outline


def is_inside(latitude: Decimal, longitude: Decimal) -> bool:
    """Whether a point in decimal degrees (WGS 84) lies in Mexico, or within `NEAR` degrees of it.

    >>> is_inside(Decimal("19.43"), Decimal("-99.13")), is_inside(Decimal("-99.13"), Decimal("19.43"))
    (True, False)
    >>> is_inside(Decimal("19.43"), Decimal("99.13")), is_inside(Decimal("40.42"), Decimal("-3.70"))
    (False, False)
    """
    x, y = float(longitude), float(latitude)
    return _within(x, y) or _is_near(x, y)


def _sides() -> list[tuple[Point, Point]]:
    return list(zip(OUTLINE, (*OUTLINE[1:], OUTLINE[0]), strict=True))


def _within(x: float, y: float) -> bool:
    """Even-odd rule: a ray to the east crosses the outline an odd number of times."""
    crossed = 0
    for (x1, y1), (x2, y2) in _sides():
        if (y1 > y) != (y2 > y):
            crossed += x < x1 + (y - y1) / (y2 - y1) * (x2 - x1)
    return crossed % 2 == 1


def _is_near(x: float, y: float) -> bool:
    most = float(NEAR) ** 2
    for (x1, y1), (x2, y2) in _sides():
        dx, dy = x2 - x1, y2 - y1
        along = max(0.0, min(1.0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)))
        if (x - x1 - along * dx) ** 2 + (y - y1 - along * dy) ** 2 <= most:
            return True
    return False
