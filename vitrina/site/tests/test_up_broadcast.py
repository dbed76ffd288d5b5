# SPDX-License-Identifier: Apache-2.0
"""Picture and sound under `vitrina up`: what is started, and what is told when nothing can be."""

import socket

import pytest

from vitrina.broadcast import nginx
from vitrina.site import up_broadcast


@pytest.fixture
def installed(monkeypatch, settings, tmp_path):
    settings.BROADCAST_DIR = tmp_path / "broadcast"
    monkeypatch.setattr(nginx, "what_is_missing", list)
    monkeypatch.setattr(up_broadcast, "is_free", lambda port: True)
    return tmp_path


def test_without_the_packages_it_says_so_and_starts_nothing(installed, monkeypatch):
    monkeypatch.setattr(nginx, "what_is_missing", lambda: ["nginx-light", "ffmpeg"])
    assert up_broadcast.commands(is_demo=True) == (
        {}, "Picture and sound are off: install nginx-light, ffmpeg (Debian's names) for them.",
    )  # fmt: skip
    monkeypatch.setenv("VITRINA_BROADCAST", "0")
    assert up_broadcast.commands(is_demo=True) == ({}, "")


def test_a_port_that_is_taken_or_a_folder_that_nginx_cannot_name_is_told(installed, monkeypatch, settings):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.undo()
        monkeypatch.setattr(nginx, "what_is_missing", list)
        monkeypatch.setattr(up_broadcast, "RTMP_PORT", other.getsockname()[1])
        assert "is taken" in up_broadcast.commands(is_demo=False)[1]
    monkeypatch.setattr(up_broadcast, "is_free", lambda port: True)
    settings.BROADCAST_DIR = installed / "con espacio; daemon on"
    assert "nginx cannot be given the folder" in up_broadcast.commands(is_demo=False)[1]


def test_the_configuration_lies_where_the_server_reads_it(installed, settings):
    started, told = up_broadcast.commands(is_demo=True)
    assert list(started) == ["broadcast", "nginx", "camera"] and "rtmp://127.0.0.1:1935/live" in told
    text = (settings.BROADCAST_DIR / "nginx.conf").read_text()
    assert "@" not in text and text.count("{") == text.count("}")
    assert f"record_path {settings.BROADCAST_DIR}/records;" in text
    assert text.count("on_publish http://127.0.0.1:8091/camara;") == 1
    assert "access_log off;" in text and "error_log" in text
    assert "listen 0.0.0.0" not in text
    with pytest.raises(ValueError, match="not an address"):
        nginx.config("rtmp", listen="1935; include /etc/passwd")
    assert "listen 10.8.0.1:1935;" in nginx.config("rtmp", listen="10.8.0.1:1935")
    assert "alias" in nginx.config("http")
