# SPDX-License-Identifier: Apache-2.0
"""`vitrina open mcp`: the same server on standard input and output, over these data or another's address."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Annotated

import orjson
import typer

from .versions import headers_of

SECONDS = 60


def mcp(
    url: Annotated[str, typer.Option(help="Address of another installation's /mcp; this one's data without it.")] = "",
) -> None:
    """Serve assistants on standard input and output (Model Context Protocol): one JSON message a line."""
    ask = _bridge(url) if url else _own()
    for line in sys.stdin.buffer:
        if line.strip() and (found := ask(line)):
            sys.stdout.buffer.write(found + b"\n")
            sys.stdout.buffer.flush()


def _own() -> Callable[[bytes], bytes]:
    from django.db import close_old_connections  # noqa: PLC0415 - --help answers at once

    from .protocol import heard  # noqa: PLC0415

    def ask(line: bytes) -> bytes:
        close_old_connections()  # an assistant may be silent for hours
        found = heard(line)
        return orjson.dumps(found) if found is not None else b""

    return ask


def _told(line: bytes) -> dict[str, str]:
    try:
        return headers_of(orjson.loads(line))
    except orjson.JSONDecodeError:
        return {}


def _bridge(url: str) -> Callable[[bytes], bytes]:
    if not url.startswith(("http://", "https://")):
        raise typer.BadParameter("http:// or https://", param_hint="--url")

    def ask(line: bytes) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **_told(line)}
        request = urllib.request.Request(url, data=line, headers=headers)  # noqa: S310 - checked above
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                body: bytes = answer.read()
        except urllib.error.HTTPError as error:
            body = error.read()
        except OSError as error:
            typer.echo(f"{url}: {error}", err=True)
            raise typer.Exit(1) from error
        return body.strip()

    return ask
