# SPDX-License-Identifier: Apache-2.0
"""The commands of docs/how-to/install.md, run as they stand, bring a real installation up."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.fixtures import database
from tests.fixtures.site import end, free_port
from vitrina.site import embedded_db, paths

PATIENCE = 40  # seconds until it answers
GUIDE = (paths.ROOT / "docs" / "how-to" / "install.md").read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    """The lines of the guide's block as arguments; what `make setup` does is done already."""
    block = re.search(r"```sh\n(.*?)```", GUIDE, re.DOTALL)[1]
    return [shlex.split(line) for line in block.splitlines() if line != "make setup"]


def database_url(name: str) -> str:
    """The address of a database on the tests' server."""
    outside = embedded_db.external_url()
    return re.sub(r"^(\w+://[^/]*/)[^?]*", rf"\g<1>{name}", outside) if outside else database.CLUSTER.url(name)


def environment(name: str, var: Path) -> dict[str, str]:
    """What the guide's table asks for, and nothing else of ours."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("VITRINA_", "DATABASE_", "DJANGO_"))}
    return clean | {
        "DJANGO_SETTINGS_MODULE": "vitrina.site.settings.production", "DATABASE_URL": database_url(name),
        "VITRINA_SECRET_KEY": "k9" * 40, "VITRINA_HOSTS": "127.0.0.1", "VITRINA_OCID_PREFIX": "ocds-abc123",
        "VITRINA_VAR": str(var),
    }  # fmt: skip


def answer(url: str, process: subprocess.Popen) -> dict:
    """What /healthz says once it is ready; the last answer when it never is."""
    last: dict = {}
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=3) as got:
                return json.load(got)
        except urllib.error.HTTPError as error:
            last = json.load(error)
        except OSError:
            pass
        time.sleep(0.2)
    return last


def test_the_guide_brings_an_installation_up(django_db_setup, django_db_blocker, tmp_path):
    name = database.copy_name("_guide")
    with database._maintenance() as db:
        db.execute(f'CREATE DATABASE "{name}"')
    running, env, port = [], environment(name, tmp_path), free_port()
    programs = Path(sys.executable).parent
    try:
        for words in commands():
            background = words[-1] == "&"
            program = str(programs / words[0].removeprefix(".venv/bin/"))
            call = [program, *(str(port) if word == "8000" else word for word in words[1:] if word != "&")]
            if background or "uvicorn" in program:
                running.append(subprocess.Popen(call, env=env, cwd=paths.ROOT, stderr=subprocess.DEVNULL))
            else:
                subprocess.run(call, env=env, cwd=paths.ROOT, check=True, capture_output=True)
        assert answer(f"http://127.0.0.1:{port}", running[-1]) == {"status": "ok"}
    finally:
        for process in running:
            end(process)
        database.drop(name)
