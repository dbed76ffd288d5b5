# SPDX-License-Identifier: Apache-2.0
"""Corruption-risk index of buying units: `riesgo`, 0 = no sign of risk, 100 = most; a reason to look, never a finding.

Source: design page of the indicators, 4: the published construction of IMCO's index with its faults mended. What the
index guarantees (orientation, monotony, bounded influence and more) is told by the tests, one for each guarantee.
"""
