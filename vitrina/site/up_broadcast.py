# SPDX-License-Identifier: Apache-2.0
"""Picture and sound under `vitrina up`: nginx, the process beside it, the demonstration's camera, where they can run.

None of them is needed: what cannot start is said in one line, and what ends by itself ends alone.
"""

from __future__ import annotations

import os
import socket
import sys

RTMP_PORT, HOOK_PORT = 1935, 8091
OPTIONAL = frozenset({"broadcast", "nginx", "camera"})


def commands(*, is_demo: bool) -> tuple[dict[str, list[str]], str]:
    """(name -> command to start, what to tell). Needs Django; writes nginx's configuration and makes its folders.

    Nothing to start, and why: switched off by VITRINA_BROADCAST=0, something is not installed, a port is taken.
    """
    from vitrina.broadcast import nginx, places

    if os.environ.get("VITRINA_BROADCAST", "1") == "0":
        return {}, ""
    if lacks := nginx.what_is_missing():
        return {}, f"Picture and sound are off: install {', '.join(lacks)} (Debian's names) for them."
    if taken := [port for port in (RTMP_PORT, HOOK_PORT) if not is_free(port)]:
        return {}, f"Picture and sound are off: port {taken[0]} of this machine is taken."
    try:
        text = nginx.config("alone", rtmp_port=RTMP_PORT, hook_port=HOOK_PORT)
        places.make()
        (places.root() / "nginx.conf").write_text(text, encoding="utf-8")
    except (OSError, ValueError) as why:
        return {}, f"Picture and sound are off: {why}"
    python = [sys.executable, "-m", "vitrina"]
    found = {
        "broadcast": [*python, "broadcast", "serve", "--port", str(HOOK_PORT)],
        "nginx": server(),
    }
    if is_demo:
        found["camera"] = [*python, "demo", "camera", "--port", str(RTMP_PORT)]
    return found, f"Picture and sound: cameras arrive at rtmp://127.0.0.1:{RTMP_PORT}/live"


def server() -> list[str]:
    """The command that starts nginx with the configuration that was written."""
    from vitrina.broadcast import nginx, places

    root = places.root()
    return [nginx.program(), "-e", str(root / "nginx.log"), "-p", str(root), "-c", str(root / "nginx.conf")]


def is_free(port: int) -> bool:
    """Whether nobody listens on a port of the loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
