# SPDX-License-Identifier: Apache-2.0
"""Receipts: the shared example, receipts of our own, and hundreds of altered ones, all refused."""

from __future__ import annotations

import random

import pytest

from vitrina.ledger.policy import Policy
from vitrina.ledger.proof import HEADER, ProofError, format_proof, parse_proof, verify_proof

from .public_log import AT, LOG_VKEY, ORIGIN, WITNESSES, checkpoint, key, make_log, policy, statement, statements, text


@pytest.fixture
def receipt(tmp_path) -> str:
    store = make_log(tmp_path, statements(300))
    return format_proof(7, store.inclusion_proof(7, 300), (tmp_path / "checkpoint").read_text(encoding="utf-8"))


def test_the_example_of_the_vectors_verifies():
    receipt, judge = text("example.tlog-proof"), Policy.parse(text("example.policy"))

    found = verify_proof(receipt, text("example.statement.json").encode(), judge)

    assert (found.index, found.size, found.log_name) == (512, 600, "vitrina.example.mx/log")
    assert [seconds for _, seconds in found.cosignatures] == [1_795_000_600, 1_795_000_601]
    assert text("example.statement.json").encode() == statement(512)


def test_the_example_of_the_vectors_is_written_to_the_byte(tmp_path):
    receipt, store = text("example.tlog-proof"), make_log(tmp_path, statements(600))

    assert format_proof(512, store.inclusion_proof(512, 600), parse_proof(receipt).note) == receipt


def test_every_single_bit_of_the_example_counts():
    receipt, judge = text("example.tlog-proof").encode(), Policy.parse(text("example.policy"))
    said = text("example.statement.json").encode()

    refused = sum(is_refused(flipped(receipt, bit), said, judge) for bit in range(len(receipt) * 8))

    assert refused == len(receipt) * 8
    assert all(is_refused(receipt, flipped(said, bit), judge) for bit in range(len(said) * 8))


def test_three_hundred_random_alterations_are_refused(receipt):
    chance, whole, refused = random.Random(20261103), receipt.encode(), 0
    while refused < 300:
        altered = bytearray(whole)
        place = chance.randrange(len(altered))
        match chance.randrange(5):
            case 0:
                altered[place] = chance.randrange(256)
            case 1:
                del altered[place]
            case 2:
                altered.insert(place, chance.choice(altered))
            case 3:
                other = chance.randrange(len(altered))
                altered[place], altered[other] = altered[other], altered[place]
            case 4:
                lines = bytes(altered).split(b"\n")
                chance.shuffle(lines)
                altered = bytearray(b"\n".join(lines))
        if altered != whole:
            assert is_refused(bytes(altered), statement(7), policy()), bytes(altered)
            refused += 1


def flipped(data: bytes, bit: int) -> bytes:
    altered = bytearray(data)
    altered[bit // 8] ^= 1 << bit % 8
    return bytes(altered)


def is_refused(receipt: bytes, said: bytes, judge: Policy) -> bool:
    try:
        verify_proof(receipt.decode(errors="replace"), said, judge)
    except ProofError:
        return True
    return False


def test_a_receipt_names_the_log_and_who_saw_it_when(receipt):
    found = verify_proof(receipt, statement(7), policy())

    assert (found.index, found.size, found.log_name) == (7, 300, ORIGIN)
    assert found.cosignatures == [(WITNESSES[0], AT), (WITNESSES[1], AT + 1)]


def test_the_receipt_of_an_only_leaf_has_no_hashes(tmp_path):
    store = make_log(tmp_path, [b"only"])
    receipt = format_proof(0, store.inclusion_proof(0, 1), (tmp_path / "checkpoint").read_text(encoding="utf-8"))

    assert verify_proof(receipt, b"only", policy()).index == 0


def test_extra_data_is_carried_along(receipt):
    parts = parse_proof(receipt)
    with_extra = format_proof(parts.index, parts.hashes, parts.note, b"whatever it says")

    assert parse_proof(with_extra).extra == b"whatever it says"
    assert parse_proof(receipt).extra is None
    assert verify_proof(with_extra, statement(7), policy()) == verify_proof(receipt, statement(7), policy())


def test_another_statement_or_another_place_is_refused(receipt):
    parts = parse_proof(receipt)

    for said in (statement(8), statement(7) + b" ", b""):
        with pytest.raises(ProofError, match="not that leaf"):
            verify_proof(receipt, said, policy())
    for index in (6, 8, 299, 300, 2**62):
        with pytest.raises(ProofError, match="not that leaf"):
            verify_proof(format_proof(index, parts.hashes, parts.note), statement(7), policy())


def test_a_receipt_of_another_log_is_refused(receipt):
    stranger = Policy.of([type(LOG_VKEY).of(ORIGIN, key("other log"))])

    with pytest.raises(ProofError, match="no valid signature"):
        verify_proof(receipt, statement(7), stranger)


def test_a_receipt_without_the_quorum_is_refused(tmp_path):
    store = make_log(tmp_path, statements(300))
    lonely = format_proof(7, store.inclusion_proof(7, 300), checkpoint(300, store.root(300), WITNESSES[:1]))

    assert verify_proof(lonely, statement(7), policy(1)).cosignatures == [(WITNESSES[0], AT)]
    with pytest.raises(ProofError, match="too few"):
        verify_proof(lonely, statement(7), policy(2))


@pytest.mark.parametrize(
    "change",
    [
        lambda t: "",
        lambda t: HEADER,
        lambda t: HEADER + "\n\n",
        lambda t: t.replace("@v1", "@v2"),
        lambda t: " " + t,
        lambda t: t.replace("\n", "\r\n"),
        lambda t: t.replace("index 7\n", ""),
        lambda t: t.replace("index 7\n", "index 07\n"),
        lambda t: t.replace("index 7\n", "index -7\n"),
        lambda t: t.replace("index 7\n", "index 7 \n"),
        lambda t: t.replace("index 7\n", "index 7\nindex 7\n"),
        lambda t: t.replace("index 7\n", "extra ****\nindex 7\n"),
        lambda t: t.replace("index 7\n", "index 7\nextra AAAA\n"),
        lambda t: t.replace("index 7\n", "index 7\nAAAA\n"),
        lambda t: t.replace("index 7\n", "index 7\n" + "A" * 43 + "=\n" * 70),
        lambda t: t.replace("\n\n", "\n\n\n", 1),
        lambda t: t[:-1],
        lambda t: t.replace("7", "\ud800", 1),
    ],
)
def test_a_malformed_receipt_is_refused(receipt, change):
    with pytest.raises(ProofError):
        verify_proof(change(receipt), statement(7), policy())
