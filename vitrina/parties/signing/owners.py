# SPDX-License-Identifier: Apache-2.0
"""Whether a certificate is of whoever acts: a supplier's own, an official's own. Source: efirma, section 4, step 2."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from vitrina.kernel.ids import GENERIC_RFCS
from vitrina.parties.actors import Actor
from vitrina.parties.models import Person, Supplier

from .certificate import Certificate
from .verdicts import Code, Fault


def check(certificate: Certificate, actor: Actor) -> None:
    """Refuse a certificate of somebody else. Errors: `Fault` CERT_RFC_MISMATCH, which shows both.

    A supplier signs with the e.firma of its RFC, whoever sits at the screen: that is what a bid names. An official
    signs with a person's e.firma: of the RFC in the register, or, while it holds none, of the very same name.
    """
    if actor.supplier_key:
        expected = Supplier.objects.values_list("rfc", flat=True).get(key=actor.supplier_key)
        matches = certificate.rfc == expected
    else:
        person = Person.objects.get(pk=actor.person_id)
        expected = person.rfc or str(person)
        matches = certificate.rfc == person.rfc if person.rfc else _plain(certificate.name) == _plain(str(person))
        matches = matches and not certificate.is_company
    if not matches or not certificate.rfc or certificate.rfc in GENERIC_RFCS:
        raise Fault(Code.CERT_RFC_MISMATCH, found=certificate.rfc or _("nobody"), expected=expected)


def _plain(name: str) -> str:
    """A name as certificates and registers both have it: capitals, no accents, single spaces."""
    apart = unicodedata.normalize("NFD", name.upper())
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).split())
