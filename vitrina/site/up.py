# SPDX-License-Identifier: Apache-2.0
"""`vitrina up`: start everything, watch it, stop everything.

This process owns the embedded database and its children: the web server and the sequencer, and picture and sound
where they can run (`up_broadcast`), which may end without the rest. Whatever else ends it -
Ctrl-C, SIGTERM, a closed terminal, a child that dies - it stops them all. After a kill -9 the next start finds
what was left (`up.json`, the database's pid file) and clears it first.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

from vitrina.site import embedded_db, paths, up_broadcast, up_dumps

STOP_SECONDS = 6.0
READY_SECONDS = 120.0
_PR_SET_PDEATHSIG = 1


class Stop(BaseException):
    """A signal asked for the end; raised in the main thread wherever it stands."""


class Refusal(Exception):
    """It cannot start; the message tells the person why and what to do."""


def serve(host: str, port: int) -> int:
    """Run until asked to stop; returns the exit status: 0 after a signal, 1 after a refusal or a child's death."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _raise_stop)
    try:
        with _only_one(), contextlib.ExitStack() as stack:
            _check_port(host, port)
            return _run(stack, host, port)
    except Stop:
        _say("Stopped.")
        return 0
    except (Refusal, embedded_db.EmbeddedDatabaseError) as why:
        print(why, file=sys.stderr)  # noqa: T201 - the console is this command's page
        return 1


def is_up() -> bool:
    """Whether `vitrina up` runs over this data folder."""
    try:
        with _only_one():
            return False
    except Refusal:
        return True


def _run(stack: contextlib.ExitStack, host: str, port: int) -> int:
    started = time.monotonic()
    url = stack.enter_context(embedded_db.running())
    _say("Database ready.")
    environment = _environment(url, host)
    _migrate(environment)
    _load_demo()  # before the sequencer: it closes receptions whose hour has come by the demonstration's clock
    children = stack.enter_context(_children())
    children["sequencer"] = _spawn([sys.executable, "-m", "vitrina", "sequencer"], environment)
    command = [sys.executable, "-m", "uvicorn", "vitrina.site.asgi:app", "--host", host, "--port", str(port)]
    command += ["--log-level", "warning", "--no-proxy-headers", "--no-server-header"]
    command += ["--timeout-graceful-shutdown", "2", "--http", "vitrina.site.protocol:Bounded"]
    children["web"] = _spawn(command, {**environment, "VITRINA_POOL": "12", "PGAPPNAME": "vitrina-web"})
    pictures = _start_broadcast(children, environment)
    _note(children, port)
    address = f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{port}"  # noqa: S104 - compared, not bound
    _wait_until_ready(address, children)
    _say(f"\nVitrina is open at {address}  ({time.monotonic() - started:.1f} s)")
    if environment["DJANGO_SETTINGS_MODULE"] == _demo_settings():
        _say(f"Enter as anybody of the demo: {address}/demo/quien/")
        _start_history(children, environment)
        _note(children, port)
    if pictures:
        _say(pictures)
    _say("Ctrl-C stops it.")
    renewal = up_dumps.Renewal(children, lambda command: _spawn(command, environment))
    while True:
        renewal.turn()
        _check(children)
        time.sleep(0.5)


def _environment(url: str, host: str) -> dict[str, str]:
    """What the children start with: this process's environment before it prepares the database."""
    found = {**os.environ, "DATABASE_URL": url}
    found.setdefault("DJANGO_SETTINGS_MODULE", _demo_settings())
    if host not in {"127.0.0.1", "localhost", "::1"} and "VITRINA_HOSTS" not in os.environ:
        found["VITRINA_HOSTS"] = "*"
    return found


def _demo_settings() -> str:
    from vitrina.site.cli import DEMO_SETTINGS

    return DEMO_SETTINGS


def _migrate(environment: dict[str, str]) -> None:
    """Bring the database up to date, in this process."""
    os.environ.update(environment)
    from vitrina.site.cli import set_up_django

    set_up_django()
    from vitrina.site.health import migrate

    if n := migrate():
        _say(f"{n} migrations applied.")


