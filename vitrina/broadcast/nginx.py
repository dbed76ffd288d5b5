# SPDX-License-Identifier: Apache-2.0
"""The configuration of nginx for the broadcast, filled in from where this installation lies."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from . import places
from .listener import LOOPBACK, PATH

PARTS = ("alone", "rtmp", "http")
RTMP_PORT, HOOK_PORT = 1935, 8091
MODULE = "ngx_rtmp_module.so"
MODULE_PLACES = ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/local/lib/nginx/modules")
_ADDRESS = re.compile(r"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9a-fA-F:]+\]):[0-9]{1,5}", re.ASCII)
_PLAIN_PATH = re.compile(r"[\w./@+-]+")


def program() -> str:
    """Nginx on this machine; empty when there is none."""
    return shutil.which("nginx") or next((p for p in ("/usr/sbin/nginx", "/usr/local/sbin/nginx") if _runs(p)), "")


def _runs(path: str) -> bool:
    return os.access(path, os.X_OK)


def module(name: str = MODULE) -> str:
    """A module of nginx on this machine, that for RTMP unless told; empty when there is none."""
    found = (Path(place) / name for place in MODULE_PLACES)
    return str(next((path for path in found if path.exists()), ""))


def what_is_missing() -> list[str]:
    """Debian's names of what the broadcast needs and this machine lacks."""
    have = {"nginx-light": program(), "libnginx-mod-rtmp": module(), "ffmpeg": shutil.which("ffmpeg")}
    return [name for name, path in have.items() if not path]


def config(part: str, *, listen: str = "", rtmp_port: int = RTMP_PORT, hook_port: int = HOOK_PORT) -> str:
    """One part of the configuration: `alone` (a server of its own), `rtmp` (that block), `http` (for the site).

    `listen`: an address and port on which cameras arrive besides the loopback's, `10.8.0.1:1935`. `ValueError` when
    it is none, or when a folder's name is one that a configuration of nginx cannot hold.
    """
    if listen and not _ADDRESS.fullmatch(listen):
        raise ValueError(f"{listen!r} is not an address with its port, as 10.8.0.1:1935")
    ports = [f"        listen {LOOPBACK}:{rtmp_port};"] + [f"        listen {listen};"] * bool(listen)
    values = {
        "LISTEN": "\n".join(ports),
        "HOOK": f"http://{LOOPBACK}:{hook_port}{PATH}",
        "ROOT": str(places.root()),
        "RECORDS": str(places.records()),
        "LIVE": str(places.live()),
        "SOUNDS": str(places.sound()),
        "ARCHIVE": str(places.archive()),
        "MODULE": module() or f"{MODULE_PLACES[0]}/{MODULE}",
        "FFMPEG": shutil.which("ffmpeg") or "",
        "PORT": str(rtmp_port),
        "USER": "" if os.geteuid() else "user root;  # it writes into folders of the one who started it\n",
    }
    if not _PLAIN_PATH.fullmatch(values["ROOT"]):
        raise ValueError(f"nginx cannot be given the folder {values['ROOT']!r}: set VITRINA_BROADCAST_DIR to another")
    values["SOUND"] = _filled("sound", values) if values["FFMPEG"] else ""
    wanted = ("alone", "rtmp") if part == "alone" else (part,)
    return "".join(_filled(name, values) for name in wanted)


def _filled(name: str, values: dict[str, str]) -> str:
    text = (Path(__file__).with_name("nginx") / f"{name}.conf").read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text
