# SPDX-License-Identifier: Apache-2.0
"""What organisations write of themselves, made comparable: names, telephones, addresses, mail."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight.tables import Tables

from .owners import folded

PHONE_DIGITS = 10
# Providers whose domain tells nothing of whose mail it is.
FREE_MAIL = (
    *("gmail.com", "hotmail.com", "hotmail.es", "outlook.com", "outlook.es", "live.com", "live.com.mx", "msn.com"),
    *("yahoo.com", "yahoo.com.mx", "yahoo.es", "icloud.com", "me.com", "aol.com", "protonmail.com", "proton.me"),
    *("prodigy.net.mx", "prodigy.net", "infinitum.com.mx", "terra.com.mx", "googlemail.com"),
)
_APART = (
    *(("S A P I", "SAPI"), ("S A B", "SAB"), ("S P R", "SPR"), ("S A", "SA"), ("S C", "SC"), ("A C", "AC")),
    *(("C V", "CV"), ("R L", "RL")),
)
_FORM = r"( (SAPI|SAB|SPR|SA|SC|AC|S))?( DE RL)?( DE CV)? $"


def name_key(name_norm: ir.StringValue) -> ir.StringValue:
    """A name (`name_norm`: capitals, no accents, no signs) without its legal form, its words in order, so that
    surnames first or last make no difference; null where nothing is left.
    """
    text = ibis.literal(" ") + name_norm + ibis.literal(" ")
    for apart, together in _APART:
        text = text.replace(f" {apart} ", f" {together} ")
    words = text.re_replace(_FORM, " ").re_replace(" +", " ").strip()
    return (words == "").ifelse(ibis.null("string"), words.split(" ").sort().join(" "))


def phone_key(phone: ir.StringValue) -> ir.StringValue:
    """The last ten digits of a telephone, null where it has fewer or they are all the same."""
    digits = phone.re_replace("[^0-9]", "")
    last = digits.substr(ibis.greatest(digits.length() - PHONE_DIGITS, 0), PHONE_DIGITS)
    real = (last.length() == PHONE_DIGITS) & (last.replace("0", "") != "")
    for digit in "123456789":
        real = real & (last != digit * PHONE_DIGITS)
    return real.ifelse(last, ibis.null("string"))


def mail_key(email: ir.StringValue) -> ir.StringValue:
    """A mail address in lower case; null where it has not the form of one."""
    text = email.lower().strip()
    return (text.contains("@") & ~text.contains(" ")).ifelse(text, ibis.null("string"))


def own_domain(email: ir.StringValue) -> ir.StringValue:
    """The domain of a mail address; null for those of free mail."""
    domain = mail_key(email).re_replace("^.*@", "")
    return ((domain != "") & domain.notin(FREE_MAIL)).ifelse(domain, ibis.null("string"))


def street_key(street: ir.StringValue, postal_code: ir.StringValue) -> ir.StringValue:
    """Street and postal code, without accents or signs; null where the street has no number or no postal code is told:
    half an address is shared by many.
    """
    return street_words(street) + "|" + code_key(postal_code)


def code_key(postal_code: ir.StringValue) -> ir.StringValue:
    """The digits of a postal code, null where it has none."""
    return postal_code.re_replace("[^0-9]", "").nullif("")


def street_words(street: ir.StringValue) -> ir.StringValue:
    """A street without accents or signs; null where it has no number."""
    words = folded(street).re_replace("[^a-z0-9]+", " ").strip()
    return words.re_search("[0-9]").ifelse(words, ibis.null("string"))


def contacts(t: Tables) -> ir.Table:
    """(oid, id, rfc, name_key, phone, email, domain, street, road, code) of organisations with an id, made comparable.
    `road` and `code`: the two halves of `street`.
    """
    return t.once("contacts", _contacts)


def _contacts(t: Tables) -> ir.Table:
    o = t.org.filter(t.org.id.notnull())
    return o.select(
        "oid",
        "id",
        "rfc",
        name_key=name_key(o.name_norm),
        phone=phone_key(o.phone),
        email=mail_key(o.email),
        domain=own_domain(o.email),
        street=street_key(o.street, o.postal_code),
        road=street_words(o.street),
        code=code_key(o.postal_code),
    )
