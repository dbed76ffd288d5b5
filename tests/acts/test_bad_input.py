# SPDX-License-Identifier: Apache-2.0
"""Every field of every form, filled with what does not belong there: told in Spanish, at the field, and nothing done.

The values that a stage knows to be wrong (past a deadline, over a cap) are in the tests of the stages.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.boundfield import BoundField
from lxml import html

from tests.acts.conftest import Told
from tests.acts.desk import Place, client_of, places
from tests.fixtures.time import Clock
from tests.worlds.once import rolled_back
from vitrina.cycle.core.fields import LineField
from vitrina.cycle.core.steps import FORMS
from vitrina.ledger.models import Entry

BAD = {
    "wrong type": "ni número ni fecha",
    "negative": "-5",
    "out of range": "99999999999999999999",
    "exponent": "1e309",
    "Unicode digits": "١٢٣",
    "null character": "a\x00b",
    "control character": "a\x07b",
    "direction override": "precio \u202e00.001",
    "too long": "9" * 25_000,
}
FOR_TEXT_TOO = {"null character", "control character", "direction override", "too long"}
STEPS = sorted(command for command in FORMS if not command.startswith("parties."))
ENGLISH = re.compile(
    r"\b(the|this|write|enter|select|choose|ensure|field|required|valid|characters|at most)\b", re.IGNORECASE
)
HUGE = "1" * (10 * 1024 * 1024)
TOKEN = {"token": "b" * 32}


@pytest.fixture(scope="module")
def open_places(told: Told) -> dict[str, Place]:
    return places(told)


def fields_of(place: Place) -> dict[str, forms.Field]:
    """Name of the control -> field, of the form and of one line of each of its lists."""
    form = place.form()
    found = dict(form.fields)
    for prefix, formset in form.formsets.items():
        found |= {f"{prefix}-0-{name}": field for name, field in formset.empty_form.fields.items()}
    return found


def lines_of(place: Place) -> dict[str, str]:
    """What a browser sends to say how many lines there are."""
    counts = ({f"{p}-TOTAL_FORMS": "1", f"{p}-INITIAL_FORMS": "0"} for p in FORMS[place.command].rows)
    return {name: value for count in counts for name, value in count.items()}


def must_refuse(field: forms.Field, kind: str) -> bool:
    """Whether a field has to refuse a kind of bad value."""
    if isinstance(field, forms.BooleanField | forms.FileField):
        return False  # anything is a tick; a file is no text
    if type(field) is LineField or type(field).__name__ == "RfcField":
        return kind in FOR_TEXT_TOO
    if type(field) is forms.CharField and not field.validators[2:]:  # a hidden digest: the command compares it
        return kind in {"null character", "too long"}
    return True


def told_at(page: str) -> dict[str, list[str]]:
    """Id of the control -> what the summary of errors says of it."""
    found: dict[str, list[str]] = {}
    for link in html.fromstring(page).xpath("//div[@data-errors]//a"):
        found.setdefault(link.get("href").lstrip("#"), []).append(link.text_content())
    return found


def control(field: forms.Field, name: str) -> str:
    """The id to which the summary leads for a field."""
    group = isinstance(field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return f"id_{name}_0" if group else f"id_{name}"


def send(place: Place, clock: Clock, data: dict[str, Any]) -> tuple[int, str]:
    """(status, page) of a form as somebody sends it; fails when it crashed or left an entry without being done."""
    clock.set(place.at)
    with rolled_back():
        head = Entry.objects.count()
        answer = client_of(place.actor.person_id).post(place.url, data)
        assert answer.status_code in {200, 302, 400, 409, 413, 422}, answer.status_code
        assert answer.status_code == 302 or Entry.objects.count() == head
        return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("command", STEPS)
def test_a_form_tells_at_each_field_what_is_wrong(
    told: Told, clock: Clock, open_places: dict[str, Place], command: str
) -> None:
    place = open_places[command]
    fields = fields_of(place)
    for kind, bad in BAD.items():
        refusing = {name: field for name, field in fields.items() if must_refuse(field, kind)}
        status, page = send(place, clock, TOKEN | lines_of(place) | dict.fromkeys(fields, bad))
        if not refusing:
            continue
        assert status == 422, (kind, status)
        said = told_at(page)
        silent = [name for name, field in refusing.items() if control(field, name) not in said]
        assert not silent, (kind, silent, said)
        ids = set(re.findall(r'id="([^"]+)"', page))
        assert set(said) <= ids, "a link that leads nowhere"
        foreign = [text for texts in said.values() for text in texts if ENGLISH.search(text.partition(": ")[2])]
        assert not foreign, (kind, foreign)


@pytest.mark.parametrize("command", STEPS[::4])  # one reader of forms refuses them
def test_ten_megabytes_are_not_read(told: Told, clock: Clock, open_places: dict[str, Place], command: str) -> None:
    place = open_places[command]
    name = next(iter(fields_of(place)), "token")
    status, page = send(place, clock, TOKEN | lines_of(place) | {name: HUGE})
    assert status in {400, 413}
    assert 'lang="es' in page
    assert not re.search(r"Nothing was changed|cannot be read", page)


@pytest.mark.parametrize("count", ["1e309", "١٢٣", "-1", "", "99999999", "a"])
def test_a_list_with_a_nonsensical_number_of_lines_is_refused(
    told: Told, clock: Clock, open_places: dict[str, Place], count: str
) -> None:
    with_lists = {tuple(FORMS[c].rows): open_places[c] for c in STEPS if FORMS[c].rows}  # one form of each list
    assert with_lists
    for place in with_lists.values():
        rows = dict.fromkeys(lines_of(place), count)
        assert send(place, clock, TOKEN | rows)[0] in {400, 409, 422}
        prefix = next(iter(FORMS[place.command].rows))
        assert send(place, clock, TOKEN | rows | {"add_row": prefix})[0] in {200, 400, 409, 422}


FILES = {
    "a programme": ("contrato.exe", b"MZ\x90\x00"),
    "a programme that calls itself a PDF": ("contrato.pdf", b"MZ\x90\x00"),
    "nothing": ("contrato.pdf", b""),
    "no name worth the word": ("../../etc/passwd", b"root:x:0:0"),
    "an XML bomb": ("factura.xml", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_not_what_it_should_be_is_refused(
    told: Told, clock: Clock, open_places: dict[str, Place], kind: str
) -> None:
    tried = 0
    for command in STEPS:
        place = open_places[command]
        names = [n for n, f in fields_of(place).items() if isinstance(f, forms.FileField)]
        for name in names:
            file = SimpleUploadedFile(*FILES[kind])
            data = TOKEN | lines_of(place) | _valid_enough(place) | {name: file}
            status, page = send(place, clock, data)
            assert status in {409, 422} or kind == "an XML bomb", (command, name, status)
            assert "Traceback" not in page
            tried += 1
    assert tried > 3


def _valid_enough(place: Place) -> dict[str, Any]:
    """The first values that the form proposes, as a browser sends them back."""
    form = place.form()
    found: dict[str, Any] = {}
    for name in form.fields:
        field: BoundField = form[name]
        value = field.field.prepare_value(field.initial) if field.initial is not None else "1"
        if not isinstance(field.field, forms.FileField):
            found[name] = value if isinstance(value, list) else str(value)
    return found


def test_every_step_has_a_place_in_the_stories(open_places: dict[str, Place]) -> None:
    assert sorted(open_places) == STEPS
