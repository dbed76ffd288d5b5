# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks.validity`: what flags and screens find of what was planted, without looking at the labels.

`planted`: synthetic histories, every flag and screen. `golden`: the reference cartel and its twin. `overcharge`: how
near the estimates come to what the reference cartel charges. Each writes its part of docs/explanation/validity.md.
"""
