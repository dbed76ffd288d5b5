# SPDX-License-Identifier: Apache-2.0
"""Only commands write what a purchase is. Read from the code: who calls what writes a row, and where that may be.

That pages also write nothing while they run is watched in `tests/acts/test_desk_addresses.py`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.shared import ROOT

# module -> why it may write, beside `commands.py`
ALLOWED = {
    "ledger/append.py": "entries, for commands",
    "ledger/bulk.py": "rows of projections",
    "ledger/sequencer.py": "positions, after commit",
    "ledger/writer.py": "leaves and heads of the public log, after commit",
    "ledger/anchors.py": "cosignatures of its heads",
    "ledger/stamps.py": "time stamps of its heads",
    "ledger/projections.py": "cursors, and throwing projections away",
    "ledger/releases.py": "the projection of releases",
    "portal/projection.py": "the projection of cards",
    "portal/suppliers.py": "the projection of suppliers",
    "portal/funds/projection.py": "the projections of the flow of funds and of works",
    "portal/agenda/projection.py": "the projection of the calendar",
    "api/edca/projection.py": "the projection of fiscal years",
    "api/dumps/flags.py": "a store that lasts as long as its flags are judged, not rows",
    "api/pdn/projection.py": "the projection of words of contracts",
    "cycle/core/command.py": "the process and the one-time token, for commands",
    "cycle/core/files.py": "files of acts, for commands",
    "cycle/core/signed.py": "the evidence of a signature, beside its act, for commands",
    "cycle/bidding/envelope.py": "closed envelopes and what the act takes out of them, for commands: the seam of sealing",
    "parties/signing/passkey.py": "how often a device has signed, for commands",
    "parties/signing/pending.py": "questions to an authority that waits to answer",
    "site/embedded_db.py": "whole databases, not rows",
    "desk/drafts.py": "drafts, which are nobody's act",
    "site/demo/clock.py": "the clock of the demonstration",
}
ALWAYS = {"save", "asave", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete", "create"}
WRITING_SQL = re.compile(r"^\s*(WITH\b.*\b)?(INSERT|UPDATE|DELETE|TRUNCATE|ALTER|DROP)\b", re.DOTALL)
HTTP = "DELETE"  # alone it is a method of HTTP: no statement ends there


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "vitrina").rglob("*.py")):
        # Insight and profiles know no rows of a purchase: they write folders of their own.
        folders = path.relative_to(ROOT / "vitrina").parts
        if not {"migrations", "tests"} & set(folders) and folders[0] not in {"insight", "profiles"}:
            yield path.relative_to(ROOT / "vitrina").as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def writes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, call) of everything in a module that changes a row of a model."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, source = node.func.attr, ast.unparse(node.func.value)
            is_query = ".objects" in source or ".filter(" in source or ".all()" in source or "_set" in source
            if (name, source) == ("insert", "bulk"):
                yield node.lineno, "bulk.insert"
            if (name in {"update"} and is_query) or (name in ALWAYS and _is_model(name, source, is_query)):
                yield node.lineno, f"{source}.{name}"
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value != HTTP
            and WRITING_SQL.match(node.value)
        ):
            yield node.lineno, node.value.strip().split("\n")[0][:60]


def _is_model(name: str, source: str, is_query: bool) -> bool:
    """Whether `x.save()` or `x.delete()` is a row's: forms of allauth, drafts, canvases and workbooks have such methods too."""
    if name in {"save", "delete", "create"} and not is_query:
        return not re.fullmatch(r"drafts|super\(\)|canvas|workbook|zipfile|.*\bcache\b", source)
    return True


def test_only_commands_write() -> None:
    found = [
        f"vitrina/{module}:{line}: {call}"
        for module, tree in modules() if module not in ALLOWED and Path(module).name != "commands.py"
        for line, call in writes(tree)
    ]  # fmt: skip
    assert not found, "\n".join(found)


def test_the_search_finds_writers_and_the_exceptions_are_needed() -> None:
    writers = {module for module, tree in modules() if any(True for _ in writes(tree))}
    assert {f"cycle/{stage}/commands.py" for stage in ("planning", "bidding", "payment")} <= writers
    assert "parties/openers/commands.py" in writers
    assert not set(ALLOWED) - writers


SEALED = {"Envelope", "PostedShare", "Unsealed"}
NAMED_IN_TYPES = {"cycle/bidding/unsealing.py"}  # it opens what the seam hands to it, and has it kept by the seam


def _is_sealed(node: ast.AST) -> bool:
    """Whether a node uses one of the tables: asks it, or makes a row of it."""
    used = node.value if isinstance(node, ast.Attribute) else node.func if isinstance(node, ast.Call) else None
    return isinstance(used, ast.Name) and used.id in SEALED


def test_only_the_envelope_touches_the_contents_of_bids() -> None:
    touching, importing = set(), set()
    for module, tree in modules():
        for node in ast.walk(tree):
            touching |= {module} if _is_sealed(node) else set()
            importing |= {module} if isinstance(node, ast.alias) and node.name in SEALED else set()
    assert touching == {"cycle/bidding/envelope.py"}
    assert importing == touching | NAMED_IN_TYPES


def test_ciphertexts_are_files_and_only_the_vault_writes_them() -> None:
    vault = next(tree for module, tree in modules() if module == "cycle/bidding/vault.py")
    assert not list(writes(vault))
    naming = {module for module, tree in modules() for node in ast.walk(tree)
              if isinstance(node, ast.Attribute) and node.attr == "SEALED_DIR"}  # fmt: skip
    assert naming == {"cycle/bidding/vault.py"}


def test_only_commands_append_to_the_ledger() -> None:
    callers = {
        module for module, tree in modules() for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"append", "append_many", "record"}
        and any("ledger.append" in ast.unparse(n) or "core.command" in ast.unparse(n)
                for n in ast.walk(tree) if isinstance(n, ast.ImportFrom))
    }  # fmt: skip
    of_the_platform = {
        "parties/signing/pending.py",
        "parties/signing/watch.py",
    }  # what an authority says, and who is one
    assert {m for m in callers if Path(m).name != "commands.py"} <= {
        "cycle/core/command.py", "cycle/core/signed.py", "ledger/append.py", *of_the_platform,
    }  # fmt: skip
