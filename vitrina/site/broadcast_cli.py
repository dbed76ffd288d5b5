# SPDX-License-Identifier: Apache-2.0
"""`vitrina broadcast`: what nginx needs for picture and sound, and the process beside it."""

from __future__ import annotations

import signal
import sys
import threading
from typing import Annotated

import typer

HOOK_PORT, RTMP_PORT = 8091, 1935
app = typer.Typer(no_args_is_help=True, help="Picture and sound of public acts.")
HookPort = Annotated[int, typer.Option("--port", help="Port of the loopback on which nginx asks.", min=1, max=65535)]


@app.command()
def config(
    part: Annotated[
        str, typer.Option(help="alone (a server of its own), rtmp (that block), http (for the site).")
    ] = "rtmp",
    listen: Annotated[str, typer.Option(help="Where cameras arrive besides the loopback, as 10.8.0.1:1935.")] = "",
    rtmp_port: Annotated[int, typer.Option(help="Port of RTMP on the loopback.", min=1, max=65535)] = RTMP_PORT,
    port: HookPort = HOOK_PORT,
) -> None:
    """Print the configuration of nginx, filled in for this installation."""
    from vitrina.broadcast import nginx
    from vitrina.site.cli import set_up_django

    set_up_django()
    if part not in nginx.PARTS:
        typer.echo(f"No part is called {part!r}. Parts: {', '.join(nginx.PARTS)}.", err=True)
        raise typer.Exit(2)
    try:
        typer.echo(nginx.config(part, listen=listen, rtmp_port=rtmp_port, hook_port=port), nl=False)
    except ValueError as why:
        typer.echo(str(why), err=True)
        raise typer.Exit(2) from None


@app.command()
def serve(port: HookPort = HOOK_PORT) -> None:
    """Answer nginx on the loopback and archive what it records, until stopped. One of these is enough."""
    from vitrina.site import embedded_db
    from vitrina.site.cli import set_up_django

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with embedded_db.running():
        set_up_django()
        from vitrina.broadcast import listener

        try:
            listener.serve(port, stop)
        except OSError as why:
            print(f"The port {port} cannot be used: {why.strerror}.", file=sys.stderr)  # noqa: T201 - the console
            raise typer.Exit(1) from None


@app.command()
def check() -> None:
    """Say what this machine lacks for broadcasting; exit status 1 when it lacks anything."""
    from vitrina.broadcast import nginx
    from vitrina.site.cli import set_up_django

    set_up_django()
    if lacks := nginx.what_is_missing():
        typer.echo(f"The broadcast needs {', '.join(lacks)} (Debian's names). Everything else works without.")
        raise typer.Exit(1)
    typer.echo("Everything that the broadcast needs is here.")
