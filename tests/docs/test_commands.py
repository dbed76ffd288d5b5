# SPDX-License-Identifier: Apache-2.0
"""docs/reference/commands.md names every command, option and make target, and none that is not there."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

from typer.core import TyperGroup
from typer.main import get_command

from vitrina.site import cli, paths

PAGE = (paths.ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")

SHELL = {"--install-completion", "--show-completion"}  # what the library adds for shells


def leaves(name: str, command) -> Iterator[tuple[str, set[str]]]:
    """Every command without sub-commands: its whole name, its options and (in capitals) arguments."""
    if isinstance(command, TyperGroup):
        for word, inner in command.commands.items():
            if word not in cli.MOUNTED or name != "vitrina":
                yield from leaves(f"{name} {word}", inner)
        return
    named = {p.name.upper() if p.param_type_name == "argument" else p.opts[0] for p in command.params}
    yield name, named - SHELL


def in_the_program() -> dict[str, set[str]]:
    found = dict(leaves("vitrina", get_command(cli.app)))
    for name in cli.MOUNTED:
        app = importlib.import_module(cli.MOUNTED[name].module).app
        group = get_command(app)
        only = "" if isinstance(group, TyperGroup) else f" {app.registered_commands[0].callback.__name__}"
        found |= dict(leaves(f"vitrina {name}{only}", group))  # an only command keeps its name on the command line
    return found


def on_the_page() -> dict[str, set[str]]:
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    rows = re.compile(r"^\| `(--[a-z-]+|[A-Z]+)` \|", re.MULTILINE)
    return {s.splitlines()[0]: set(rows.findall(s)) for s in sections if s.startswith("vitrina ")}


def test_every_command_and_option_is_described():
    assert on_the_page() == in_the_program()


def test_every_make_target_is_described():
    makefile = (paths.ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, re.MULTILINE))

    assert set(re.findall(r"^\| `make ([a-z-]+)` \|", PAGE, re.MULTILINE)) == targets
