# SPDX-License-Identifier: Apache-2.0
"""Everything that writes here: a letter comes, is answered, its writer is told that the answer is there."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from vitrina.cycle.core.command import opening_command
from vitrina.cycle.core.refusal import refuse
from vitrina.kernel import clock, ids
from vitrina.ledger.append import append
from vitrina.ledger.kinds import Signer
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor
from vitrina.parties.models import Unit

from . import rules
from .events import LetterAnswered, LetterReceived
from .models import Letter

PUBLIC = Signer(role="public", name="Público", party="")
LEASE = timedelta(minutes=5)  # a notice whose sender died is tried again after this
LATER = timedelta(minutes=20)  # until the next try, twice as long each time
DAY = timedelta(days=1)


def stream_of(buyer: str) -> str:
    """The stream of an institution's letters: whoever writes never waits for an act of a purchase."""
    return f"letters:{buyer}"


def secret_of(word: str) -> str:
    """What is kept of the word of a receipt."""
    return hashlib.sha256(word.encode()).hexdigest()


def _digest(salt: str, text: str) -> str:
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()


def receive(
    *, at: datetime, secret: str, kind: str, buyer: Unit, text: str, page: str = "", email: str = "", language: str
) -> Letter:
    """Take a letter in. The same `secret` again gives the letter that it came with: nothing is sent twice.

    Refuses more letters than an institution takes in a day.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('vitrina letters', 0))")
        known = Letter.objects.filter(secret_sha256=secret_of(secret)).first()
        if known:
            if (known.text, known.kind, known.buyer_id) != (text, kind, buyer.key):
                raise refuse("sent", _("This page already sent a letter. Load it again to write another."))
            return known
        if Letter.objects.filter(buyer=buyer, received_at__gt=at - DAY).count() >= rules.A_DAY:
            raise refuse("many", _("Many people are writing today. Your text is still here: send it again tomorrow."))
        number = (Letter.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        salt = ids.token(32)
        letter = Letter.objects.create(
            id=ids.ulid(at), number=number, secret_sha256=secret_of(secret), kind=kind, buyer=buyer, page=page[:300],
            text=text, salt=salt, email=email, language=language, received_at=at,
        )  # fmt: skip
        event = LetterReceived(number=number, buyer=buyer.key, subject=kind, text_sha256=_digest(salt, text))
        append(stream_of(buyer.key), event, actor=PUBLIC, at=at)
    return letter


@opening_command("contact.answer")
def answer(actor: Actor, *, at: datetime, number: int, outcome: str, text: str) -> Entry:
    """Answer a letter of one's own institution, once; whoever left an address is told that the answer is there."""
    letter = Letter.objects.select_for_update(of=("self",)).select_related("buyer").filter(number=number).first()
    unit = Unit.objects.select_related("root").get(key=actor.unit_key)
    if letter is None or letter.buyer_id != unit.buyer.key:
        raise refuse("unit", _("This letter was written to another institution."))
    if letter.answered_at:
        raise refuse("answered", _("This letter was answered already; the answer stays as it is."))
    letter.answered_at, letter.outcome, letter.answer, letter.answered_by = at, outcome, text, actor.name
    letter.next_try_at = clock.system() if letter.email else None
    letter.save(update_fields=["answered_at", "outcome", "answer", "answered_by", "next_try_at"])
    event = LetterAnswered(
        number=number, buyer=letter.buyer_id, outcome=outcome, days=max((at - letter.received_at).days, 0),
        answer_sha256=_digest(letter.salt, text),
    )  # fmt: skip
    return append(stream_of(letter.buyer_id), event, actor=actor.signer, at=at)


def is_due() -> bool:
    """Whether somebody is to be told of an answer now."""
    return Letter.objects.filter(next_try_at__lte=clock.system()).exists()


def claim() -> Letter | None:
    """The next letter whose writer is to be told, leased to whoever asked."""
    real = clock.system()
    with transaction.atomic():
        rows = Letter.objects.select_for_update(skip_locked=True).filter(next_try_at__lte=real)
        letter = rows.order_by("next_try_at").first()
        if letter is not None:
            letter.tries += 1
            letter.next_try_at = real + LEASE
            letter.save(update_fields=["tries", "next_try_at"])
    return letter


def note_told(letter: Letter) -> None:
    """The mail was taken: the address is no longer needed."""
    Letter.objects.filter(pk=letter.pk).update(told_at=clock.system(), next_try_at=None, email="")


def note_untold(letter: Letter) -> None:
    """It was not taken: later again, and after some tries no more. The address goes then, too."""
    if letter.tries >= rules.MOST_TRIES:
        Letter.objects.filter(pk=letter.pk).update(next_try_at=None, email="")
    else:
        Letter.objects.filter(pk=letter.pk).update(next_try_at=clock.system() + LATER * 2 ** (letter.tries - 1))
