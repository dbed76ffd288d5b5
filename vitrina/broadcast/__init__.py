# SPDX-License-Identifier: Apache-2.0
"""Picture and sound of public acts: who may send them, what was sent, where the recording lies and what was said.

An official authorises a camera for one act and gets a key for it; nginx asks here at each connection (`hooks`); what
came in is recorded, archived under its SHA-256 and shown beside the acts of the ledger. The picture is never evidence
of order or time: it runs some seconds behind, and the ledger alone orders. Source: live, section 7.
Why it is a room of its own: `docs/decisions/0022-broadcast-room.md`.
"""
