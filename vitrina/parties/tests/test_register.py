# SPDX-License-Identifier: Apache-2.0
"""The register: units in bulk, and what an operator may write into it through the desk's own forms."""

from __future__ import annotations

import re
import time

import pytest
from django.test import Client

from tests.worlds.once import built_once, rolled_back
from tests.worlds.sending import errors_of, form_of
from vitrina.cycle.core.command import COMMANDS
from vitrina.cycle.core.refusal import Refused
from vitrina.kernel import ids
from vitrina.ledger.models import Entry
from vitrina.ledger.verify import verify
from vitrina.parties import commands as register
from vitrina.parties import rfc as rfcs
from vitrina.parties.models import Person, Supplier, Unit
from vitrina.parties.roles import Role
from vitrina.site.demo.people import local, world

NOW = local(2020, 2, 3)
COMPANY = "CAL100203AB1"


def nation(n: int) -> list[dict]:
    """An institute of `n` units, children before parents: 31 delegations, then hospitals and clinics under them."""
    delegations = [{"key": f"00637D{d:02d}", "parent": "00637", "kind": "delegation"} for d in range(31)]
    clinics = [{"key": f"00637C{c:04d}", "parent": f"00637D{c % 31:02d}", "kind": "clinic"} for c in range(n - 32)]
    rows = [*clinics, *delegations, {"key": "00637", "parent": "", "kind": "institute"}]
    return [row | {"name": f"Unidad {row['key']}"} for row in rows]


def test_a_tree_of_1180_units_loads_fast_and_stands_right(db, django_assert_max_num_queries):
    start = time.monotonic()
    with django_assert_max_num_queries(15):
        units = register.register_units(nation(1180), at=NOW)

    assert time.monotonic() - start < 5
    assert len(units) == Unit.objects.count() == Entry.objects.filter(kind="unit.registered").count() == 1180
    clinic = Unit.objects.get(key="00637C0040")
    assert (clinic.parent.key, clinic.root.key, clinic.buyer.key) == ("00637D09", "00637", "00637")
    assert Entry.objects.get(stream="unit:00637C0040").event.parent == "00637D09"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"key": "A", "name": "A", "kind": "office", "parent": "NADIE"}], "NADIE"),
        (
            [
                {"key": "A", "name": "A", "kind": "x", "parent": "B"},
                {"key": "B", "name": "B", "kind": "x", "parent": "A"},
            ],
            "over",
        ),
    ],
)
def test_a_tree_that_hangs_on_nothing_is_refused_whole(db, rows, said):
    with pytest.raises(ValueError, match=said):
        register.register_units([{"key": "C", "name": "C", "kind": "office"}, *rows], at=NOW)
    assert not Unit.objects.exists()


whole = built_once(world)


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole


def send(w, command: str, *, about: int | str = "", **fields):
    """Fill the form of a step and send it, as an operator would."""
    form = form_of(command, w[Role.OPERATOR], None, fields, at=NOW, key=str(about))
    assert form.is_valid(), form.errors
    return form.run()


def refusal(w, command: str, **fields) -> str:
    with pytest.raises(Refused) as refused:
        send(w, command, **fields)
    return refused.value.codes[0]


UNIT = {
    "key": "050GYR222", "name": "Clínica 22", "kind": "clinic", "parent": "050GYR", "zone": "America/Hermosillo",
    "jurisdiction": "mx", "state": "26",
}  # fmt: skip


def test_an_operator_registers_a_unit_under_another(w):
    entry = send(w, "parties.register_unit", **UNIT)

    unit = Unit.objects.get(key="050GYR222")
    assert (unit.parent.key, unit.buyer.key, unit.zone, unit.can_contract) == (
        "050GYR",
        "050GYR",
        "America/Hermosillo",
        False,
    )
    assert entry.actor["name"] == str(Person.objects.get(pk=w[Role.OPERATOR].person_id))
    assert refusal(w, "parties.register_unit", **UNIT) == "taken"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"key": "050-GYR"}, "key"), ({"key": "٠٥٠GYR"}, "key"), ({"parent": "NOHAY"}, "unit"), ({"rfc": "X"}, "rfc")],
)
def test_a_unit_that_cannot_be_is_refused_with_its_field(w, changes, code):
    assert refusal(w, "parties.register_unit", **UNIT | changes) == code


def test_an_operator_registers_a_supplier_under_a_key_that_says_nothing_of_its_rfc(w):
    fields = {"name": "Cobre Alto, S.A. de C.V.", "rfc": "cal-100203 ab1", "size": "small"}
    send(w, "parties.register_supplier", **fields)
    send(w, "parties.register_supplier", **fields | {"rfc": "CAL100203AB2"})

    assert set(Supplier.objects.filter(name__startswith="Cobre").values_list("key", "rfc")) == {
        ("cobre-alto", COMPANY), ("cobre-alto-2", "CAL100203AB2"),
    }  # fmt: skip
    assert refusal(w, "parties.register_supplier", **fields) == "taken"


@pytest.mark.parametrize(
    "rfc", ["XAXX010101000", "XEXX010101000", "CAL101303AB1", "CAL10020", "ＣAL100203AB1", "CAL100203A١1"]
)
def test_an_rfc_that_nobody_can_have_is_refused(w, rfc):
    assert refusal(w, "parties.register_supplier", name="Nadie", rfc=rfc, size="") == "rfc"


