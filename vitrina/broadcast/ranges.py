# SPDX-License-Identifier: Apache-2.0
"""A file served with HTTP ranges (RFC 9110, section 14), so that a browser can seek in a recording."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

PIECE = 1 << 16
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)


def span(header: str, size: int) -> tuple[int, int] | None:
    """(first, last) byte that a Range header asks of a file; nothing when it asks for the whole, or for several.

    `ValueError` when what it asks for is not in the file.

    >>> span("bytes=10-", 100), span("bytes=-5", 100), span("bytes=0-999", 100), span("lines=1-2", 100)
    ((10, 99), (95, 99), (0, 99), None)
    """
    match = _RANGE.fullmatch(header.strip())
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size - 1
        if int(last) == 0:
            raise ValueError(header)
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
    if start >= size or (last and first and int(last) < start):
        raise ValueError(header)
    return start, end


def serve(request: HttpRequest, path: Path, *, media_type: str, etag: str) -> HttpResponseBase:
    """The file, or the part that is asked for (206), or 416 with its size. `FileNotFoundError` without it."""
    size = path.stat().st_size
    asked = None
    if request.headers.get("If-Range", f'"{etag}"') == f'"{etag}"':
        try:
            asked = span(request.headers.get("Range", ""), size)
        except ValueError:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if asked is None:
        response: HttpResponseBase = FileResponse(path.open("rb"), content_type=media_type)
        response.block_size = PIECE  # type: ignore[attr-defined]
        response["Content-Length"] = size
    else:
        first, last = asked
        response = StreamingHttpResponse(_part(path, first, last), status=206, content_type=media_type)
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
        response["Content-Length"] = last - first + 1
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{etag}"'
    return response


def _part(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
