# SPDX-License-Identifier: Apache-2.0
"""The `vitrina` command. What a sub-command needs is imported when it is called, so that --help answers at once."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import sys
import threading
from typing import Annotated, NamedTuple, NoReturn

import typer

from vitrina.site import embedded_db, paths

DEMO_SETTINGS = "vitrina.site.settings.demo"


class Mounted(NamedTuple):
    """A group of commands that lives in the room it is about: its module has a Typer `app`."""

    module: str
    summary: str
    needs_database: bool


MOUNTED = {
    "auction": Mounted("vitrina.site.auction_cli", "Reverse auctions: compute one again.", needs_database=False),
    "broadcast": Mounted("vitrina.site.broadcast_cli", "Picture and sound of public acts.", needs_database=False),
    "demo": Mounted("vitrina.site.demo_cli", "The demo: carry a purchase on, move the clock.", needs_database=True),
    "federate": Mounted("vitrina.federation.cli", "Other installations, read with this one.", needs_database=True),
    "import": Mounted("vitrina.history.cli", "Bring official data in as ledger entries.", needs_database=True),
    "insight": Mounted("vitrina.insight.cli", "Red flags and indicators over any data.", needs_database=False),
    "law": Mounted("vitrina.law.cli", "Ask the rulebook; replay it over real procedures.", needs_database=False),
    "ledger": Mounted("vitrina.ledger.cli", "The public ledger: verify, rebuild, erase.", needs_database=True),
    "log": Mounted("vitrina.ledger.log_cli", "The public log: check it, witness, copy.", needs_database=False),
    "open": Mounted("vitrina.api.cli", "Open data for other systems.", needs_database=True),
    "ruling": Mounted("vitrina.site.ruling_cli", "Rulings: compute one again.", needs_database=False),
    "parties": Mounted("vitrina.parties.cli", "The register of bodies, units and people.", needs_database=True),
    "sanctions": Mounted("vitrina.redress.cli", "Sanctions of suppliers, once they are firm.", needs_database=True),
    "sealed": Mounted("vitrina.sealed.cli", "Sealed bids: seal, open, audit, offline.", needs_database=False),
}
PASS_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Vitrina: public purchasing under glass.",
)
db = typer.Typer(no_args_is_help=True, help="The embedded database.")
app.add_typer(db, name="db")


def set_up_django() -> None:
    """Load settings and applications; a command may take longer than a page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", DEMO_SETTINGS)
    os.environ.setdefault("VITRINA_STATEMENT_TIMEOUT", "0")
    os.environ.setdefault("VITRINA_IDLE_TIMEOUT", "10min")
    import django

    django.setup()


@app.command()
def up(
    port: Annotated[int, typer.Option(help="Port to serve on.", min=1, max=65535)] = 8000,
    host: Annotated[
        str, typer.Option(help="Address to serve on; 0.0.0.0 for every one of this machine.")
    ] = "127.0.0.1",
) -> None:
    """Start everything and serve until Ctrl-C: database, migrations, demo, sequencer, web."""
    from vitrina.site.up import serve

    raise typer.Exit(serve(host, port))


@app.command()
def sequencer() -> None:
    """Give committed ledger entries their public position, until stopped. One at a time works; others wait."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    os.environ["PGAPPNAME"] = "vitrina-sequencer"
    os.environ.setdefault("VITRINA_STATEMENT_TIMEOUT", "60s")
    with embedded_db.running():
        set_up_django()
        from vitrina.ledger.sequencer import run

        run(stop)


@app.command(context_settings=PASS_ON)
def manage(context: typer.Context) -> None:
    """Django's own commands (migrate, shell, createsuperuser ...)."""
    with embedded_db.running():
        set_up_django()
        from django.core.management import execute_from_command_line

        execute_from_command_line(["vitrina manage", *context.args])


@db.command()
def stop() -> None:
    """Stop the embedded database, whoever uses it."""
    typer.echo("Stopped." if embedded_db.Cluster().stop() else "It does not run.")


@db.command()
def reset() -> None:
    """Throw the embedded database and its public log away; the next start makes new ones with the demo."""
    from vitrina.site.up import is_up

    if embedded_db.external_url():
        _refuse("DATABASE_URL is set: that database is yours, and only the embedded one is ever dropped from here.")
    if is_up():
        _refuse("Vitrina is running from this folder: stop it first (Ctrl-C in its terminal).")
    with embedded_db.Cluster().running() as cluster:
        cluster.drop_database()
    _forget_log()
    shutil.rmtree(paths.dump_dir(), ignore_errors=True)
    typer.echo("The demo's database is gone. `make up` starts over.")


def _forget_log() -> None:
    """Remove the public log and its key with the database: another history under the same key would be a fork."""
    for folder in ("tile", ".tmp"):
        shutil.rmtree(paths.log_dir() / folder, ignore_errors=True)
    keys = paths.log_key().parent.glob(f"{paths.log_key().name}*")  # former ones and one that waits, too
    for file in (*(paths.log_dir() / name for name in ("checkpoint", "policy", "alarm")), *keys):
        file.unlink(missing_ok=True)


def _refuse(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(1)


def _placeholder(name: str) -> None:
    """List a mounted group in --help; `main` never lets the call come this far."""
    app.command(name, help=MOUNTED[name].summary, context_settings=PASS_ON)(lambda: None)


for _name in MOUNTED:
    _placeholder(_name)


def run_mounted(name: str, arguments: list[str]) -> None:
    """Run a mounted group's own app, with Django and a migrated database where it needs them."""
    group = MOUNTED[name]
    wants_help = not arguments or "--help" in arguments
    if not group.needs_database or wants_help:
        if group.needs_database:
            set_up_django()
        _call(name, arguments)
        return
    with embedded_db.running():
        set_up_django()
        if not embedded_db.external_url():
            from vitrina.site.health import migrate

            migrate()
        _call(name, arguments)


def _call(name: str, arguments: list[str]) -> None:
    commands: typer.Typer = importlib.import_module(MOUNTED[name].module).app
    if len(commands.registered_commands) == 1 and not (commands.registered_groups or commands.registered_callback):
        commands.callback(help=MOUNTED[name].summary)(lambda: None)  # keeps the only command's name in the call
    commands(args=arguments, prog_name=f"vitrina {name}")


def main() -> None:
    """Entry point of `vitrina` and `python -m vitrina`."""
    if sys.argv[1:2] != ["sequencer"]:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    if len(sys.argv) > 1 and sys.argv[1] in MOUNTED:
        run_mounted(sys.argv[1], sys.argv[2:])
    else:
        app()
