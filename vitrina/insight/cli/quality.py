# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight quality`: what is wrong with the data, before anything is said of the purchases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def quality(
    store: Annotated[Path, typer.Option(help="The folder of the store.")],
    out: Annotated[Path, typer.Option(help="The folder to write into.")],
    source: Annotated[list[Path] | None, typer.Option(help="A published OCDS file; repeat it.", exists=True)] = None,
    against: Annotated[Path | None, typer.Option(help="An older store of the same publisher.")] = None,
    log: Annotated[list[Path] | None, typer.Option(help="Releases as the public log has them.", exists=True)] = None,
    prefixes: Annotated[
        Path | None, typer.Option(help="Registered prefixes of ocid, one a line.", exists=True)
    ] = None,
    schemes: Annotated[Path | None, typer.Option(help="Schemes of org-id.guide, one a line.", exists=True)] = None,
    catalogue: Annotated[Path | None, typer.Option(help="Codes of the CUCoP, one a line.", exists=True)] = None,
    rate: Annotated[list[str] | None, typer.Option(help="USD for one of a currency: MXN,0.055. Repeat it.")] = None,
    online: Annotated[bool, typer.Option(help="Ask 100 addresses of documents over the network.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Tell the outcome as JSON.")] = False,
) -> None:
    """Check the data of a store: fields and records (with --source), collection, and time (with --against)."""
    import msgspec

    from vitrina.insight.quality.fields import Lists
    from vitrina.insight.quality.run import Given, lines, rates, run
    from vitrina.insight.quality.write import write
    from vitrina.insight.store import BadStore, Store

    try:
        given = Given(
            sources=source or (),
            against=Store(against) if against else None,
            log=log or (),
            lists=Lists(lines(prefixes), lines(schemes)),
            rates=rates(rate or ()),
            catalogue=lines(catalogue),
            online=online,
        )
        with Store(store).tables() as t:
            report = run(t, given)
    except (BadStore, ValueError) as error:
        typer.echo(f"{type(error).__name__}: {error}", err=True)
        raise typer.Exit(2) from None
    files = write(report, out)
    counts = report.counts()
    if json:
        told = {"checks": counts, "releases": report.releases, "refused": report.refused, "files": files}
        typer.echo(msgspec.json.encode(told).decode())
        return
    typer.echo(f"{counts['pass']} checks pass, {counts['fail']} fail, {counts['undefined']} are undefined")
    typer.echo(f"{', '.join(files)} in {out}")
