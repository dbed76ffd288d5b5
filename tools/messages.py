# SPDX-License-Identifier: Apache-2.0
"""Translations without the gettext programs: English message ids in code and templates, Spanish in each app's locale.

`python -m tools.messages` compiles what changed; `--update` brings the .po files in line with the code, keeping
translations; `--check` lists, with file and line, what is untranslated, fuzzy, obsolete, translated in two ways, or
has lost a placeholder, and exits 1.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
LANGUAGE = "es"
PO = Path("locale") / LANGUAGE / "LC_MESSAGES" / "django.po"
HEADER = """# SPDX-License-Identifier: Apache-2.0
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: es\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
SKIPPED = {"migrations", "tests", "locale", "vendor", "__pycache__"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")


def apps() -> list[Path]:
    """The folders that own a catalogue: every Django app, and `web` for the common templates."""
    return [*sorted(file.parent for file in (ROOT / "vitrina").glob("**/apps.py")), ROOT / "web"]


def sources(app: Path, others: set[Path]) -> Iterator[Path]:
    """Python files and templates of an app, those of apps inside it left out."""
    for path in sorted(app.iterdir()):
        if path.is_dir():
            if path.name not in SKIPPED and path not in others:
                yield from sources(path, others)
        elif path.suffix in {".py", ".html", ".txt", ".xml"}:
            yield path


def extract(app: Path) -> Catalog:
    """Every text that an app marks for translation; locations are paths from the root, with lines."""
    catalog = Catalog(locale=LANGUAGE)
    for file in sources(app, set(apps()) - {app}):
        text = file.read_text(encoding="utf-8")
        if file.suffix != ".py":
            # what stands between the tags becomes Xs; indentation would confuse Python's tokenizer
            text = "\n".join(line.lstrip() for line in templatize(text).split("\n"))
        found = extract_python(io.BytesIO(text.encode()), KEYWORDS, [], {"encoding": "utf-8"})
        for line, function, arguments, _comments in found:
            context, ids = _sort_arguments(KEYWORDS.get(function), arguments)
            if ids and all(ids):
                where = [(str(file.relative_to(ROOT)), line)]
                catalog.add(ids[0] if len(ids) == 1 else tuple(ids), context=context, locations=where)
    return catalog


def _sort_arguments(spec: tuple | None, arguments: object) -> tuple[str | None, list[str]]:
    """Context and message ids (one, or singular and plural) of a call, by Babel's keyword notation."""
    given = list(arguments) if isinstance(arguments, tuple) else [arguments]
    context, ids = None, []
    for place in spec or (1,):
        index = place[0] if isinstance(place, tuple) else place
        value = given[index - 1] if index <= len(given) else None
        if not isinstance(value, str):
            return None, []
        if isinstance(place, tuple):
            context = value
        else:
            ids.append(value)
    return context, ids


def load(app: Path) -> Catalog:
    """The app's Spanish catalogue; an empty one when there is no file."""
    if not (app / PO).exists():
        return Catalog(locale=LANGUAGE)
    with (app / PO).open("rb") as file:
        return read_po(file, locale=LANGUAGE, abort_invalid=True)


def compile_all() -> int:
    """Write every .mo that is older than its .po; returns how many."""
    written = 0
    for app in apps():
        po = app / PO
        mo = po.with_suffix(".mo")
        if po.exists() and (not mo.exists() or mo.stat().st_mtime <= po.stat().st_mtime):
            output = io.BytesIO()
            write_mo(output, load(app))
            fresh = mo.with_suffix(".new")  # renamed when whole: a server may be reading the old one
            fresh.write_bytes(output.getvalue())
            fresh.rename(mo)
            written += 1
    return written


def update_all() -> None:
    """Rewrite each .po: new texts untranslated, former translations kept, unused ones gone."""
    for app in apps():
        template = extract(app)
        if not len(template):
            continue
        catalog = load(app)
        catalog.update(template, no_fuzzy_matching=True)
        output = io.BytesIO()
        options = {"omit_header": True, "ignore_obsolete": True, "include_lineno": False, "sort_output": True}
        write_po(output, catalog, width=110, **options)
        (app / PO).parent.mkdir(parents=True, exist_ok=True)
        (app / PO).write_text(HEADER + output.getvalue().decode(), encoding="utf-8")


def check_all() -> list[str]:
    """One line for each fault of the Spanish catalogues."""
    faults: list[str] = []
    spanish: dict[tuple[str | None, str], tuple[str, Path]] = {}
    for app in apps():
        catalog, template = load(app), extract(app)
        for message in template:
            if not message.id:
                continue
            key = message.id if isinstance(message.id, str) else message.id[0]
            known = catalog.get(key, message.context)
            where = "{}:{}".format(*message.locations[0])
            if fault := _fault(known):
                faults.append(f"{where}: {fault}: {key!r}")
            else:
                text = known.string if isinstance(known.string, str) else known.string[0]
                former, place = spanish.setdefault((message.context, key), (text, app))
                if former != text:
                    faults.append(f"{where}: translated in two ways (see {place.relative_to(ROOT)}): {key!r}")
        faults += [
            f"{(app / PO).relative_to(ROOT)}: obsolete: {message.id!r}"
            for message in catalog
            if message.id and template.get(_first(message.id), message.context) is None
        ]
    return faults


def _first(ids: str | tuple[str, ...]) -> str:
    return ids if isinstance(ids, str) else ids[0]


def _fault(message: Message | None) -> str | None:
    """What is wrong with a translation, if anything."""
    strings = [] if message is None else [message.string] if isinstance(message.string, str) else list(message.string)
    if message is None or not strings or not all(strings):
        return "untranslated"
    if message.fuzzy:
        return "fuzzy"
    wanted = set(PLACEHOLDER.findall(_first(message.id) if isinstance(message.id, str) else message.id[-1]))
    if set(PLACEHOLDER.findall(strings[-1])) != wanted:
        return "placeholders differ"
    return None


def main() -> int:
    """Do what the arguments ask; returns the exit status."""
    settings.configure(USE_I18N=True)
    if "--update" in sys.argv:
        update_all()
    if "--check" in sys.argv:
        faults = check_all()
        print("\n".join(faults) or "Every text is translated.")
        return 1 if faults else 0
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
