# SPDX-License-Identifier: Apache-2.0
"""Clarifying: questions of suppliers and the meeting that answers them all (junta de aclaraciones).

Law: LAASSP 2000 art. 33 Bis: questions until 24 hours before the meeting, six days at least between the last meeting
and the opening. Questions and answers are secret, and their authors masked, until the meeting `closed` publishes all
of them at once; after that nobody asks more. Reglamento art. 46-II: in the meeting the answers may be given first
(`answered`), to be asked about for some hours; the meeting is closed once those re-questions are answered too.
"""
