# SPDX-License-Identifier: Apache-2.0
"""The `vitrina` command from outside."""

import os
import subprocess
import sys

from vitrina.site import paths


def vitrina(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "vitrina", *arguments],
        env={**os.environ, **environment}, cwd=paths.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_help_names_every_command_without_loading_django():
    program = "import sys; sys.argv = ['vitrina', '--help']; from vitrina.site import cli\ntry: cli.main()\nexcept SystemExit: print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=paths.ROOT, capture_output=True, text=True, check=True)

    for name in ("up", "demo", "import", "law", "ledger", "log", "db", "sequencer", "manage"):
        assert f" {name} " in done.stdout
    assert done.stdout.strip().endswith("False")


PROMISED = [
    "demo run",
    "demo clock",
    "import compranet",
    "law replay",
    "law explain",
    "ledger verify",
    "ledger rebuild",
    "ledger erase",
    "log verify",
    "log receipt",
    "log witness",
    "log cosign",
    "log export",
]
# One process for all of them: each start would load the same modules anew.
EXPLAIN = """
import sys
from vitrina.site import cli
for words in sys.argv[1:]:
    sys.argv = ["vitrina", *words.split(), "--help"]
    try:
        cli.main()
    except SystemExit as end:
        print(f"<{words}: {end.code}>")
"""


def test_each_promised_command_explains_itself(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", EXPLAIN, *PROMISED],
        env={**os.environ, "VITRINA_VAR": str(tmp_path)}, cwd=paths.ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip

    rest = done.stdout
    for words in PROMISED:
        told, ended, rest = rest.partition(f"<{words}: 0>")
        assert ended, (words, done.stderr)
        assert f"Usage: vitrina {words}" in told
    assert not (tmp_path / "pg").exists()  # help needs no database


def test_a_database_of_ones_own_is_never_dropped():
    done = vitrina("db", "reset", DATABASE_URL="postgresql://nobody@/none")

    assert done.returncode == 1
    assert "that database is yours" in done.stderr
