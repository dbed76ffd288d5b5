import pytest

from tests.worlds.base import world
from tests.worlds.tendering import reach_tendering


@pytest.mark.django_db
def test_x():
    p = reach_tendering(world())
    print(p.number, p.law, p.rulebook, p.stage)
    from vitrina.ledger.models import Entry
    for e in Entry.objects.filter(stream=p.stream): print(e.event.sentence(), "|", e.event.detail())
