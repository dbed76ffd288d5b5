# SPDX-License-Identifier: Apache-2.0
"""What this installation serves to the national digital platform (PDN), by its specifications.

S2: officials who take part in purchases. S6: contracts. Each is searched by POST, with a token of its `/oauth`.
"""
