# SPDX-License-Identifier: Apache-2.0
"""Keys of the demonstration's openers. They are no secret: everybody may read them here, so nothing real uses them.

The locked form is under the passphrase of the demonstration, with a light work factor: any machine opens it at once.
"""

from __future__ import annotations

import base64
from datetime import datetime

from vitrina.parties.actors import Actor
from vitrina.parties.models import OpenerKey
from vitrina.parties.openers import commands
from vitrina.parties.openers.queries import key_of
from vitrina.parties.roles import Role
from vitrina.sealed.agefile import decrypt_bytes

PASSPHRASE = "vitrina-demo"  # noqa: S105 - everybody may know it: nothing in the demonstration is real
# office -> (identity, recipient, identity locked with the passphrase)
KEYS = {
    Role.OFFICER: (
        "AGE-SECRET-KEY-1MU3MFVG2A5K9XMRYL3HYHPJEWFK5JUND0AAD2VJLSHNSH2CX5TZQWJRDUU",
        "age1a5jnf3rzugh3m7vajx7x29jf5l2yvder9enmwxcw02524v2pugwq668nvd",
        (
            "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBnZ0xoeDh0cFFzNUVvalZKcmxyTFV3IDE0ClVpVVpzN3RUUlY1Z2ZIcGwr"
            "NTlvWitRalJuNjlCdjN0WWx6UTNkcGRISTAKLS0tIFJjMEk4dTdCL25sUHZkOFRETHd5bWpiRXRVT3Qvd0xybGRkL0ovRVo1TGcK"
            "1oNW7CloKWldU32iROVV2afVUv8Uk/YnG5ld2dQ9tdVx2xfWAqAJyoXtaUUH5/ysrm6vayXycwaEW2W8S4xlQiLxwDKPWqijpdkR"
            "29zEfn7dyXIt6sObS+xx2CBjRmfeT+XAGT8RusxusA=="
        ),
    ),
    Role.OIC: (
        "AGE-SECRET-KEY-1FHQQF25V65NGYK42DC34786FXYZHUV67GP87QPERV5QMP7JZJCHS6SHMUS",
        "age1anhks3cw2p5apqh306xm2c48k7nynnzec4dg5hyyqy3ca0z9vfcs0fq37z",
        (
            "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBpTjZLeWNiQkdMRHBhUURmZU4zWDNRIDE0Cm9XcHhPNS9LeGRtd2M5bmdx"
            "Zmw4MzVzOFRoSk53ckVqc3Zxd283bHEzazAKLS0tIDZKTEpYR2hMVlBIWGErSkVtRUpFUjFHY1BJQWE2c2RMbWxwVHNhVjRqWmMK"
            "FU5q45tVGcNX7Ar8cGLJDrVNMEdv8QTIVtD2AGJiFIX26TXORuXqdUMs53xwGFRgS1u4pSpoHyizzS5m3SoZpfuOifzyLVWxwp2w"
            "Tn7ToRzr3cy1Dh1EZUayPsu7DsvvbK0JL/BTJ0qC1Q=="
        ),
    ),
    Role.WITNESS: (
        "AGE-SECRET-KEY-1J74JNVVH3LFKP4V37G5U3TWPE6PS8KPJJ9CY9ETNXF9H4W24XGDS7DTF8U",
        "age15n9a62dpzj87s4l2afzmwpz777dr4fh65vuhxdlev9eqtlmftfsqlqm072",
        (
            "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBNN1N6OEk2OWgxbS9xVW92bXBtWWpnIDE0CklOZ1FOUVl6RHVGY0ZCYzJS"
            "RzEwT1VDUzNCK0VMbjJ1YXB4YTFMd3ZoeXMKLS0tIGZ2azkvSmVzTExmamVoaEhDWExlZkkvMjJqS1dScXFVNUl1NThQOStJT28K"
            "mfZT/EOnPWtRAD70QxlHIoGJMCkdfsx+jaNutItdhZqDwyokrRliQkV8qAHZFh6QHrsDW+4THCkx77NDEhw79E0x1Mx3O+UCjzaW"
            "vQrDSw1tPwcnpqFXOEz95n1MkJGdIUnA1T5ctOrqAw=="
        ),
    ),
}


def give_keys(actors: dict[Role, Actor], at: datetime) -> None:
    """Let the demonstration's openers register their keys and prove their recovery sheets."""
    for role, (identity, recipient, locked) in KEYS.items():
        commands.register_key(actors[role], at=at, recipient=recipient, locked=locked)
        challenge = commands.new_challenge(actors[role])
        answer = decrypt_bytes(base64.b64decode(challenge), identity).decode()
        commands.prove_key(actors[role], at=at, answer=answer)


def identity_of(actor: Actor) -> str:
    """The identity with which a person of the demonstration opens envelopes; "" for a key made elsewhere."""
    key: OpenerKey | None = key_of(actor.person_id)
    found = key.recipient if key else ""
    return next((identity for identity, recipient, _locked in KEYS.values() if recipient == found), "")
