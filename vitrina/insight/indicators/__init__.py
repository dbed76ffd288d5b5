# SPDX-License-Identifier: Apache-2.0
"""Indicators: numbers about purchases, comparable by buyer, unit, market, procedure, category and period.

Each is a declaration (`declare`) over one base (`bases`, rows of facts); one mechanism (`run`) groups them all.
Sources: the U list of the Open Contracting Partnership (titles; formulas are ours), our proposal of 21 indicators of
acquisitions and 19 of public works, and savings by strategy.
"""
