# SPDX-License-Identifier: Apache-2.0
"""Outside lists: SAT 69-B, sanctioned suppliers, rosters of officials, registers of taxpayers. Read into tables of the
store, each row with the day on which its list was made, so that a flag can ask what was known, and when.

A row that cannot be used goes to the quarantine with its reason. Adding a file again changes nothing. Names of
officials are not kept: a match with one points to the line of the roster, which only its holder can read.
"""
