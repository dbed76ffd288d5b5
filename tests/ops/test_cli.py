# SPDX-License-Identifier: Apache-2.0
"""The `vitrina` command from outside."""

import os
import subprocess
import sys

import pytest

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


@pytest.mark.parametrize(
    "words",
    [
        "demo run",
        "demo clock",
        "import compranet",
        "law replay",
        "law explain",
        "ledger verify",
        "ledger rebuild",
        "ledger export",
        "log verify",
        "log receipt",
        "log witness",
        "log cosign",
        "log export",
    ],
)
def test_each_promised_command_explains_itself(words, tmp_path):
    done = vitrina(*words.split(), "--help", VITRINA_VAR=str(tmp_path))

    assert done.returncode == 0, done.stderr
    assert words.split()[1] in done.stdout
    assert not (tmp_path / "pg").exists()  # help needs no database


def test_a_database_of_ones_own_is_never_dropped():
    done = vitrina("db", "reset", DATABASE_URL="postgresql://nobody@/none")

    assert done.returncode == 1
    assert "that database is yours" in done.stderr
