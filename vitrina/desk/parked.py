# SPDX-License-Identifier: Apache-2.0
"""Files of a form that is being read once more before it is signed: kept for its person and token, at most a day.

A browser does not send a file twice. What is parked is nobody's act yet; it is dropped when the form is sent.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

LIFE = 24 * 3600  # seconds
LIST = "files.json"


def keep(token: str, person: int, files: MultiValueDict) -> None:
    """Park the files of a form, in place of those parked before under the token; drop what others left behind."""
    _sweep()
    drop(token)
    place = _place(token)
    place.mkdir(parents=True, mode=0o700)
    listed = []
    for field in files:
        for upload in files.getlist(field):
            row = {"field": field, "name": upload.name, "type": upload.content_type, "file": str(len(listed))}
            with (place / row["file"]).open("wb") as out:
                upload.seek(0)
                shutil.copyfileobj(upload, out)
            listed.append(row)
    (place / LIST).write_text(json.dumps({"person": person, "files": listed}), encoding="utf-8")


@contextmanager
def parked(token: str, person: int) -> Iterator[MultiValueDict]:
    """The files that a person parked under a token, open; none when there are none or they are another person's."""
    found: MultiValueDict = MultiValueDict()
    place = _place(token)
    with ExitStack() as stack:
        listed = json.loads((place / LIST).read_text(encoding="utf-8")) if (place / LIST).is_file() else {"files": []}
        for row in listed["files"] if listed.get("person") == person else []:
            file = stack.enter_context((place / row["file"]).open("rb"))
            size = (place / row["file"]).stat().st_size
            found.appendlist(row["field"], UploadedFile(file, row["name"], row["type"], size))
        yield found


def drop(token: str) -> None:
    """Forget what is parked under a token."""
    shutil.rmtree(_place(token), ignore_errors=True)


def _place(token: str) -> Path:
    return _root() / token


def _root() -> Path:
    return Path(settings.FILES_DIR).parent / "parked"


def _sweep() -> None:
    """Drop what nobody came back for."""
    oldest = time.time() - LIFE
    for place in _root().glob("*"):
        if place.stat().st_mtime < oldest:
            shutil.rmtree(place, ignore_errors=True)
