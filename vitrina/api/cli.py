# SPDX-License-Identifier: Apache-2.0
"""`vitrina open`: data into files, and who of the national platform may ask. Exit 0 done, 1 not written, 2 use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import orjson
import typer

from . import dump_cli, national_cli
from .mcp import stdio

app = typer.Typer(no_args_is_help=True, help="Open data for other systems.")


app.command("dump")(dump_cli.dump)
app.command("load-national")(national_cli.load_national)
app.command("forget-national")(national_cli.forget_national)
app.command("mcp")(stdio.mcp)


@app.callback()
def group() -> None:
    """Open data for other systems."""


@app.command()
def sipot(
    number: Annotated[
        str, typer.Argument(metavar="NUMBER", help="43335 direct awards, 43336 tenders and invitations.")
    ],
    year: Annotated[int, typer.Option(help="Year of the award.", min=1990, max=2099)],
    quarter: Annotated[int, typer.Option(help="Quarter of the award, 1 to 4.", min=1, max=4)],
    out: Annotated[Path, typer.Option(help="Folder for the files.", file_okay=False)],
) -> None:
    """Write a quarter's records of a format of the national transparency platform as XLSX, CSV and JSON."""
    from .pnt import export, formats  # noqa: PLC0415 - --help answers at once

    if number not in formats.FORMATS:
        raise typer.BadParameter(f"one of {', '.join(formats.FORMATS)}", param_hint="NUMBER")
    form = formats.load(number)
    found = list(export.records(form, *export.quarter(year, quarter)))
    files = {
        f"{number}.json": orjson.dumps(export.as_json(form, found)),
        f"{number}.xlsx": export.as_xlsx(form, found),
    }
    for title, page in export.sheets(form, found, in_words=False).items():
        files[f"{title}.csv"] = export.as_csv(page).encode()
    try:
        out.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            (out / file).write_bytes(content)
    except OSError as error:
        typer.echo(f"--out {out}: {error.strerror}", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"{len(found)} records of format {number} in {out}")


@app.command()
def client(
    name: Annotated[str, typer.Argument(help="Name with which the system asks for tokens.")],
    systems: Annotated[str, typer.Option(help="What it may read, separated by commas: s2, s3, s6.")] = "s2,s3,s6",
) -> None:
    """Make the entry of a system for the file of VITRINA_PDN_CLIENTS, with a new password, which is shown once."""
    import secrets  # noqa: PLC0415 - --help answers at once

    from django.contrib.auth.hashers import make_password  # noqa: PLC0415

    from .pdn.clients import SYSTEMS  # noqa: PLC0415

    chosen = systems.split(",")
    if unknown := set(chosen) - set(SYSTEMS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: {', '.join(SYSTEMS)}", param_hint="--systems")
    if not re.fullmatch(r"[\w.@-]{1,80}", name):
        raise typer.BadParameter("letters, digits, . _ @ -", param_hint="NAME")
    password = secrets.token_urlsafe(24)
    listed = ", ".join(f'"{system}"' for system in chosen)
    typer.echo(f'[[client]]\nname = "{name}"\npassword = "{make_password(password)}"\nsystems = [{listed}]')
    typer.echo(f"Password, shown only now: {password}", err=True)
