# SPDX-License-Identifier: Apache-2.0
"""Planning: the line of the annual programme (PAAAS) with which a purchase begins, and its certified budget.

Law: LAASSP 2000 arts. 20-21 (annual programme), art. 25 (no purchase without budget). A line is `published`, may be
modified until the call, `funded` once its budget is certified, and can be cancelled before the call.
"""
