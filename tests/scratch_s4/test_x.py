import pytest, json
from django.utils import translation
from django.test import Client
from tests.worlds.payment import *
from tests.worlds.contracting import *
from tests.worlds.delivery import arrive, accept, LATE
from tests.worlds.base import world
from tests.worlds.sending import published, entries_of
from vitrina.cycle.core.steps import FORMS
from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting import queries as cq
from vitrina.cycle.delivery import queries as dq
from vitrina.cycle.payment import queries as pq
from vitrina.cycle.core.refusal import Refused
from tests.worlds.awarding import reach_awarding
from vitrina.parties.models import Person
from django.urls import reverse

def say(process, n=12):
    for e in entries_of(process)[-n:]:
        print(e.kind, "|", e.event.sentence(), "|", e.event.detail())

@pytest.mark.django_db
def test_x(clock):
    w = world()
    with translation.override("es"):
        p = reach_awarding(w)
        c = draft(w, p, cq.without_contract(p)[0].key)
        page = FORMS["contracting.sign_supplier"](actor=w.suppliers[1], process=p, at=SIGNED, key=c.id)
        print(page.title, page.facts())
        print(cq.tasks(p, SIGNED))
        try:
            rows = halves(w, p, c.supplier_id); rows[0]["quantity"]=Decimal(1); draft(w, p, c.supplier_id, schedule=rows)
        except Refused as r: print([x.message for x in r.refusals])
        users = {}
        def get(role_person, command, key, at):
            clock.set(at)
            client = Client(); client.force_login(role_person.user)
            r = client.get(f"/escritorio/{p.ocid}/{command}/?key={key}") 
            return r
        print(reverse("desk:step", args=[p.ocid, "contracting.draft"]))
        url = lambda command, key: reverse("desk:step", args=[p.ocid, command]) + f"?key={key}"
        def show(person, command, key, at):
            clock.set(at)
            client = Client(headers={"accept-language": "es"}); client.force_login(person.user)
            r = client.get(url(command, key), follow=True)
            body = r.content.decode()
            import re
            i = body.find("<main"); text = re.sub(r"<[^>]+>", " ", body[i:]); text = re.sub(r"\s+", " ", text)
            print("----", command, r.status_code, text[:1800])
            open(f"/tmp/brief/s4/{command}.html","w").write(body)
        show(w.people[Role.OFFICER], "contracting.draft", c.supplier_id, DRAFTED)
        sup = Person.objects.get(user__email="supplier2@vitrina.example")
        show(sup, "contracting.sign_supplier", c.id, DRAFTED)
        sign(w, c)
        show(w.people[Role.OFFICER], "contracting.register_guarantee", c.id, SIGNED)
        show(w.people[Role.APPROVER], "contracting.amend", c.id, SIGNED)
        show(w.people[Role.APPROVER], "contracting.terminate", c.id, SIGNED)
        c = Contract.objects.get(id=c.id)
        from vitrina.cycle.contracting import commands as contracting
        contracting.register_guarantee(w[Role.OFFICER], p.ocid, at=GUARANTEED, **bond(c))
        show(w.people[Role.WAREHOUSE], "delivery.receive", c.id, GUARANTEED)
        accept(w, arrive(w, c, {1: 206000}))
        r = arrive(w, c, {2: 206000}, on=LATE)
        show(w.people[Role.WAREHOUSE], "delivery.accept", r.id, local(2020,12,14,13))
        accept(w, r)
        show(sup, "payment.submit_invoice", c.id, INVOICED)
        f = invoice(w, c)
        show(w.people[Role.TREASURY], "payment.approve_invoice", f.id, INVOICED)
        f = approve(w, f)
        show(w.people[Role.TREASURY], "payment.pay", f.id, APPROVED)
        pay(w, f)
        say(p)