def _load_demo() -> None:
    """Fill an empty database with the demo, where settings allow one; close this process's connection."""
    from django.conf import settings
    from django.db import connection

    if settings.VITRINA_DEMO:
        from vitrina.site.demo.load import load_if_empty

        load_if_empty(_say)
    connection.close()


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise Refusal(f"Port {port} needs more rights than this user has: choose one above 1023.") from error
        except OSError as error:
            raise Refusal(
                f"Port {port} of {host} is taken by another program: stop it, or choose another with "
                f"`vitrina up --port {port + 1}` (make up PORT={port + 1})."
            ) from error


@contextmanager
def _only_one() -> Iterator[None]:
    """Hold the lock of this data folder; clear what a killed predecessor left running."""
    paths.var().mkdir(parents=True, exist_ok=True)
    with (paths.var() / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            known = _noted()
            where = f" at http://127.0.0.1:{known['port']}" if "port" in known else ""
            raise Refusal(f"Vitrina already runs from this folder{where}.") from None
        _clear_orphans()
        yield


def _note(children: dict[str, subprocess.Popen[bytes]], port: int) -> None:
    found = {"port": port, "children": [[c.pid, psutil.Process(c.pid).create_time()] for c in children.values()]}
    _notes().write_text(json.dumps(found))


def _noted() -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(_notes().read_text())
    except (OSError, ValueError):
        return {}
    return found


def _notes() -> Path:
    return paths.var() / "up.json"


def _clear_orphans() -> None:
    for pid, created in _noted().get("children", []):
        with contextlib.suppress(psutil.Error):
            orphan = psutil.Process(pid)
            if abs(orphan.create_time() - created) < 1:
                orphan.terminate()
                psutil.wait_procs([orphan], timeout=STOP_SECONDS)
    _notes().unlink(missing_ok=True)


@contextmanager
def _children() -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """The children by name, filled by the caller; at the end all are told to stop, and made to after a while."""
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        yield children
    finally:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)  # an impatient second Ctrl-C must not leave the database behind
        for child in children.values():
            child.terminate()
        end = time.monotonic() + STOP_SECONDS
        for child in children.values():
            try:
                child.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        _notes().unlink(missing_ok=True)


def _spawn(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A child out of the terminal's reach (only this process hears Ctrl-C) that dies with this process."""
    return subprocess.Popen(  # noqa: S603 - our own programs
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads run yet
    )


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _start_broadcast(children: dict[str, subprocess.Popen[bytes]], environment: dict[str, str]) -> str:
    """Start picture and sound where they can run; returns what to tell of them."""
    is_demo = environment["DJANGO_SETTINGS_MODULE"] == _demo_settings()
    found, told = up_broadcast.commands(is_demo=is_demo)
    for name, command in found.items():
        children[name] = _spawn(command, environment)
    return told


def _start_history(children: dict[str, subprocess.Popen[bytes]], environment: dict[str, str]) -> None:
    """Put the demonstration's history behind the search while people look around already."""
    n = os.environ.get("VITRINA_DEMO_CONTRACTS", "56000")
    if n != "0":
        command = [sys.executable, "-m", "vitrina", "demo", "history", "--contracts", n]
        children["history"] = _spawn(["nice", *command] if shutil.which("nice") else command, environment)


def _check(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, child in list(children.items()):
        if name == up_dumps.NAME or child.poll() is None:
            continue
        if name == "history" and child.returncode == 0:
            del children[name]  # done
        elif name in {"history", *up_broadcast.OPTIONAL}:
            del children[name]
            _say(f"The {name} process ended by itself (status {child.returncode}); the rest goes on.")
        else:
            raise Refusal(f"The {name} process ended by itself (status {child.returncode}); stopping the rest.")


def _wait_until_ready(address: str, children: dict[str, subprocess.Popen[bytes]]) -> None:
    end = time.monotonic() + READY_SECONDS
    why = "no answer"
    while time.monotonic() < end:
        _check(children)
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):  # noqa: S310 - our own address
                return
        except urllib.error.HTTPError as error:
            why = error.read(300).decode(errors="replace")
        except OSError as error:
            why = str(error)
        time.sleep(0.1)
    raise Refusal(f"Not ready after {READY_SECONDS:.0f} s: {why}")


def _raise_stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stop


def _say(text: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        print(text, flush=True)  # noqa: T201 - the console is this command's page
