# SPDX-License-Identifier: Apache-2.0
"""WebVTT, written and read: chapters and captions (W3C, WebVTT). Pure. Times are whole milliseconds.

Only the text of a cue is taken from a file that somebody sends, and shown escaped: settings, styles, regions and notes
are read over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _

from vitrina.kernel.text import has_unsafe_characters

MOST_CUES = 20_000
_TIME = r"(?:([0-9]{2,4}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
_CUE = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?", re.ASCII)
_TAG = re.compile(r"<[^>]*>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&nbsp;": "\u00a0", "&lrm;": "", "&rlm;": "", "&amp;": "&"}  # the last one last


class Cue(NamedTuple):
    """A text and when it is shown."""

    start: int
    end: int
    text: str


class BadCaptions(ValueError):
    """The file is not WebVTT; `said` tells a person where and why."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def write(cues: Iterable[Cue]) -> str:
    """A WebVTT file.

    >>> print(write([Cue(0, 83_500, "Se abrió el sobre de A & B")]))
    WEBVTT
    <BLANKLINE>
    00:00:00.000 --> 00:01:23.500
    Se abrió el sobre de A &amp; B
    <BLANKLINE>
    """
    parts = ["WEBVTT\n"]
    parts += [f"{_stamp(c.start)} --> {_stamp(c.end)}\n{_escape(c.text)}\n" for c in cues]
    return "\n".join(parts)


def _stamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def _escape(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    joined = "\n".join(line for line in lines if line)
    return joined.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def parse(data: bytes) -> list[Cue]:
    """The cues of a file, in its order. `BadCaptions` when it is not WebVTT, or a cue ends before it begins."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise BadCaptions(_("Captions are a text in UTF-8. Save the file again as WebVTT.")) from error
    blocks = re.split(r"\n{2,}", text.strip("\n"))
    if not re.match(r"WEBVTT(?:[ \t].*)?(?:\n|$)", blocks[0]):
        raise BadCaptions(_("The file does not begin with WEBVTT. Save it again as WebVTT (.vtt)."))
    if has_unsafe_characters(text):
        raise BadCaptions(_("The file holds characters that cannot be shown."))
    cues = [cue for block in blocks[1:] if (cue := _cue(block))]
    if not cues or len(cues) > MOST_CUES:
        raise BadCaptions(_("The file holds no captions, or more than %(n)d.") % {"n": MOST_CUES})
    return cues


def _cue(block: str) -> Cue | None:
    """A block as a cue; nothing for notes, styles and regions."""
    lines = block.split("\n")
    at = next((i for i, line in enumerate(lines[:2]) if "-->" in line), None)
    if at is None:
        if lines[0].startswith(("NOTE", "STYLE", "REGION")):
            return None
        raise BadCaptions(_("There is no time at “%(line)s”.") % {"line": lines[0][:60]})
    match = _CUE.fullmatch(lines[at].strip())
    if not match:
        raise BadCaptions(_("The time cannot be read: “%(line)s”.") % {"line": lines[at][:60]})
    start, end = _read(match.groups()[:4]), _read(match.groups()[4:])
    if end <= start:
        raise BadCaptions(_("A caption ends before it begins: “%(line)s”.") % {"line": lines[at][:60]})
    return Cue(start, end, _plain("\n".join(lines[at + 1 :])))


def _read(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, rest = (int(p or 0) for p in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def _plain(text: str) -> str:
    text = _TAG.sub("", text)
    for entity, sign in _ENTITIES.items():
        text = text.replace(entity, sign)
    return text.strip()
