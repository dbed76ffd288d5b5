# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight`: one module a command, imported when it is called, so that --help answers at once."""

from __future__ import annotations

import typer

from . import (
    explain,
    flags,
    generate,
    index,
    indicators,
    ingest,
    lists,
    overcharge,
    quality,
    report,
    screens,
    sign,
    texts,
    update,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Red flags, indicators and screens over any OCDS or CompraNet data.",
)
app.callback()(lambda: None)
app.command("ingest")(ingest.ingest)
app.command("indicators")(indicators.indicators)
app.command("quality")(quality.quality)
app.command("screens")(screens.screens)
app.command("overcharge")(overcharge.overcharge)
app.command("flags")(flags.flags)
app.command("update")(update.update)
app.command("explain")(explain.explain)
app.command("generate")(generate.generate)
app.command("index")(index.index)
app.add_typer(lists.app, name="lists")
app.command("report")(report.report)
app.command("texts")(texts.texts)
app.command("sign")(sign.sign)
app.command("verify")(sign.verify)
