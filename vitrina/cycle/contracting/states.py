# SPDX-License-Identifier: Apache-2.0
"""States of a contract."""

from enum import StrEnum

from vitrina.kernel.states import NEW, Table


class ContractState(StrEnum):
    """Where a contract is."""

    DRAFT = "draft"
    SIGNED_BY_SUPPLIER = "signed_by_supplier"
    ACTIVE = "active"
    TERMINATED = "terminated"


TABLE: Table = {
    (NEW, "draft"): ContractState.DRAFT,
    (ContractState.DRAFT, "draft"): ContractState.DRAFT,
    (ContractState.DRAFT, "sign_supplier"): ContractState.SIGNED_BY_SUPPLIER,
    (ContractState.SIGNED_BY_SUPPLIER, "draft"): ContractState.DRAFT,  # another text needs another signature
    (ContractState.SIGNED_BY_SUPPLIER, "sign_buyer"): ContractState.ACTIVE,
    (ContractState.ACTIVE, "register_guarantee"): ContractState.ACTIVE,
    (ContractState.ACTIVE, "amend"): ContractState.ACTIVE,
    (ContractState.ACTIVE, "terminate"): ContractState.TERMINATED,
}
