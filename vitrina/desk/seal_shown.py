# SPDX-License-Identifier: Apache-2.0
"""What the page that seals a bid shows, made of what its JSON says (sealed bids, sections 5 and 14)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from vitrina.cycle.core.words import lang, money
from vitrina.cycle.opening.shown import counted
from vitrina.kernel import formats


def sealing(data: dict[str, Any], zone: str) -> dict[str, Any]:
    """Context of `desk/seal.html`. `data`: of `seal_data.sealing_data`; `zone` is the buyer's."""
    opening_at, now = datetime.fromisoformat(data["opening_at"]), datetime.fromisoformat(data["now"])
    lots = _lots(data["items"])
    return {
        "data": data,
        "zone": zone,
        "now": now,
        "opening_at": opening_at,
        "is_open": data["state"] == "open",
        "headline": headline(data["state"]),
        "lead": lead(data["state"], data["buyer"]),
        "closing_note": _("to seal and send. Bids are received before %(hour)s of %(day)s (%(zone)s).")
        % _instant(opening_at, zone),
        "opening_note": _("until the opening, on %(day)s at %(hour)s (%(zone)s).") % _instant(opening_at, zone),
        "lots": lots,
        "has_lots": len(lots) > 1,
        "panel": [_opener(one) for one in data["panel"]],
        "panel_sentence": panel_sentence(data["k"], len(data["panel"]), opening_at, zone),
        "spare_words": counted(len(data["panel"]) - data["k"]),
        "call_number": data["call_position"],
        "call_url": _act_url(data["call_position"]),
        "files_hint": _("Up to %(n)d files, %(one)s each. Any kind: nobody on the way looks inside.")
        % {"n": data["limits"]["max_documents"], "one": size_words(data["limits"]["max_bytes"])},
        "after_note": _(
            "You may replace or withdraw it before %(hour)s of %(day)s. At once you get a receipt that can be checked "
            "without internet. If the line is cut, the upload goes on where it stopped."
        )
        % _instant(opening_at, zone),
        "zero": money(0),
        "stages": stages(),
        "urls": {
            "data": reverse("desk:seal_data", args=[data["ocid"]]),
            "send": reverse("desk:envelopes", args=[data["ocid"]]),
            "envelope": reverse("desk:inbox") + "sobres/",
            "opened": reverse("opening_json", args=[data["ocid"]]),
            "backup": reverse("desk:backup", args=[data["ocid"]]),
        },
    }


def headline(state: str) -> str:
    """The page's own sentence."""
    return {
        "open": _("Seal and send your bid"),
        "closed": _("Bids are no longer received."),
        "opened": _("The envelopes were opened."),
        "cancelled": _("The purchase was cancelled. Its envelopes stay closed."),
    }[state]


def lead(state: str, buyer: str) -> str:
    """What it means, in one breath."""
    return {
        "open": _("Once sealed, nobody can read it until the opening: neither %(buyer)s nor we.") % {"buyer": buyer},
        "closed": _("What was sealed in time stays closed until the opening act. Below is what this browser keeps."),
        "opened": _("Your browser can check that your envelope was opened with the key that you committed to."),
        "cancelled": _(
            "If you sent one, nobody will read what it offers. That you sent it becomes public when the openers give "
            "their first key. Below is what this browser keeps."
        ),
    }[state]


def panel_sentence(k: int, n: int, opening_at: datetime, zone: str) -> str:
    """Such as "Two of these three people, together, and only from 11:00 h of 13 October"."""
    values = {"k": counted(k), "n": counted(n), **_instant(opening_at, zone)}
    if n == 1:
        return _("This person, and only from %(hour)s of %(day)s:") % values
    if k == n:
        return _("These %(n)s people, all together, and only from %(hour)s of %(day)s:") % values
    return capfirst(_("%(k)s of these %(n)s people, together, and only from %(hour)s of %(day)s:") % values)


def size_words(n_bytes: int) -> str:
    """`12.4 MB`."""
    for unit, scale in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if n_bytes >= scale:
            places = 0 if n_bytes % scale == 0 or scale == 10**3 else 1
            return f"{formats.number(Decimal(n_bytes) / scale, lang(), decimals=places)}{formats.NBSP}{unit}"
    return f"{n_bytes}{formats.NBSP}bytes"


def stages() -> list[dict[str, str]]:
    """What happens after the button, one line each; the page fills the words as it goes."""
    return [
        {"key": "seal", "title": _("Close the envelope"), "text": _("Your browser encrypts prices and documents.")},
        {"key": "sign", "title": _("Sign"), "text": _("Over the fingerprints of what is inside.")},
        {"key": "send", "title": _("Register"), "text": _("From here your bid counts, with its hour.")},
    ]


def _instant(at: datetime, zone: str) -> dict[str, str]:
    return {
        "hour": formats.clock_time(at, zone=zone, seconds=True),
        "day": formats.day(at, lang(), form="daymonth", zone=zone),
        "zone": formats.zone_name(zone, lang()),
    }


