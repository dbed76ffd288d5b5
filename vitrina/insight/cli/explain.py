# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight explain`: the evidence behind one verdict of a flag. Exit 0 told, 2 wrong use or no such thing."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from vitrina.insight.explain.units import NotFound


class Lang(StrEnum):
    """Languages."""

    ES = "es"
    EN = "en"


def explain(
    code: Annotated[str, typer.Argument(help="The flag: R018.")],
    id: Annotated[str, typer.Argument(help="What it is about: an ocid, a buyer, a firm, a pair.")],  # noqa: A002
    store: Annotated[Path, typer.Option(help="Folder of the store.")],
    group: Annotated[str, typer.Option(help="Which, where units of two groups share an id: Buyer.")] = "",
    params: Annotated[Path | None, typer.Option(help='Parameters as JSON: {"R013": {"n": 10}}.')] = None,
    rows: Annotated[int, typer.Option(min=1, help="Most rows shown of a table.")] = 12,
    lang: Annotated[Lang, typer.Option(help="Language.")] = Lang.ES,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Why a unit is flagged, clear or not computable: rule, law, rows with their place in the data, peers, doubts."""
    import msgspec
    from rich.console import Console

    from vitrina.insight.explain.card import explain as made
    from vitrina.insight.explain.engine import Views
    from vitrina.insight.explain.units import NotFound
    from vitrina.insight.explain.words import write
    from vitrina.insight.store import BadStore, Store

    try:
        given: dict[str, dict[str, Any]] = msgspec.json.decode(params.read_bytes(), type=dict) if params else {}
        with Store(store).tables(Views()) as t:
            found = made(t, code, id, group=group or None, params=given.get(code.upper()), lang=lang.value, most=rows)
    except NotFound as error:
        typer.echo(_sorry(error, code, id, lang), err=True)
        raise typer.Exit(2) from None
    except (BadStore, OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=1).decode())
        return
    write(found, lang.value, Console(soft_wrap=False, highlight=False))


def _sorry(error: NotFound, code: str, unit: str, lang: Lang) -> str:
    """What is not there, and the nearest that is."""
    from vitrina.insight.text import Text

    if error.args[0] == code:
        what = Text(f"No hay ninguna bandera {code}.", f"There is no flag {code}.")
    else:
        what = Text(f"{code} no juzgó ninguna unidad «{unit}».", f"{code} judged no unit “{unit}”.")
    near = Text("Lo más parecido:", "The nearest:").say(lang)
    more = "".join(f"\n  {one}" for one in error.near)
    return what.say(lang) + (f" {near}{more}" if more else "")
