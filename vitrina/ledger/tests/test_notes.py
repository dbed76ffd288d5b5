# SPDX-License-Identifier: Apache-2.0
"""Signed notes, checkpoints, cosignatures and policies: the shared vectors, and every way of being malformed."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from vitrina.ledger import merkle, note
from vitrina.ledger.note import LOG, WITNESS, Checkpoint, NoteError, Unverified, Vkey
from vitrina.ledger.policy import Policy, PolicyError, Untrusted

from .public_log import (
    AT,
    LOG_VKEY,
    ORIGIN,
    WITNESS_VKEYS,
    WITNESSES,
    checkpoint,
    key,
    policy,
    text,
    vectors,
)

BODY = Checkpoint(ORIGIN, 5, bytes(32)).text()
STRANGER = "extraño.example"


def vector_keys() -> list[Vkey]:
    found = vectors("checkpoints.json")
    return [Vkey.parse(v) for v in (found["log_vkey"], *found["witness_vkeys"])]


def test_the_notes_of_the_vectors():
    notes = vectors("checkpoints.json")["notes"]

    assert len(notes) == 9
    for one in notes:
        try:
            signatures = note.open_note(one["note"], vector_keys())
            found = Checkpoint.parse(note.split(one["note"])[0])
        except NoteError:
            assert not one["valid"], one["name"]
        else:
            assert one["valid"], one["name"]
            assert found.size == one["size"]
            assert [s.seconds for s in signatures if s.seconds] == one["cosigned_at"]


def test_the_policy_of_the_vectors():
    found = vectors("checkpoints.json")
    judge = Policy.parse(found["policy"])

    assert text("example.policy") == found["policy"]
    assert Policy.parse(str(judge)) == judge
    for one in found["notes"]:
        if one["valid"] and one["cosigned_at"]:
            assert judge.check(one["note"]).checkpoint.size == one["size"]
        else:  # the empty tree is signed by its log but cosigned by nobody
            with pytest.raises(NoteError):
                judge.check(one["note"])


def test_our_signatures_are_those_of_the_vectors_to_the_byte():
    found = vectors("checkpoints.json")
    keys = {n: Ed25519PrivateKey.from_private_bytes(bytes.fromhex(s)) for n, s in found["seeds"].items()}
    log, *witnesses = vector_keys()
    body = Checkpoint(log.name, 600, bytes.fromhex(vectors("merkle.json")["roots"]["600"])).text()

    lines = [note.sign(body, log.name, keys["log"])]
    for i, vkey in enumerate(witnesses):
        lines.append(note.cosign(body, vkey.name, keys[f"w{i + 1}"], 1_795_000_600 + i))

    assert note.join(body, *lines) == found["notes"][0]["note"]


@pytest.mark.parametrize("type_", [LOG, WITNESS])
def test_a_verifier_key_is_read_back(type_):
    for i in range(50):  # base64 has a plus in most of them
        vkey = Vkey.of(f"a.example/{i}", key(str(i)), type_)
        assert Vkey.parse(str(vkey)) == vkey


@pytest.mark.parametrize(
    "change",
    [
        lambda s: "",
        lambda s: s.replace("+", " "),
        lambda s: s.partition("+")[2],
        lambda s: s.replace(ORIGIN, "otro.example/log"),
        lambda s: s.replace("+", "+0", 1),
        lambda s: s.upper(),
        lambda s: s + "=",
        lambda s: s[:-2],
        lambda s: s.replace(ORIGIN, ""),
        lambda s: s.replace(ORIGIN, "a b"),
        lambda s: s.rsplit("+", 1)[0] + "+" + note.encode64(b"\x06" + bytes(32)),
        lambda s: s.rsplit("+", 1)[0] + "+" + note.encode64(b"\x01" + bytes(31)),
        lambda s: s.rsplit("+", 1)[0] + "+",
    ],
)
def test_a_malformed_verifier_key_is_refused(change):
    with pytest.raises(NoteError):
        Vkey.parse(change(str(Vkey.of(ORIGIN, key("log")))))


def test_signatures_are_given_once_per_known_key_in_the_order_of_the_note():
    vkeys = [*WITNESS_VKEYS.values(), LOG_VKEY]
    doubled = checkpoint(5, bytes(32), cosigners=(*WITNESSES, WITNESSES[0]))

    found = note.open_note(doubled, vkeys)

    assert [s.vkey.name for s in found] == [ORIGIN, *WITNESSES]
    assert [s.seconds for s in found] == [None, AT, AT + 1]
    assert note.join(BODY, *(s.line for s in found)) == checkpoint(5, bytes(32))


def test_strangers_are_ignored_and_alone_they_do_not_count():
    line = note.sign(BODY, STRANGER, key("stranger"))

    assert len(note.open_note(checkpoint(5, bytes(32)) + line, [LOG_VKEY])) == 1
    with pytest.raises(Unverified):
        note.open_note(note.join(BODY, line), [LOG_VKEY])
    with pytest.raises(Unverified):
        note.open_note(checkpoint(5, bytes(32)), [])


def test_a_cosignature_is_no_log_signature_and_the_other_way_round():
    both = {type_: Vkey.of(ORIGIN, key("log"), type_) for type_ in (LOG, WITNESS)}
    as_log, as_witness = note.sign(BODY, ORIGIN, key("log")), note.cosign(BODY, ORIGIN, key("log"), AT)

    assert both[LOG].id != both[WITNESS].id
    with pytest.raises(Unverified):
        note.open_note(note.join(BODY, as_witness), [both[LOG]])
    with pytest.raises(Unverified):
        note.open_note(note.join(BODY, as_log), [both[WITNESS]])


def test_two_keys_with_one_name_and_id_are_refused():
    class Twin(Vkey):
        id = LOG_VKEY.id

    with pytest.raises(NoteError, match="share"):
        note.open_note(checkpoint(5, bytes(32)), [LOG_VKEY, Twin(ORIGIN, LOG, bytes(32))])


def test_a_note_with_sixteen_signatures_is_read():
    names = [f"w{i}.example" for i in range(16)]
    full = note.join(BODY, *(note.cosign(BODY, n, key(n), AT) for n in names))

    assert len(note.open_note(full, [Vkey.of(n, key(n), WITNESS) for n in names])) == 16


def test_the_text_ends_at_the_last_empty_line():
    body = "first\n\nsecond\n"

    signed = note.join(body, note.sign(body, ORIGIN, key("log")))

    assert note.split(signed)[0] == body
    assert note.open_note(signed, [LOG_VKEY])


@pytest.mark.parametrize(
    "change",
    [
        lambda n: "",
        lambda n: "\n\n",
        lambda n: n[:-1],
        lambda n: n + "\n",
        lambda n: n.replace("\n\n", "\n"),
        lambda n: n.partition("\n\n")[0] + "\n\n",
        lambda n: n.replace("\n", "\r\n"),
        lambda n: n.replace("— ", "- "),
        lambda n: n.replace("— ", "—"),
        lambda n: n.replace("— ", "—  "),
        lambda n: n.replace("\n—", "\n\t—"),
        lambda n: n[:-2] + "\n",
        lambda n: n.replace("=\n", "==\n"),
        lambda n: n + "— name\n",
        lambda n: n + "— name AAAA\n",
        lambda n: n + "— na+me AAAAAAAA\n",
        lambda n: n + "— na\u2003me AAAAAAAA\n",
        lambda n: n + "— name AAA*AAAA\n",
        lambda n: n + "— name AAAAAB==\n",
        lambda n: n + "— name AAAAAAAA\n" * 100,
        lambda n: n.replace("5", "5\x00", 1),
        lambda n: n.replace("5", "\ud800", 1),
        lambda n: "x" * 300_000 + n,
    ],
)
def test_a_malformed_note_is_refused(change):
    with pytest.raises(NoteError):
        note.open_note(change(checkpoint(5, bytes(32))), [LOG_VKEY])


@pytest.mark.parametrize(
    "body",
    [
        "",
        f"{ORIGIN}\n5\n",
        f"{ORIGIN}\n5\n{note.encode64(bytes(32))}",
        f"{ORIGIN}\n5\n{note.encode64(bytes(32))}\nextension\n",
        f"\n5\n{note.encode64(bytes(32))}\n",
        f"a b\n5\n{note.encode64(bytes(32))}\n",
        f"a+b\n5\n{note.encode64(bytes(32))}\n",
        f"{ORIGIN}\n05\n{note.encode64(bytes(32))}\n",
        f"{ORIGIN}\n-5\n{note.encode64(bytes(32))}\n",
        f"{ORIGIN}\n+5\n{note.encode64(bytes(32))}\n",
        f"{ORIGIN}\n5 \n{note.encode64(bytes(32))}\n",
        f"{ORIGIN}\n٥\n{note.encode64(bytes(32))}\n",
        f"{ORIGIN}\n9223372036854775808\n{note.encode64(bytes(32))}\n",
        f"{ORIGIN}\n5\n{note.encode64(bytes(31))}\n",
        f"{ORIGIN}\n5\n{note.encode64(bytes(32))[:-1]}\n",
        f"{ORIGIN}\n5\nnot base64\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(body):
    with pytest.raises(NoteError):
        Checkpoint.parse(body)


@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_is_read_back(size, root):
    assert Checkpoint.parse(Checkpoint(ORIGIN, size, root).text()) == Checkpoint(ORIGIN, size, root)


@given(st.text(), st.text())
def test_nothing_makes_the_reader_of_notes_stumble(a, b):
    for candidate in (a, f"{a}\n\n{b}\n", f"{BODY}\n— {a} {b}\n"):
        with pytest.raises(NoteError):
            note.open_note(candidate, [LOG_VKEY])


def test_a_note_is_accepted_with_its_log_and_the_quorum():
    found = policy(2).check(checkpoint(5, bytes(32)))

    assert found.checkpoint == Checkpoint(ORIGIN, 5, bytes(32))
    assert found.log == LOG_VKEY
    assert [(s.vkey.name, s.seconds) for s in found.cosignatures] == [(WITNESSES[0], AT), (WITNESSES[1], AT + 1)]


@pytest.mark.parametrize(("k", "cosigners"), [(2, WITNESSES[:1]), (2, ()), (1, ()), (2, (WITNESSES[0], WITNESSES[0]))])
def test_short_of_the_quorum_it_is_not(k, cosigners):
    with pytest.raises(Untrusted):
        policy(k).check(checkpoint(5, bytes(32), cosigners))


def test_a_log_speaks_for_its_own_origin_only():
    other = Vkey.of("otro.example/log", key("other"))
    body = Checkpoint(ORIGIN, 5, bytes(32)).text()
    borrowed = note.join(body, note.sign(body, other.name, key("other")))

    with pytest.raises(Unverified, match="of the log that it names"):
        Policy.of([LOG_VKEY, other]).check(borrowed)


def test_groups_of_groups():
    names = [f"w{i}" for i in range(5)]
    vkeys = {n: Vkey.of(f"{n}.example", key(n), WITNESS) for n in names}
    lines = [f"witness {n} {v} https://{n}.example" for n, v in vkeys.items()]
    judge = Policy.parse(
        f"# two operators\nlog {LOG_VKEY}\n" + "\n".join(lines) + "\n\n"
        "group left 2 w0 w1 w2\n\tgroup  right any\tw3 w4 \ngroup both all left right\nquorum both\n"
    )

    def accepts(*chosen: str) -> bool:
        lines = [note.cosign(BODY, f"{n}.example", key(n), AT) for n in chosen]
        try:
            judge.check(note.join(BODY, note.sign(BODY, ORIGIN, key("log")), *lines))
        except Untrusted:
            return False
        return True

    assert judge.urls[vkeys["w3"]] == "https://w3.example"
    assert Policy.parse(str(judge)) == judge
    assert accepts("w0", "w2", "w4")
    assert accepts("w0", "w1", "w2", "w3")
    assert not accepts("w0", "w1", "w2")
    assert not accepts("w0", "w3", "w4")


W = [f"witness w{i} {Vkey.of(f'w{i}.example', key(f'w{i}'), WITNESS)}" for i in range(3)]
L = f"log {LOG_VKEY}"


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ([L], 0),
        ([L, "quorum none", "quorum none"], 3),
        ([L, L, "quorum none"], 2),
        ([L, W[0], W[0], "quorum none"], 3),
        ([L, W[0], W[1].replace("w1", "w0", 1), "quorum none"], 3),
        ([L, W[0].replace("w0", "none", 1), "quorum none"], 2),
        ([L, "group g all w0", W[0], "quorum g"], 2),
        ([L, W[0], "quorum w1"], 3),
        ([L, W[0], "group g 2 w0", "quorum g"], 3),
        ([L, W[0], "group g 0 w0", "quorum g"], 3),
        ([L, W[0], "group g 01 w0", "quorum g"], 3),
        ([L, W[0], "group g some w0", "quorum g"], 3),
        ([L, W[0], "group g any", "quorum g"], 3),
        ([L, W[0], "group g any w0 w0", "quorum g"], 3),
        ([L, W[0], "group g any g", "quorum g"], 3),
        ([L, W[0], "group g any none", "quorum g"], 3),
        ([L, W[0], "group g any w0", "group h any w0", "quorum h"], 4),
        ([L.replace("log ", "witness w "), "quorum none"], 1),
        ([W[0].replace("witness w0", "log"), "quorum none"], 1),
        ([L + " https://a https://b", "quorum none"], 1),
        (["log nonsense", "quorum none"], 1),
        (["witnes w", "quorum none"], 1),
        ([L, "# a\x0bcomment is one, whatever is in it", "quorum none\r"], 3),
        ([L, "quorum"], 2),
    ],
)
def test_a_malformed_policy_is_refused_at_its_line(lines, line):
    with pytest.raises(PolicyError) as error:
        Policy.parse("\n".join([*lines, ""]))

    assert error.value.line == line


def test_the_root_of_the_empty_tree_is_the_digest_of_nothing():
    assert policy(0).check(checkpoint(0, merkle.EMPTY_ROOT, ())).checkpoint.root == merkle.EMPTY_ROOT
