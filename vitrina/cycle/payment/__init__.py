# SPDX-License-Identifier: Apache-2.0
"""Payment: the CFDI 4.0 of the supplier, matched with contract and accepted receipts to the centavo, and its payment.

Law: LAASSP 2025 art. 73 (secondary source): errors are returned within 3 working days, an invoice is paid within 17
working days of its verification; LAASSP 2000 art. 51 (from memory): 20 natural days. An invoice is `received` once the
machine has matched it, `approved` or `returned` by the treasury, and `paid`. When everything is delivered and paid,
the purchase is over.
"""
