# SPDX-License-Identifier: Apache-2.0
"""Other installations, read together with this one: whose log is pinned, what it has shown, what was found wrong.

A member is taken in by an act of this installation, with the keys of its public log. Each round checks that the log
continues the one that was seen before, then takes the releases that it names: `reading` does both, `shape` says what
of a release is kept, `doors` which addresses may be asked at all. Nothing that the log does not name is ever shown,
and nothing of a member whose log does not hold. See `docs/decisions/0036-federation.md`.
"""