def test_a_check_digit_that_fails_is_told_and_does_not_block(w):
    wrong = next(f"CAL100203AB{d}" for d in "0123456789A" if not rfcs.check_digit_holds(f"CAL100203AB{d}"))
    right = next(f"CAL100203AB{d}" for d in "0123456789A" if ids.rfc_check_digit_holds(f"CAL100203AB{d}"))
    for rfc, warnings in ((wrong, 1), (right, 0)):
        form = form_of(
            "parties.register_supplier", w[Role.OPERATOR], None, {"name": f"Cobre {rfc}", "rfc": rfc}, at=NOW
        )
        assert form.is_valid()
        assert len(form.warnings) == warnings
        assert form.run().event.rfc == rfc


INVITED = {
    "given_name": "Lucía", "surname": "Etxeberria", "email": "Lucia@Vitrina.example", "role": "officer",
    "party": "050gyr047",
}  # fmt: skip


def test_an_invited_person_has_an_account_without_a_password_and_one_office(w):
    entry = send(w, "parties.invite_person", **INVITED)

    person = Person.objects.get(user__email="lucia@vitrina.example")
    assert not person.user.has_usable_password()
    assert [(a.role, a.unit_id) for a in person.appointments.all()] == [("officer", "050GYR047")]
    assert entry.visibility == "blinded"
    assert "Lucía" not in entry.body
    assert refusal(w, "parties.invite_person", **INVITED) == "taken"


def test_an_office_for_a_supplier_is_given_by_its_rfc_and_never_beside_one_for_an_institution(w):
    send(w, "parties.invite_person", **INVITED | {"role": "supplier", "party": w.supplier_rows[0].rfc})
    person = Person.objects.get(user__email="lucia@vitrina.example")
    assert person.appointments.get().supplier == w.supplier_rows[0]

    office = {"about": person.pk, "role": "evaluator", "party": "050GYR"}
    assert refusal(w, "parties.appoint", **office) == "both-sides"
    send(w, "parties.end_appointment", about=person.appointments.get().pk)
    send(w, "parties.appoint", **office)
    assert refusal(w, "parties.appoint", **office) == "held"
    assert refusal(w, "parties.end_appointment", about=person.appointments.earliest("pk").pk) == "ended"


def test_nobody_decides_about_their_own_offices(w):
    own = Person.objects.get(pk=w[Role.OPERATOR].person_id)

    assert refusal(w, "parties.appoint", about=own.pk, role="approver", party="050GYR") == "own"
    assert refusal(w, "parties.end_appointment", about=own.appointments.get().pk) == "own"
    assert refusal(w, "parties.renew_invitation", about=own.pk) == "own"


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.OPERATOR])
def test_the_register_belongs_to_operators(w, role):
    for command in (name for name in COMMANDS if name.startswith("parties.")):
        with pytest.raises(Refused) as refused:
            COMMANDS[command](w[role], at=NOW)
        assert refused.value.codes == ["role"]


@pytest.mark.parametrize("value", ["x" * 10_000_000, "a\u202eb", "a\x00b", ""])
@pytest.mark.parametrize("command", ["parties.register_unit", "parties.register_supplier", "parties.invite_person"])
def test_text_that_no_form_should_take_is_refused_by_the_field(w, command, value):
    names = {"parties.register_unit": "name", "parties.register_supplier": "name", "parties.invite_person": "surname"}
    given = {
        "parties.register_unit": UNIT,
        "parties.register_supplier": {"name": "", "rfc": COMPANY},
        "parties.invite_person": INVITED,
    }
    form = form_of(command, w[Role.OPERATOR], None, given[command] | {names[command]: value}, at=NOW)

    assert errors_of(form) == {names[command]}


@pytest.mark.parametrize("key", ["", "x", "1e309", "١", "9" * 30, "-1", "999999999"])
def test_a_step_about_nobody_says_so(w, key):
    client = Client()
    client.force_login(Person.objects.get(pk=w[Role.OPERATOR].person_id).user)
    for command in ("parties.appoint", "parties.end_appointment", "parties.renew_invitation"):
        answer = client.get(f"/mi-espacio/registro/{command}/", {"key": key})
        assert answer.status_code == 409, command
        assert "lista de personas" in answer.content.decode()


def test_the_list_of_people_finds_pages_and_is_for_operators_only(w):
    for n in range(40):
        register.register_person(email=f"p{n}@vitrina.example", given_name="Persona", surname=f"Número{n:02d}")
    client = Client()
    client.force_login(Person.objects.get(pk=w[Role.OPERATOR].person_id).user)

    first = client.get("/mi-espacio/personas/").content.decode()
    second = client.get("/mi-espacio/personas/?page=2").content.decode()
    found = client.get("/mi-espacio/personas/", {"q": "Número07"}).content.decode()

    assert re.search(r"\b30\b", first)
    assert "Número00" in first
    assert "Número00" not in second
    assert found.count("@vitrina.example") == 1
    for odd in ("\x00", "%", "' OR 1=1", "x" * 5000):
        assert client.get("/mi-espacio/personas/", {"q": odd, "page": "1e309"}).status_code == 200
    client.force_login(Person.objects.get(pk=w[Role.APPROVER].person_id).user)
    assert client.get("/mi-espacio/personas/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_sending_the_same_invitation_twice_invites_once_and_the_ledger_holds(clock):
    w = world()
    clock.set(NOW)
    client = Client()
    client.force_login(Person.objects.get(pk=w[Role.OPERATOR].person_id).user)
    sent = INVITED | {"token": "c" * 32, "confirm": "1"}

    first = client.post("/mi-espacio/registro/parties.invite_person/", sent)
    again = client.post("/mi-espacio/registro/parties.invite_person/", sent)

    assert first["Location"] == again["Location"] == f"/mi-espacio/recibo/{'c' * 32}/"
    assert Person.objects.filter(user__email="lucia@vitrina.example").count() == 1
    assert "/cuenta/enlace/" in client.get(first["Location"]).content.decode()
    assert verify().finding is None
