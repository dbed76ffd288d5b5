# SPDX-License-Identifier: Apache-2.0
"""The last minute over real connections: one supplier's fifty acts at once leave one bid; others never wait for it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from django.db import connections, transaction

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, signed
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.opening import give_keys
from tests.worlds.sealing import LAST, event_of, kinds_of, rows_of, sealed_by, states_of, submit
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding import vault
from vitrina.cycle.bidding.models import Decoy, Envelope
from vitrina.cycle.bidding.queries import closing_entry, opened_bids
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.opening import commands as opening
from vitrina.ledger.models import Entry, Outbox
from vitrina.ledger.sequencer import catch_up
from vitrina.ledger.verify import verify
from vitrina.parties import commands as parties
from vitrina.parties.actors import actor_of
from vitrina.parties.roles import Role
from vitrina.sealed import client
from vitrina.sealed.objects import parse, reveal_digest
from vitrina.sealed.timeline import resolve

pytestmark = pytest.mark.django_db(transaction=True)


def together(jobs):
    """Run the jobs at once, each on a connection of its own; their results, or the refusals that they met."""
    ready = threading.Barrier(len(jobs))

    def run(job):
        try:
            ready.wait(30)
            return job()
        except Refused as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def open_all(w, process):
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    give_keys(w, process, at=OPENING)
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENING.replace(minute=40))


def upload(sealed):
    for file, path in zip(sealed.manifest.files, sealed.files, strict=True):
        bidding.receive_part(sealed.c, file.parts[0], BytesIO(path.read_bytes()), at=LAST)


def test_fifty_parallel_acts_of_one_supplier_leave_one_final_bid(tmp_path):
    w = world()
    process = reach_clarifying(w)
    actor = w.suppliers[0]
    ready = [sealed_by(w, process, 0, f"{50 + n}.00", out=tmp_path) for n in range(40)]
    first = bid(w, process, 0, "90.00", at=LAST)
    gone = [(s, client.withdraw(s.manifest)) for s in (first, *ready[:9])]

    def send(sealed):
        return lambda: submit(w, process, 0, sealed.manifest_bytes, at=LAST)

    def withdraw(sealed, data):
        claim = signed(actor, data, LAST)
        previous = sealed.manifest_bytes
        return lambda: bidding.withdraw(actor, process.ocid, at=LAST, data=data, claim=claim, previous=previous)

    results = together([*(send(s) for s in ready), *(withdraw(*one) for one in gone)])

    assert [r.kind for r in results] == ["envelope.logged"] * 50  # nobody knows yet what each makes of the others
    for sealed in ready:
        upload(sealed)
    catch_up()
    objects = {s.c: s.manifest for s in (first, *ready)} | {r.event.c: None for r in results[40:]}
    texts = {reveal_digest(data): data for _sealed, data in gone}
    order = [(row.entry_id, objects[row.c] or parse(texts[row.c])) for row in rows_of(process)]
    final = bid(w, process, 0, "49.00", at=LAST)
    expected = resolve(order, order[-1][0] + 1)
    assert len(expected.live) <= 1

    open_all(w, process)
    found = {row.c: row.state for row in rows_of(process)}
    superseded = {b.c for b in (*expected.superseded, *expected.live)}
    assert {c for c, s in found.items() if s == "superseded"} == superseded
    assert {c for c, s in found.items() if s == "withdrawn"} == {b.c for b in expected.withdrawn}
    assert [(b.bid_id, str(b.prices[1])) for b in opened_bids(process)] == [(final.c[:26], "49.00")]
    assert event_of(process, "envelopes.audited").findings == ()
    assert verify().finding is None


def test_the_same_envelope_sent_twenty_times_at_once_is_received_once(tmp_path):
    w = world()
    process = reach_clarifying(w)
    sealed = sealed_by(w, process, 0, out=tmp_path)
    results = together([lambda: submit(w, process, 0, sealed.manifest_bytes, at=LAST)] * 20)
    assert {r.pk for r in results} == {Envelope.objects.get().entry_id}
    assert Entry.objects.filter(kind="envelope.logged").count() == 1


def test_forty_suppliers_in_the_last_microsecond_all_have_their_bid(tmp_path):
    w = world()
    process = reach_clarifying(w)
    first = len(w.suppliers)
    for n in range(40):
        rfc = f"ULT1001{n % 28 + 1:02}A{n // 28}{n % 10}"
        row = parties.register_supplier(at=RECEIVED, key=f"ultimo-{n}", name=f"Último {n}", rfc=rfc)
        person = parties.register_person(email=f"u{n}@vitrina.example", given_name="Úrsula", surname="Último")
        w.suppliers.append(actor_of(parties.appoint(at=RECEIVED, person=person, role=Role.SUPPLIER, supplier=row)))
    ready = [sealed_by(w, process, first + n, f"{40 + n}.00", out=tmp_path) for n in range(40)]
    claims = [signed(w.suppliers[first + n], s.manifest_bytes, LAST) for n, s in enumerate(ready)]

    jobs = [
        lambda n=n, s=s: submit(w, process, first + n, s.manifest_bytes, at=LAST, claim=claims[n])
        for n, s in enumerate(ready)
    ]
    results = together(jobs)

    assert [r.kind for r in results] == ["envelope.logged"] * 40
    for sealed in ready:
        upload(sealed)
    open_all(w, process)
    found = {b.supplier_key: str(b.prices[1]) for b in opened_bids(process)}
    assert found == {f"ultimo-{n}": f"{40 + n}.00" for n in range(40)}


def test_a_bid_that_is_being_written_holds_back_nobody_but_the_deadline(tmp_path):
    w = world()
    process = reach_clarifying(w)
    sealed = [sealed_by(w, process, n, out=tmp_path) for n in range(3)]
    closed = threading.Event()

    def close():
        bidding.close_reception(process.ocid, at=OPENING)
        closed.set()

    with transaction.atomic():
        submit(w, process, 0, sealed[0].manifest_bytes, at=LAST)  # written, not yet committed
        [other] = together([lambda: submit(w, process, 1, sealed[1].manifest_bytes, at=LAST)])
        assert other.kind == "envelope.logged"
        deadline = threading.Thread(target=lambda: together([close]))
        deadline.start()
        assert not closed.wait(0.5)  # the deadline waits for the bid that came in time
    deadline.join(20)
    assert closed.is_set()

    late = submit(w, process, 2, sealed[2].manifest_bytes, at=LAST)  # it had only waited for its turn
    closing = closing_entry(process)
    assert [row.entry_id < closing.pk for row in rows_of(process)] == [True, True, False]
    assert late.pk > closing.pk


def test_submissions_and_the_deadline_at_once_leave_no_partial_state(tmp_path):
    w = world()
    process = reach_clarifying(w)
    ready = [sealed_by(w, process, n % 3, f"{50 + n}.00", out=tmp_path) for n in range(24)]
    jobs = [
        lambda s=s, n=n: submit(w, process, n % 3, s.manifest_bytes, at=LAST if n % 2 else OPENING)
        for n, s in enumerate(ready)
    ]
    results = together([*jobs, *[lambda: bidding.close_reception(process.ocid, at=OPENING)] * 4])

    assert not [r for r in results if isinstance(r, Refused)]
    assert kinds_of(process).count("reception.closed") == 1
    assert Envelope.objects.count() == Entry.objects.filter(kind="envelope.logged").count() == 24
    catch_up()
    closing = closing_entry(process)
    is_placed = not Outbox.objects.exists()  # unless another run on this server holds the sequencer back
    for row in rows_of(process) if is_placed else ():  # in the public order as in the ledger's own
        assert (row.entry.placed.position < closing.placed.position) == (row.entry_id < closing.pk)
    assert all(r.pk > closing.pk for r in results[:24] if r.at == OPENING)
    for sealed in ready:
        upload(sealed)
    open_all(w, process)
    assert states_of(process).count("opened") + states_of(process).count("unopenable") <= 3
    assert event_of(process, "envelopes.audited").findings == ()


def test_parts_that_come_several_times_at_once_are_kept_once(tmp_path, settings):
    settings.SEALED_DIR = tmp_path / "vault"
    w = world()
    process = reach_clarifying(w)
    sealed = sealed_by(w, process, 0, out=tmp_path / "own")
    submit(w, process, 0, sealed.manifest_bytes)
    together([lambda: upload(sealed)] * 8)
    assert vault.missing(rows_of(process)[0].files) == []
    assert len([p for p in (tmp_path / "vault").rglob("*") if p.is_file()]) == len(sealed.files)


def test_two_sequencers_plan_and_lay_each_decoy_once():
    reach_clarifying(world())
    together([lambda: bidding.tend(RECEIVED)] * 6)
    planned = list(Decoy.objects.all())
    together([lambda: bidding.tend(RECEIVED.replace(day=13, minute=30))] * 6)
    logged = [e.event.c for e in Entry.objects.filter(kind="envelope.logged")]
    assert sorted(logged) == sorted(set(logged))
    assert {d.c for d in planned} <= set(logged)
    assert len(planned) == 1
