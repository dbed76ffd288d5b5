# SPDX-License-Identifier: Apache-2.0
"""Tables and columns of the store: one fact per row, lists in child tables, `rid` (the release) joins them all.

Amounts are told twice: `amount`, a double as published, for statistics; `centavos`, an exact integer, for sums.
Instants are UTC without zone (`timestamp[us]`); `*_day` is the local date of the publisher's zone; `*_s` is the text
as published, where a rule compares texts. `*_no` and `pos` keep the order of the file, from 0. Organisations are told
by `*_oid` (row of `org`) and, where a rule needs the id as published, by `*_id`. Null is not empty text.
Source: design of the analytics engine, 2.3.
"""

from __future__ import annotations

from types import MappingProxyType

import pyarrow as pa

VERSION = 1
_TYPES = {
    "i8": pa.int8(),
    "i32": pa.int32(),
    "i64": pa.int64(),
    "f64": pa.float64(),
    "str": pa.string(),
    "bool": pa.bool_(),
    "ts": pa.timestamp("us"),
    "day": pa.date32(),
}


def _columns(text: str) -> dict[str, str]:
    return dict(part.split(":") for part in text.split())


_MONEY = "amount:f64 centavos:i64 currency:str"
_ITEM = "item_id:str scheme:str class_id:str description:str quantity:f64 unit:str unit_price:f64 currency:str"
COLUMNS = MappingProxyType(
    {
        "release": _columns(
            "rid:i64 ocid:str publisher:str release_id:str date:ts date_s:str tag:str language:str source:i32 "
            "line:i64 sha:str is_synthetic:bool "
            # planning
            "plan_line:str plan_method:str budget:f64 budget_currency:str plan_rationale:str "
            # who buys
            "buyer_oid:i32 buyer_id:str pe_oid:i32 pe_id:str unit_id:str unit_name:str region:str government:str "
            # tender
            "tender_id:str title:str description:str status:str method:str method_detail:str method_rationale:str "
            "legal_ground:str exception_article:str law:str regime:str character:str category:str category_detail:str "
            "award_criteria:str submission_method:str participation_form:str eligibility:str is_consolidated:bool "
            "is_framework:bool n_tenderers:i64 n_tenderers_is_int:bool n_bids_said:i64 has_enquiries:bool "
            "tender_start:ts tender_start_day:day start_s:str tender_end:ts tender_end_day:day end_s:str opening:ts "
            "opening_day:day clarification:ts award_start:ts award_start_day:day contract_start:ts contract_end:ts "
            "value:f64 value_centavos:i64 min_value:f64 currency:str vat_basis:str fee:f64 fee_currency:str "
            "main_class:str main_class_scheme:str "
            # said of the term, of complaints
            "reduction_reason:str has_complaints:bool "
            # the page that shows it to people
            "page:str"
        ),
        "bid": _columns(
            f"rid:i64 bid_no:i32 bid_id:str status:str date:ts date_s:str {_MONEY} lot:str n_tenderers:i32 "
            "received_at:ts rank:i32 reason:str device_hash:str author_hash:str"
        ),
        "bid_tenderer": _columns("rid:i64 bid_no:i32 pos:i32 oid:i32 id:str"),
        "bid_line": _columns("rid:i64 bid_no:i32 line:i32 item_id:str unit_price:f64 quantity:f64 currency:str"),
        "tenderer": _columns("rid:i64 pos:i32 oid:i32 id:str"),
        "award": _columns(
            f"rid:i64 award_no:i32 award_id:str status:str title:str date:ts date_day:day date_s:str {_MONEY} "
            "n_suppliers:i32 related_bid:str rationale:str has_subcontracting:bool subcontracted_share:f64 "
            "contract_start:ts contract_end:ts"
        ),
        "award_supplier": _columns("rid:i64 award_no:i32 pos:i32 oid:i32 id:str"),
        "award_item": _columns(f"rid:i64 award_no:i32 pos:i32 {_ITEM}"),
        # `state`: the federal state of delivery; `status`: that of the line's lot
        "tender_item": _columns(f"rid:i64 pos:i32 state:str lot:str {_ITEM} status:str has_place:bool"),
        "contract": _columns(
            f"rid:i64 contract_no:i32 contract_id:str award_id:str award_no:i32 status:str title:str description:str "
            f"date_signed:ts date_signed_day:day start:ts start_day:day end:ts end_day:day {_MONEY} "
            "min_centavos:i64 max_centavos:i64 final_centavos:i64 is_multiyear:bool "
            "unit_id:str unit_name:str"
        ),
        "contract_item": _columns(f"rid:i64 contract_no:i32 pos:i32 version:i32 {_ITEM}"),
        "amendment": _columns(
            "rid:i64 section:str contract_no:i32 pos:i32 date:ts rationale:str amount_before:f64 amount_after:f64 "
            "end_before:ts end_after:ts"
        ),
        "transaction": _columns(
            f"rid:i64 contract_no:i32 pos:i32 date:ts {_MONEY} payer_oid:i32 payee_oid:i32 uuid:str"
        ),
        "milestone": _columns("rid:i64 section:str contract_no:i32 pos:i32 type:str due:ts met:ts status:str"),
        "document": _columns(
            "rid:i64 section:str parent_no:i32 pos:i32 document_id:str type:str title:str description:str "
            "published:ts modified:ts format:str language:str url:str sha:str"
        ),
        "enquiry": _columns("rid:i64 pos:i32 date:ts answered:ts has_answer:bool author_oid:i32"),
        "complaint": _columns("rid:i64 pos:i32 date:ts resolved:ts state:str is_founded:bool"),
        "related_process": _columns("rid:i64 section:str pos:i32 relationship:str identifier:str title:str"),
        "criterion": _columns(
            "rid:i64 pos:i32 title:str description:str is_mandatory:bool kind:str amount:f64 currency:str"
        ),
        "criterion_result": _columns("rid:i64 award_no:i32 bid_no:i32 criterion_pos:i32 passed:bool score:f64"),
        "subcontractor": _columns("rid:i64 award_no:i32 pos:i32 oid:i32 id:str share:f64"),
        "org": _columns(
            "oid:i32 id:str scheme:str rfc:str name:str name_norm:str kind:str region:str locality:str street:str "
            "postal_code:str country:str phone:str email:str url:str contact_name:str size:str bank_account:str "
            "representative:str key:str"
        ),
        # `org_name`: further names under which an organisation was told, for comparison. `same_as`: `oid` was told
        # without a number of a register and is taken as `to_oid`; readers resolve it, the rows stay as they were read.
        "org_name": _columns("oid:i32 name_norm:str"),
        "same_as": _columns("oid:i32 to_oid:i32 id:str name_norm:str rule:str"),
        "party_role": _columns("rid:i64 oid:i32 role:str"),
        "owner": _columns("rid:i64 oid:i32 pos:i32 kind:str owner_id:str owner_name:str birth_year:i32 share:f64"),
        # kept from successive releases, from documents that were read, from lists that an operator loads
        "fee_change": _columns("rid:i64 pos:i32 date:ts amount:f64 currency:str"),
        "specification": _columns("rid:i64 text:str n_chars:i64 similarity:f64 similar_oid:i32"),
        "reception": _columns("rid:i64 contract_no:i32 pos:i32 item_id:str date:ts accepted:f64 passed:bool"),
        "justification": _columns("rid:i64 field:str text:str"),
        "plan_line": _columns("buyer_oid:i32 buyer_id:str year:i32 line:str method:str amount:f64 class_id:str"),
        "buyer_budget": _columns("buyer_oid:i32 buyer_id:str year:i32 amount:f64 currency:str"),
        # market research: the quotes that were asked for, and their prices
        "quote": _columns("rid:i64 request_no:i32 quote_no:i32 date:ts oid:i32 id:str amount:f64 currency:str"),
        "quote_line": _columns(
            "rid:i64 request_no:i32 quote_no:i32 line:i32 item_id:str unit_price:f64 quantity:f64 currency:str"
        ),
        "bid_likeness": _columns("rid:i64 bid_no:i32 other_no:i32 jaccard:f64"),
        # outside lists (`lists`): `cut` is the day on which the list was made; an official has no name here
        "list_source": _columns("source:i32 kind:str layout:str cut:day is_told:bool"),
        "tax_list": _columns(
            "source:i32 line:i64 rfc:str name:str name_norm:str stage:str presumed:day cleared:day definitive:day "
            "favourable:day cut:day"
        ),
        "sanction": _columns(
            "source:i32 line:i64 rfc:str name:str name_norm:str authority:str file:str law:str kind:str start:day "
            "end:day is_derived:bool fine_centavos:i64 cut:day"
        ),
        "official": _columns(
            "source:i32 line:i64 buyer_id:str buyer_norm:str post:str phone:str email:str street:str postal_code:str "
            "since:day until:day cut:day"
        ),
        "register": _columns(
            "source:i32 line:i64 register:str rfc:str name_norm:str status:str is_active:bool since:day until:day "
            "cut:day"
        ),
        # of a release that was put together: the records that it was made of, each by its place and hash
        "release_part": _columns("rid:i64 source:i32 line:i64 offset:i64 sha:str"),
        # what flags found, for `update`; `rid` is -1 where a unit is more than one release
        "result": _columns(
            "code:str group:str id:str rid:i64 value:f64 threshold:f64 peer_n:i64 percentile:f64 basis:str"
        ),
        "repair": _columns("rid:i64 source:i32 line:i64 path:str rule:str before:str after:str"),
        "quarantine": _columns(
            "source:i32 line:i64 offset:i64 sha:str ocid:str reason:str path:str detail:str excerpt:str"
        ),
    }
)
# As published: a release that was mended on the way in is told here again, without what was mended. A rule that must
# read data as published takes these rows in place of those of the same `rid` (`flags.cardinal`). No `oid` here.
PUBLISHED = MappingProxyType(
    {name: f"published_{name}" for name in ("release", "bid", "bid_tenderer", "award", "award_supplier", "award_item")}
)
COLUMNS = MappingProxyType({**COLUMNS, **{there: COLUMNS[name] for name, there in PUBLISHED.items()}})
SCHEMAS = MappingProxyType(
    {
        name: pa.schema([(column, _TYPES[kind]) for column, kind in columns.items()])
        for name, columns in COLUMNS.items()
    }
)
AS_READ = frozenset({"same_as", "org_name"})


def of_organisations(name: str) -> list[str]:
    """The columns of a table that number organisations, where readers see those that are one under one number."""
    return [] if name in AS_READ else [c for c in COLUMNS[name] if c == "oid" or c.endswith("_oid")]
