# SPDX-License-Identifier: Apache-2.0
"""Whose word a verifier takes: which logs, which witnesses, how many of them (C2SP tlog-policy).

Lines `log <vkey>`, `witness <name> <vkey>`, `group <name> all|any|<k> <names...>`, one `quorum <name>|none`; a web
address may follow a key. Public log specification, section 7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .note import LOG, WITNESS, Checkpoint, NoteError, Signature, Unverified, Vkey, number, open_note, split

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NONE = "none"


class PolicyError(ValueError):
    """A policy that is not well formed; `line` counts from 1, 0 for the policy as a whole."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}" if line else problem)
        self.line, self.problem = line, problem


class Untrusted(Unverified):
    """A note that its log has signed, but too few of the witnesses whom the policy asks for."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """What a policy makes of a note: the checkpoint, the log's key, every cosignature by a witness it knows."""

    checkpoint: Checkpoint
    log: Vkey
    cosignatures: list[Signature]


@dataclass(slots=True)
class Policy:
    """A parsed policy: keys of logs, keys of witnesses and members of groups by their name in it, and the quorum."""

    logs: list[Vkey] = field(default_factory=list)
    witnesses: dict[str, Vkey] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    quorum: str = _NONE
    urls: dict[Vkey, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Policy:
        """From the text of a policy file. Errors: `PolicyError` with the line."""
        return _Parser().parse(text)

    @classmethod
    def of(cls, logs: Sequence[Vkey], witnesses: Mapping[str, Vkey] | None = None, k: int = 0) -> Policy:
        """The policy that wants a signature by one of the logs and cosignatures by k of the witnesses."""
        policy = cls(list(logs), dict(witnesses or {}))
        if k:
            policy.groups["quorum-of-witnesses"] = (k, list(policy.witnesses))
            policy.quorum = "quorum-of-witnesses"
        return cls.parse(str(policy))

    def check(self, note: str) -> Trusted:
        """The checkpoint of a note that the policy accepts.

        Its log signature must be by a key whose name is the origin. Errors: `NoteError` for a note or checkpoint
        that is not well formed, `Unverified` for a false or missing signature, `Untrusted` short of the quorum.
        """
        signatures = open_note(note, [*self.logs, *self.witnesses.values()])
        checkpoint = Checkpoint.parse(split(note)[0])
        log = next((s.vkey for s in signatures if s.vkey in self.logs and s.vkey.name == checkpoint.origin), None)
        if log is None:
            raise Unverified("no signature by a known key of the log that it names")
        cosignatures = [s for s in signatures if s.vkey.type == WITNESS]
        if not self._has(self.quorum, {s.vkey for s in cosignatures}):
            raise Untrusted(f"{len(cosignatures)} known witnesses cosigned: too few for {self.quorum}")
        return Trusted(checkpoint, log, cosignatures)

    def _has(self, name: str, cosigners: set[Vkey]) -> bool:
        if name == _NONE:
            return True
        if name in self.witnesses:
            return self.witnesses[name] in cosigners
        k, members = self.groups[name]
        return sum(self._has(member, cosigners) for member in members) >= k

    def __str__(self) -> str:
        def url(vkey: Vkey) -> str:
            return f" {self.urls[vkey]}" if vkey in self.urls else ""

        lines = [f"log {vkey}{url(vkey)}" for vkey in self.logs]
        lines += [f"witness {name} {vkey}{url(vkey)}" for name, vkey in self.witnesses.items()]
        lines += [f"group {name} {k} {' '.join(members)}" for name, (k, members) in self.groups.items()]
        return "\n".join([*lines, f"quorum {self.quorum}", ""])


class _Parser:
    """One run over the lines of a policy."""

    def __init__(self) -> None:
        self.policy = Policy()
        self.has_quorum = False
        self.members: set[str] = set()

    def parse(self, text: str) -> Policy:
        for i, line in enumerate(text.split("\n"), start=1):
            words = re.split(r"[ \t]+", line.strip(" \t"))
            if words == [""] or words[0].startswith("#"):
                continue
            try:
                self._line(words, line)
            except NoteError as error:
                raise PolicyError(i, str(error)) from error
        if not self.has_quorum:
            raise PolicyError(0, "a policy has one quorum line")
        return self.policy

    def _line(self, words: list[str], line: str) -> None:
        if _CONTROL.search(line):
            raise NoteError("a control character")
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self.policy.logs.append(self._key(vkey, LOG, url))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self.policy.witnesses[self._new(name)] = self._key(vkey, WITNESS, url)
            case ["group", name, k, *members] if members:
                # Members first: a group cannot be its own.
                known = [self._member(member) for member in members]
                self.policy.groups[self._new(name)] = (_threshold(k, len(known)), known)
            case ["quorum", name] if not self.has_quorum:
                if name != _NONE:
                    self._known(name)
                self.policy.quorum, self.has_quorum = name, True
            case _:
                raise NoteError(f"a line of no known form: {line.strip()[:60]}")

    def _key(self, text: str, kind: int, url: list[str]) -> Vkey:
        vkey = Vkey.parse(text)
        if vkey.type != kind:
            raise NoteError("a log has a key of type 1, a witness one of type 4")
        if any(vkey.public == other.public for other in [*self.policy.logs, *self.policy.witnesses.values()]):
            raise NoteError("the same key twice")
        if url:
            self.policy.urls[vkey] = url[0]
        return vkey

    def _new(self, name: str) -> str:
        if name == _NONE or name in self.policy.witnesses or name in self.policy.groups:
            raise NoteError(f"the name {name} is taken")
        return name

    def _known(self, name: str) -> str:
        if name not in self.policy.witnesses and name not in self.policy.groups:
            raise NoteError(f"{name} is not defined before its use")
        return name

    def _member(self, name: str) -> str:
        if name in self.members:
            raise NoteError(f"{name} is a member twice")
        self.members.add(self._known(name))
        return name


def _threshold(k: str, n: int) -> int:
    found = {"all": n, "any": 1}.get(k) or number(k)
    if not 1 <= found <= n:
        raise NoteError(f"{found} of {n} cannot be")
    return found
