# SPDX-License-Identifier: Apache-2.0
"""The two real files of 2026, from bytes to portal: every row once, every release valid, a second time nothing."""

from datetime import UTC, datetime

import pytest

from tests.shared import assert_valid_release
from vitrina.compranet.tests.files import real
from vitrina.history.commands import import_file
from vitrina.kernel.canonical import parse
from vitrina.ledger.models import Entry, Release
from vitrina.ledger.sequencer import catch_up
from vitrina.ledger.verify import verify
from vitrina.portal.models import PurchaseCard, SupplierCard

AT = datetime(2026, 3, 2, 18, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_files_of_2026_load_wholly_and_once():
    files = real("expedientes_2026"), real("imss_contratos_2026")
    runs = [import_file(path, at=AT).run for path in files]
    assert [(r.rows_in, r.kept, r.duplicates, r.rejected) for r in runs] == [(2438, 2438, 0, 0), (3986, 3983, 3, 0)]
    catch_up()

    assert (verify().entries, verify().finding) == (6421, None)
    assert Release.objects.count() == 6421
    for body in Release.objects.order_by("position").values_list("body", flat=True)[::3]:
        assert_valid_release(parse(body))
    cards = PurchaseCard.objects.all()
    assert cards.count() == cards.filter(is_imported=True, stage="history").count() == 4255
    assert not cards.filter(title="").exists()
    assert not any(card.title == card.ocid for card in cards)
    assert not cards.filter(buyer_key="").exists()
    assert not cards.filter(unit_key="").exists()
    assert sum(SupplierCard.objects.values_list("n_contracts", flat=True)) == 3983

    again = [import_file(path, at=AT).run for path in files]
    assert [(r.kept, r.already_there) for r in again] == [(0, 2438), (0, 3983)]
    assert Entry.objects.count() == 6421
