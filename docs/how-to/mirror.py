# SPDX-License-Identifier: Apache-2.0
"""An exact copy of every public act: python mirror.py SITE FILE.sqlite. Stopped and called again, it goes on."""

import gzip
import hashlib
import json
import shutil
import sqlite3
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

site, file = sys.argv[1].rstrip("/"), Path(sys.argv[2])
db = sqlite3.connect(file)
db.execute("CREATE TABLE IF NOT EXISTS act (position INTEGER PRIMARY KEY, told TEXT NOT NULL)")


def ask(address, first=0):
    """The site's answer from a byte on; waits while the site is away or busy."""
    for wait in (0.2, 1, 5, 30, 120, 600):
        try:
            return urlopen(Request(site + address, headers={"Range": f"bytes={first}-"} if first else {}), timeout=60)
        except OSError as why:
            if getattr(why, "code", 503) not in {429, 502, 503}:
                raise
            time.sleep(wait)
    sys.exit(f"{site} does not answer")


def keep(acts):
    """Acts into the copy, all or none. One whose content was withdrawn is read again, as it is told now."""
    gone = [act["body"]["position"] for act in acts if act.get("kind") == "body.erased"]
    acts = acts + [act for n in gone for act in json.load(ask(f"/api/feed?after={n - 1}&limit=1"))["entries"]]
    with db:
        db.executemany("INSERT OR REPLACE INTO act VALUES (?, ?)", [(a["position"], json.dumps(a)) for a in acts])


last = "SELECT coalesce(max(position), 0) FROM act"
for told in json.load(ask("/datos/manifest.json"))["files"] if db.execute(last).fetchone() == (0,) else []:
    if told["set"] == "acts":
        part = file.with_name(Path(told["path"]).name)
        while not part.exists() or hashlib.sha256(part.read_bytes()).hexdigest() != told["sha256"]:
            have = part.stat().st_size if part.exists() and part.stat().st_size < told["bytes"] else 0
            with ask(f"/datos/{told['path']}", have) as answer, part.open("ab" if have else "wb") as out:
                shutil.copyfileobj(answer, out)
        keep([json.loads(line) for line in gzip.decompress(part.read_bytes()).splitlines()])
        part.unlink()
while acts := json.load(ask(f"/api/feed?after={db.execute(last).fetchone()[0]}&limit=1000"))["entries"]:
    keep(acts)
