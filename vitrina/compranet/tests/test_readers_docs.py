# SPDX-License-Identifier: Apache-2.0
"""The pages name every layout, reason, repair, note and stage that the readers know."""

import re
from pathlib import Path

from vitrina.compranet import build
from vitrina.compranet.layouts import LAYOUTS
from vitrina.compranet.normalise import _DRAFT_STATUSES, _PROCEDURE_STATUSES
from vitrina.compranet.refusals import REASONS

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs/how-to/import-compranet.md").read_text()
REFERENCE = (ROOT / "docs/reference/compranet-layouts.md").read_text()


def test_every_reason_is_in_the_guide():
    assert [code for code in REASONS if f"`{code}`" not in GUIDE] == []


def test_every_repair_and_note_is_in_the_guide():
    text = Path(build.__file__).read_text()
    codes = re.findall(r'(?:repair\("\w+", |notes\.append\(|_note_order\(.*, )"(\w+)"\)', text)
    assert len(codes) >= 8
    assert [code for code in codes if f"`{code}`" not in GUIDE] == []


def test_every_layout_and_stage_is_in_the_reference():
    stages = {stage for table in (_DRAFT_STATUSES, _PROCEDURE_STATUSES) for stage, _ in table.values()}
    names = [layout.id for layout in LAYOUTS] + sorted(stages)
    assert [name for name in names if f"`{name}`" not in REFERENCE] == []
