# SPDX-License-Identifier: Apache-2.0
"""asn1crypto taught to read the SAT's names; import it before anything of pyHanko. Source: efirma, section 5.

asn1crypto 1.5.1 takes attribute 2.5.4.45 (x500UniqueIdentifier) for a bit string, as X.520 has it; the SAT writes the
RFC there as a PrintableString, or as a T61String in Latin-1 when it holds an Ñ.
"""

from __future__ import annotations

from asn1crypto import x509

ATTRIBUTE = "unique_identifier"


def remap() -> None:
    """Let the attribute be any directory string, in this process and from now on."""
    x509.NameTypeAndValue._oid_specs[ATTRIBUTE] = x509.DirectoryString  # noqa: SLF001 - the table has no other door


def is_active() -> bool:
    """Whether names of the SAT can be read in this process."""
    return x509.NameTypeAndValue._oid_specs[ATTRIBUTE] is x509.DirectoryString  # noqa: SLF001


remap()
