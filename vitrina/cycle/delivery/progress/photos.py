# SPDX-License-Identifier: Apache-2.0
"""Photographs of a report of progress: drawn anew, so that nothing of the camera or of who held it is left in them."""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

from django.core.files import File
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from vitrina.cycle.core import inspection
from vitrina.cycle.core.files import clean_name
from vitrina.cycle.core.refusal import refuse

MOST_BYTES = 15 * 1024 * 1024  # as the camera gives it
LONGEST_SIDE, QUALITY = 1600, 80  # as it is kept: some 300 KB
KINDS = {".jpg": ".jpg", ".jpeg": ".jpg", ".png": ".png"}


def redrawn(upload: File[Any], *, field: str) -> ContentFile[bytes]:
    """A JPEG of at most 1,600 pixels a side, turned upright, with no metadata at all: no place, no device, no hour.

    Refuses what is no JPEG or PNG, more than 15 MB, more than 50 million pixels, and what cannot be drawn.
    """
    name = clean_name(upload.name or "")
    kind = KINDS.get(PurePosixPath(name).suffix.lower())
    if kind is None:
        raise refuse("file-type", _("%(name)s: send a photograph as JPEG or PNG.") % {"name": name}, field=field)
    if not upload.size or upload.size > MOST_BYTES:
        message = _("%(name)s is empty or larger than %(mb)d MB.") % {"name": name, "mb": MOST_BYTES >> 20}
        raise refuse("file-size", message, field=field)
    try:
        inspection.inspect(cast("BinaryIO", upload), kind)
    except inspection.Fault as fault:
        raise refuse("file-content", str(fault.args[0]) % {"name": name}, field=field) from fault
    upload.seek(0)
    return ContentFile(_draw(upload, name, field), name=f"{PurePosixPath(name).stem}.jpg")


def _draw(upload: File[Any], name: str, field: str) -> bytes:
    from PIL import Image, ImageOps  # noqa: PLC0415 - heavy; only this act needs it

    try:
        with Image.open(cast("BinaryIO", upload), formats=("JPEG", "PNG")) as image:
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            canvas = Image.new("RGB", upright.size)  # what is not a pixel stays behind
            canvas.paste(upright)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        message = _("%(name)s cannot be drawn. Save it again as JPEG.") % {"name": name}
        raise refuse("file-content", message, field=field) from error
    kept = io.BytesIO()
    canvas.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return kept.getvalue()