def _lots(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = sorted(items, key=lambda i: (i["lot"], i["number"]))
    return [{"number": lot, "items": [_item(i) for i in some]} for lot, some in groupby(rows, key=lambda i: i["lot"])]


def _item(item: dict[str, Any]) -> dict[str, Any]:
    quantity = formats.number(Decimal(item["quantity"]), lang())
    label = _("Item %(n)s: %(what)s") % {"n": item["number"], "what": item["description"]}
    hint = _("Price of one %(unit)s. %(quantity)s are bought.") % {"unit": item["unit"], "quantity": quantity}
    return {"number": item["number"], "label": label, "hint": hint}


def _opener(one: dict[str, Any]) -> dict[str, Any]:
    return {
        **one,
        "where": one["body"] or one["role_name"],
        "number": one["position"],
        "proof_url": _act_url(one["position"]),
    }


def _act_url(position: int | None) -> str:
    return reverse("portal:act", args=[position]) if position else ""


def seal_words() -> dict[str, str]:
    """What scripts say on the page, by key; `{name}` is filled by the script."""
    return {
        "one_error": _("One thing is missing to seal"),
        "many_errors": _("{n} things are missing to seal"),
        "refused": _("The server did not take it (error {status}). Nothing was sent."),
        "price_wrong": _("Write pesos with digits, as 1,234.50: above zero, at most two decimals."),
        "price_guess": _("Write pesos with digits and at most two decimals. Did you mean {guess}?"),
        "price_missing": _("A bid for lot {lot} needs the price of each of its items; item {item} has none."),
        "price_missing_one": _("Write the unit price of item {item}."),
        "no_prices": _("Write the unit price of every item of at least one lot."),
        "response_missing": _("Write how your bid meets «{title}»."),
        "cost_missing": _("Write the cost of «{title}»: without it your bid cannot be compared. For none, 0."),
        "cost_wrong": _("«{title}»: write pesos with digits, as 1,234.50: not below zero, at most two decimals."),
        "too_many_files": _("Leave at most {n} documents. There are {found}."),
        "file_too_big": _("«{name}» has {size}; the limit for one file is {limit}."),
        "all_too_big": _("Your documents have {size} together; the limit is {limit}."),
        "file_empty": _("«{name}» is empty. Choose it again or take it out."),
        "file_twice": _("Two documents are called «{name}». Give one of them another name."),
        "file_gone": _("«{name}» changed or moved since you chose it. Take it out and choose it again."),
        "statement_missing": _("Tick the statement under oath; without it a bid cannot be received."),
        "backup_missing": _("Download or print the key of your envelope first, or say that you go on without it."),
        "sign_missing": _("Choose how you sign, and the files of your e.firma."),
        "panel_wrong": _("The keys of those who open could not be confirmed. Do not seal until they are."),
        "remove": _("Take out"),
        "removes": _("Take out «{name}»"),
        "none_chosen": _("None yet. Nothing leaves your device before you seal."),
        "one_chosen": _("1 document, {size}. It has not left your device."),
        "many_chosen": _("{n} documents, {size}. They have not left your device."),
        "amount": _("Amount: {amount}"),
        "backup_saved": _("Downloaded at {hour} as {name}."),
        "backup_printed": _("Sent to print at {hour}."),
        "panel_checked": _("Checked at {hour}: the keys are in the public register, as they were signed."),
        "offline_none": _("Choose the manifest and the sealed files."),
        "offline_manifest_missing": _(
            "There is no manifest among those files: choose the one that ends in .json too."
        ),
        "offline_other_purchase": _("That envelope was sealed for another purchase."),
        "offline_other_supplier": _("That envelope names another company: {detail}."),
        "offline_panel_changed": _(
            "Those who open are others now, or their keys. Take the data of the purchase again and seal anew."
        ),
        "offline_file_absent": _("A sealed file is missing: {detail}."),
        "offline_file_damaged": _("A sealed file is damaged: {detail}. Copy it again."),
        "offline_replaces": _(
            "That envelope replaces another, and this browser does not have its receipt. Bring it below first."
        ),
        "offline_reading": _("Reading what you sealed: {done} of {all}."),
        "panel_later": _("The register could not be read now. Your device tries again by itself."),
        "panel_swapped": _("The key of {name} is not the one in the public register. Do not seal, and tell {buyer}."),
        "panel_other": _(
            "What this page says of those who open is not in the public register. Do not seal, and tell {buyer}."
        ),
        "draft_saved": _("Draft kept in this browser at {hour}. The server never sees it."),
        "draft_back": _("This is your draft of {when}, from this browser. The server never saw it."),
        "draft_lost": _(
            "This browser keeps nothing (a private window, perhaps). Do not close the page before you seal."
        ),
        "sealing_files": _("{done} of {all}. {name}"),
        "sealed_in": _("Closed: {n} parts, {size}."),
        "no_room": _("This device has no room to keep the sealed copy: free {size} and try again."),
        "signing": _("Signing…"),
        "signed": _("Signed at {hour}."),
        "sending": _("Sending the fingerprints and your signature…"),
        "registered": _("Registered at {hour}. Your bid counts from here."),
        "cut": _(
            "No line since {hour}. It goes on by itself where it stopped; nothing is lost. Trying every 3 seconds."
        ),
        "failed": _("It could not be sealed: {detail}. Nothing was sent; what you wrote is still here."),
    } | receipt_words()


def receipt_words() -> dict[str, str]:
    """What scripts say of the receipts that a browser keeps."""
    return {
        "done_headline": _("Your bid is sealed and received."),
        "done_lead": _("Nobody can read it before the opening. Until then you may replace it or withdraw it."),
        "done_closed": _("Nobody can read it before the opening. It can no longer be replaced or withdrawn."),
        "late_headline": _("Your bid arrived late."),
        "late_lead": _(
            "It was logged after the hour, so it stays closed and nobody will read it. The receipt "
            "shows both instants."
        ),
        "withdrawn_headline": _("You withdrew your bid."),
        "withdrawn_lead": _("It will never be opened. You may seal another until the hour of the opening."),
        "call_changed": _("The call changed after your bid arrived. Look at it again before the opening."),
        "receipt_title": _("Receipt"),
        "receipt_sending": _("Your envelope is sealed but not yet registered"),
        "receipt_sending_text": _(
            "The server has not answered. The page tries again by itself; do not erase this browser's "
            "data."
        ),
        "receipt_late": _("Your envelope arrived late and will stay closed"),
        "receipt_late_text": _(
            "Nobody will read it. This receipt shows both instants, and it is in the register "
            "too."
        ),
        "receipt_replaced": _("Replaced by a later envelope of yours"),
        "receipt_withdrawn": _("You withdrew this envelope"),
        "receipt_withdrawn_text": _("It will never be opened."),
        "receipt_foreign": _("An envelope that you brought from another device"),
        "received": _("Received"),
        "arrived": _("Arrived"),
        "sealed_on": _("Sealed"),
        "place": _("no. {n}"),
        "checked_here": _("Checked in this browser at {hour}"),
        "checked_wrong": _("It does not match the register. Keep this receipt and tell the internal control body."),
        "inside": _("{total} in total, {files}"),
        "files_none": _("no documents"),
        "files_one": _("1 document"),
        "files_many": _("{n} documents"),
        "upload_whole": _("Whole"),
        "upload_soon": _("About to begin."),
        "uploading": _("{done} of {all}; parts left: {missing}."),
        "upload_cut": _("No line; parts left: {missing}. Trying again in {seconds} s."),
        "upload_elsewhere": _(
            "Parts are missing, and this browser does not have them: open the page where you sealed "
            "it."
        ),
        "after": _("The opening is on {when}. Then this page checks that your envelope was opened with your key."),
        "redeal": _("{name} took the place of somebody who held a key. Deal that share again, so that all can open."),
        "redeal_done": _("The share was dealt again and registered at {hour}."),
        "withdrawn_done": _("You withdrew the envelope at {hour}."),
        "receipt_not_one": _("That file is no receipt of Vitrina. Choose the one whose name begins with «acuse»."),
        "receipt_other": _("That receipt is of another purchase or another company: {title}."),
        "receipt_broken": _("That receipt was altered: its fingerprint does not match what it holds."),
        "key_needed": _("Choose the file of the key that you saved when you sealed this envelope."),
        "key_wrong": _("That is not the key of this envelope."),
        "rescued": _("Your key was taken at {hour}. The act goes on with it."),
        "verdict_key": _("Your envelope was opened with the key that you committed to."),
        "verdict_manifest": _("What was published is what you signed, to the last character."),
        "verdict_prices": _("The prices that were read are those that you sealed."),
        "verdict_time": _("It entered the register as no. {n}, before the deadline."),
        "verdict_not_key": _(
            "The key that was published does not match the one you committed to. Keep this receipt and "
            "object."
        ),
        "verdict_not_manifest": _("What was published is not what you signed. Keep this receipt and object."),
        "verdict_not_prices": _(
            "The prices that were read are not those that you sealed. Keep this receipt and "
            "object."
        ),
        "verdict_not_opened": _("Your envelope was not opened. {reason}."),
        "verdict_missing": _("Your envelope is missing from the list of the opening. Keep this receipt and object."),
        "verdict_replaced": _("It was not opened, because a later envelope of yours took its place."),
        "verdict_withdrawn": _("It was not opened, because you withdrew it."),
        "verdict_late": _("It was not opened, because it arrived late."),
        "verdict_wait": _("The act has not opened the envelopes yet."),
        "verdict_kept_closed": _(
            "It was not opened, because the purchase was cancelled first. What it offers stays closed."
        ),
        "verdict_unexplained": _(
            "The openers have not given their first key yet: nobody knows whose this envelope is."
        ),
    }  # fmt: skip
