# SPDX-License-Identifier: Apache-2.0
"""`vitrina up` from outside: real processes, a data folder of its own, real signals."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.fixtures.site import free_port, wait_until_ready
from vitrina.site import paths

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module")
def var(tmp_path_factory) -> Path:
    """A data folder that all tests of this file use in turn: the first start is cold, later ones are warm."""
    return tmp_path_factory.mktemp("up")


def start(var: Path, port: int, *arguments: str) -> subprocess.Popen:
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "VITRINA_TEST_DATABASE"}
    }
    environment |= {
        "VITRINA_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": "tests.ops.settings_bare",
        "VITRINA_SECRET_KEY": "t" * 50,
        "VITRINA_BROADCAST": "0",  # whatever this machine has installed
    }
    command = [sys.executable, "-m", "vitrina", "up", "--port", str(port), *arguments]
    with (var / "up.log").open("wb") as log:
        return subprocess.Popen(command, env=environment, cwd=paths.ROOT, stdout=log, stderr=log)


def family(process: subprocess.Popen, var: Path) -> list[psutil.Process]:
    """Everything that `up` started: its children and the database server, which is nobody's child."""
    parent = psutil.Process(process.pid)
    postmaster = int((var / "pg" / "data" / "postmaster.pid").read_text().split()[0])
    return [*parent.children(recursive=True), psutil.Process(postmaster)]


def stop_and_see(process: subprocess.Popen, var: Path, sign: signal.Signals) -> int:
    """Send the signal; returns the exit status once it is certain that nothing that was started still runs."""
    started = family(process, var)
    assert len(started) >= 3
    process.send_signal(sign)
    status = process.wait(60)
    _gone, alive = psutil.wait_procs(started, timeout=30)
    assert not alive
    return status


def test_up_serves_until_ctrl_c_and_leaves_nothing_running(var):
    port = free_port()
    process = start(var, port)
    wait_until_ready(f"http://127.0.0.1:{port}", process, var / "up.log", seconds=90)

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        assert json.load(answer) == {"status": "ok"}
    second = start(var.parent, port)
    second_from_here = subprocess.run(
        [sys.executable, "-m", "vitrina", "db", "reset"],
        env={**os.environ, "VITRINA_VAR": str(var)} | ({} if "DATABASE_URL" not in os.environ else {"DATABASE_URL": ""}),
        capture_output=True, text=True, cwd=paths.ROOT, check=False,
    )  # fmt: skip
    assert second.wait(60) == 1
    assert f"Port {port} of 127.0.0.1 is taken" in (var.parent / "up.log").read_text()
    assert second_from_here.returncode == 1
    assert "stop it first" in second_from_here.stderr

    assert stop_and_see(process, var, signal.SIGINT) == 0


def test_up_after_a_kill_clears_what_was_left_and_stops_on_sigterm(var):
    port = free_port()
    killed = start(var, port)
    wait_until_ready(f"http://127.0.0.1:{port}", killed, var / "up.log", seconds=60)
    left = family(killed, var)
    killed.kill()
    killed.wait()
    *children, database = left
    assert not psutil.wait_procs(children, timeout=30)[1]  # they follow their parent
    assert database.is_running()

    process = start(var, port)
    wait_until_ready(f"http://127.0.0.1:{port}", process, var / "up.log", seconds=60)

    assert stop_and_see(process, var, signal.SIGTERM) == 0
    assert not database.is_running()


def test_a_child_that_dies_takes_the_rest_down_with_a_reason(var):
    port = free_port()
    process = start(var, port)
    wait_until_ready(f"http://127.0.0.1:{port}", process, var / "up.log", seconds=60)
    started = family(process, var)
    sequencer = next(p for p in started if "sequencer" in p.cmdline())

    sequencer.kill()

    assert process.wait(60) == 1
    _gone, alive = psutil.wait_procs(started, timeout=30)
    assert not alive
    assert "sequencer process ended by itself" in (var / "up.log").read_text()


def test_a_port_that_another_program_holds_is_named_at_once(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        process = start(tmp_path, port)

        assert process.wait(60) == 1

    assert f"Port {port} of 127.0.0.1 is taken" in (tmp_path / "up.log").read_text()
    assert not (tmp_path / "pg").exists()
