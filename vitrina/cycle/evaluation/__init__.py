# SPDX-License-Identifier: Apache-2.0
"""Evaluation: each evaluator judges every bid against every requirement, apart from the others and with reasons.

Law: LAASSP 2000 arts. 36 and 36 Bis (pass or fail, lowest solvent price), 2-XI and 2-XII (prices that are not
acceptable or not convenient); LAASSP 2025, the same figures with new margins. Values come from the rulebook.

An evaluator first declares whether there is a conflict of interest (`declared`) and is excused when there is one
(`excused`). Only then may bids be judged; once every bid is judged the sheet is `locked`. The evaluation is
`underway` from the first declaration and `concluded` by the contracting area when every sheet is locked.

Choices of ours:
- A requirement counts as unmet when more than half of the evaluators say so; a tie does not throw a bid out.
- Judgements are secret until the ruling. The ledger keeps blinded entries of them, in streams of their own.
- A price that fails a test whose rule only asks to `justify` waits for a decision with a public reason; one whose
  rule says `block` is out at once. The figures of each test are published with the ruling.
"""
