# SPDX-License-Identifier: Apache-2.0
"""Colours of a body's pages: the four accent tokens in each theme, and nothing else. Pure.

What is not given is worked out of `accent`. Each pair that the pages put one on the other keeps 4.5:1 (WCAG 2.2,
1.4.3), measured against the paper and the ink of `web/static/css/tokens.css`, which a test holds to `THEMES`.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from typing import NamedTuple

TOKENS = ("accent", "accent-2", "accent-wash", "on-accent")
LEAST = 4.5  # contrast of text
MOST_LOGO = 64 * 1024  # bytes
MOST_SIDE = 1024  # pixels
_COLOUR = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.ASCII)
_PNG = b"\x89PNG\r\n\x1a\n"
_LIGHT_TEXT, _DARK_TEXT = "#ffffff", "#0d1514"
_LINEAR_BELOW = 0.04045


class Theme(NamedTuple):
    """What the accents of a theme stand on, and the text that stands on their wash."""

    papers: tuple[str, str]
    inks: tuple[str, str]
    wash: float  # part of the accent in a wash that is not given
    away: str  # towards which a pressed accent goes


THEMES = {
    "light": Theme(("#ffffff", "#f4f8f7"), ("#0f1f1d", "#3d4e4b"), 0.1, "#000000"),
    "dark": Theme(("#0d1514", "#141e1c"), ("#e8efed", "#b6c3bf"), 0.18, "#ffffff"),
}


class BadIdentity(ValueError):
    """Colours or a logo that no page may have; `field` says which, the text what and how to mend it."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


def palette(given: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Theme -> token -> colour `#rrggbb`, whole and checked. Errors: `BadIdentity`.

    >>> palette({"light": {"accent": "#9d2449"}, "dark": {"accent": "#f2a0b9"}})["light"]["on-accent"]
    '#ffffff'
    """
    return {name: _theme(name, given.get(name) or {}) for name in THEMES}


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance).

    >>> round(contrast("#ffffff", "#000000")), round(contrast("#767676", "#ffffff"), 2)
    (21, 4.54)
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def stylesheet(colours: Mapping[str, Mapping[str, str]]) -> str:
    """The accents as CSS, to be read after `tokens.css`."""
    light, dark = (_declarations(colours[name]) for name in THEMES)
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"


def check_logo(data: bytes) -> None:
    """Refuse what is not a small PNG: nothing else that browsers draw is without scripts. Errors: `BadIdentity`."""
    if not data.startswith(_PNG) or len(data) < 33 or data[12:16] != b"IHDR":  # noqa: PLR2004 - through the first chunk
        raise BadIdentity("logo", "the logo is not a PNG: save it as one")
    width, height = struct.unpack(">II", data[16:24])
    if len(data) > MOST_LOGO or not 0 < width <= MOST_SIDE or not 0 < height <= MOST_SIDE:
        text = f"the logo is larger than {MOST_LOGO >> 10} KB or {MOST_SIDE} pixels: make it smaller"
        raise BadIdentity("logo", text)


def _theme(name: str, given: Mapping[str, str]) -> dict[str, str]:
    if strange := sorted(set(given) - set(TOKENS)):
        raise BadIdentity(name, f"{strange[0]} is not a colour that a body chooses; these are: {', '.join(TOKENS)}")
    if "accent" not in given:
        raise BadIdentity(name, f'the accent of the {name} theme is missing: write accent = "#rrggbb"')
    theme, found = THEMES[name], {token: _colour(f"{name}.{token}", given[token]) for token in given}
    accent = found["accent"]
    found.setdefault("accent-2", _mixed(accent, theme.away, 0.3))
    found.setdefault("accent-wash", _mixed(theme.papers[0], accent, theme.wash))
    found.setdefault("on-accent", max((_LIGHT_TEXT, _DARK_TEXT), key=lambda text: contrast(text, accent)))
    for what, one, on, other in _pairs(theme, found):
        if (ratio := contrast(one, other)) < LEAST:
            text = f"{what} {one} on {on} {other} has {ratio:.1f}:1 in the {name} theme, and reading needs {LEAST}:1"
            raise BadIdentity(f"{name}.accent", f"{text}: take a {'darker' if name == 'light' else 'lighter'} one")
    return {token: found[token] for token in TOKENS}


def _pairs(theme: Theme, found: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """(what, colour, on what, colour) of all that is read on something."""
    for token in ("accent", "accent-2"):
        yield from ((token, found[token], "the paper", paper) for paper in theme.papers)
        yield token, found[token], "accent-wash", found["accent-wash"]
        yield "on-accent", found["on-accent"], token, found[token]
    yield from (("text", ink, "accent-wash", found["accent-wash"]) for ink in theme.inks)


def _colour(field: str, value: object) -> str:
    text = str(value).strip().lower()
    if not _COLOUR.fullmatch(text):
        raise BadIdentity(field, f"{str(value)[:20]} is not a colour: write it as #rrggbb")
    return text if len(text) == 7 else "#" + "".join(c * 2 for c in text[1:])  # noqa: PLR2004 - #rrggbb


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    parts = (part / 255 for part in _parts(colour))
    r, g, b = (p / 12.92 if p <= _LINEAR_BELOW else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _mixed(one: str, other: str, share: float) -> str:
    """A colour with so much of another in it."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _declarations(tokens: Mapping[str, str]) -> str:
    return " ".join(f"--{token}: {tokens[token]};" for token in TOKENS)
