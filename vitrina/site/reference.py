# SPDX-License-Identifier: Apache-2.0
"""The reference pages that are read off the code: kinds of acts, states, offices, files. `make docs` writes them."""

from __future__ import annotations

from importlib import import_module
from inspect import getdoc
from pathlib import Path

from vitrina.api.dumps import reference as files
from vitrina.api.v1 import page as api
from vitrina.cycle import STAGES
from vitrina.insight.flags import page as flags
from vitrina.insight.indicators import page as indicators
from vitrina.insight.quality import page as quality
from vitrina.kernel.states import mermaid
from vitrina.ledger.kinds import KINDS
from vitrina.ledger.releases import BUILDERS
from vitrina.parties.roles import PERMISSIONS, Role

HEAD = "<!-- Written by `make docs` from the code; edit the code. -->\n\n"


def acts() -> str:
    """Every kind of ledger entry: stage, who sees it, OCDS tag, meaning."""
    rows = ["| kind | stage | seen by | OCDS tag | what it says |", "|---|---|---|---|---|"]
    rooms = ("site", "ledger", "parties", *STAGES, "history", "broadcast", "integrity", "redress", "federation")
    order = {room: n for n, room in enumerate(rooms)}
    ours = [k for k in KINDS.values() if k.__module__.startswith("vitrina.") and ".tests." not in k.__module__]
    for event in sorted(ours, key=lambda k: (order[k.stage], k.kind)):
        tags = ", ".join(BUILDERS[event.kind][0]) if event.kind in BUILDERS else ""
        rows.append(f"| `{event.kind}` | {event.stage} | {event.visibility} | {tags} | {_summary(event)} |")
    return f"# Acts in the ledger\n\n{HEAD}" + "\n".join(rows) + "\n"


def _summary(event: type) -> str:
    """The first paragraph of its description, on one line."""
    return " ".join((getdoc(event) or "").split("\n\n")[0].split())


def states() -> str:
    """The state table of every stage, as diagrams."""
    parts = [f"# States\n\n{HEAD}"]
    for stage in STAGES:
        module = import_module(f"vitrina.cycle.{stage}.states")
        tables = {n: t for n, t in vars(module).items() if n.endswith("TABLE") and isinstance(t, dict)}
        for name, table in sorted(tables.items()):
            title = stage if len(tables) == 1 else f"{stage}: {name.removesuffix('_TABLE').lower()}"
            parts.append(f"## {title}\n\n```mermaid\n{mermaid(table)}\n```\n")
    return "\n".join(parts)


def offices() -> str:
    """Which office may do which command."""
    rows = ["| command | " + " | ".join(Role) + " |", "|---|" + "---|" * len(Role)]
    for command, roles in PERMISSIONS.items():
        rows.append(f"| `{command}` | " + " | ".join("yes" if r in roles else "" for r in Role) + " |")
    return f"# Offices and commands\n\n{HEAD}" + "\n".join(rows) + "\n"


PAGES = {
    "acts.md": acts,
    "data-files.md": files.page,
    "states.md": states,
    "offices.md": offices,
    "flags.md": flags.page,
    "indicators.md": indicators.page,
    "quality.md": quality.page,
    "api-v1.md": api.page,
}


def write(folder: Path) -> list[str]:
    """Write the pages that changed; returns their names."""
    changed = []
    for name, make in PAGES.items():
        text, target = make(), folder / name
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
            changed.append(name)
    return changed
