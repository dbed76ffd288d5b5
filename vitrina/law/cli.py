# SPDX-License-Identifier: Apache-2.0
"""`vitrina law explain` and `vitrina law replay`. Exit 0 done, 1 not found or unknown, 2 wrong use."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from vitrina.law.docs import questions_page, rules_page
from vitrina.law.errors import BadQuestion, LawError
from vitrina.law.explain import explain as sentence
from vitrina.law.query import rules
from vitrina.law.replay import replay as run
from vitrina.law.replay_report import lines, report
from vitrina.law.sheet import BadFile

app = typer.Typer(name="law", help="The law as dated data: explain a rule, replay it over real procedures.")
Lang = Annotated[str, typer.Option(help="es or en")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]


def _stop(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _day(text: str, lang: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong = f"--at {text[:40]!r}"
        _stop(f"{wrong}: a date is YYYY-MM-DD." if lang == "en" else f"{wrong}: la fecha es AAAA-MM-DD.", 2)


@app.command()
def explain(
    key: Annotated[str, typer.Argument(help="Key of the rule, e.g. term.publication_to_opening.min")],
    at: Annotated[str, typer.Option(help="Date of the act, YYYY-MM-DD")],
    law: Annotated[str | None, typer.Option(help="LAASSP-2000, LAASSP-2025, LOPSRM ...")] = None,
    jurisdiction: Annotated[str, typer.Option(help="mx, coah, son")] = "mx",
    procedure: Annotated[str | None, typer.Option(help="licitacion_publica ...")] = None,
    character: Annotated[str | None, typer.Option(help="N, T or I")] = None,
    category: Annotated[str | None, typer.Option(help="goods, services, lease, works, works_services")] = None,
    budget: Annotated[int | None, typer.Option(help="Authorised budget of the year, pesos")] = None,
    rulebook: Annotated[str | None, typer.Option(help="Id that a procedure stored")] = None,
    lang: Lang = "es",
    as_json: AsJson = False,
) -> None:
    """What a rule says on a date, with its article and certainty; every rule that the question may mean."""
    day = _day(at, lang)
    asked: dict[str, Any] = {"procedure": procedure, "character": character, "category": category, "budget": budget}
    try:
        found = rules(key, at=day, law=law, jurisdiction=jurisdiction, rulebook=rulebook, **asked)
    except BadQuestion as error:
        _stop(error.say(lang), 2)
    except LawError as error:
        _stop(error.say(lang), 1)
    sentences = [sentence(rule, lang) for rule in found]
    if as_json:
        out = [{**rule.as_dict(), "sentence": text} for rule, text in zip(found, sentences, strict=True)]
        typer.echo(json.dumps(out, ensure_ascii=False, indent=1))
    else:
        for rule, text in zip(found, sentences, strict=True):
            scope = ", ".join(f"{name} {value}" for name, value in rule.applies.items())
            typer.echo(f"{text}." + (f" [{scope}]" if scope and len(found) > 1 else ""))
    if all(rule.certainty == "?" for rule in found):
        raise typer.Exit(1)


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="37-column procedures file, .csv or .csv.gz")],
    lang: Lang = "es",
    as_json: AsJson = False,
) -> None:
    """Runs the rulebook over real procedures: which limit applied, the days each had, whether it held."""
    try:
        result = run(file)
    except BadFile as error:
        _stop(error.say(lang), 2)
    except OSError as error:
        _stop(f"{file}: {error.strerror}", 2)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    for line in lines(result, lang):
        typer.echo(line)


@app.command()
def docs(
    out: Annotated[Path, typer.Argument(help="Folder, e.g. docs/law")],
    file: Annotated[Path | None, typer.Option("--replay", help="Procedures file for replay.md")] = None,
    contracts: Annotated[Path | None, typer.Option(help="Contracts file for replay.md")] = None,
) -> None:
    """Writes rules.md and open-questions.md from the data, and replay.md when a procedures file is given."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "rules.md").write_text(rules_page(), "utf-8")
    (out / "open-questions.md").write_text(questions_page(), "utf-8")
    if file is not None:
        (out / "replay.md").write_text(report(run(file), run(contracts) if contracts else None), "utf-8")
