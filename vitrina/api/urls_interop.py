# SPDX-License-Identifier: Apache-2.0
"""Addresses that other systems prescribe: they stand where those expect them, not under `/api/`."""

from django.urls import path

from .edca import pages as edca
from .mcp import pages as mcp
from .pdn import pages as pdn
from .pnt import pages as pnt

urlpatterns = [
    path("mcp", mcp.endpoint, name="mcp"),
    path("edca/fiscalYears", edca.fiscal_years, name="edca_years"),
    path("edca/contractingprocess/", edca.everything, name="edca_everything"),
    path("edca/contractingprocess/procurementmethod/<str:procedure>", edca.of_method, name="edca_method"),
    path(
        "edca/contractingprocess/additionalprocurementcategories/<str:category>",
        edca.of_category,
        name="edca_category",
    ),
    path("edca/contractingprocess/<str:year>", edca.of_year, name="edca_year"),
    path("edca/releasepackage/<str:ocid>", edca.release_package, name="edca_package"),
    path("pdn/<str:system>/oauth", pdn.token, name="pdn_token"),
    path("pdn/s2/v1/spic", pdn.officials_search, name="pdn_officials"),
    path("pdn/s2/v1/spic/dependencias", pdn.officials_institutions, name="pdn_institutions"),
    path("pdn/s6/contrataciones-abiertas", pdn.contracts_search, name="pdn_contracts"),
    path("pdn/s6/api/records", pdn.records_search, name="pdn_records"),
    path("pdn/s3/v1/psancionados", pdn.sanctions_search, name="pdn_sanctions"),
    path("pdn/s3/v1/psancionados/dependencias", pdn.sanctions_institutions, name="pdn_sanctioning"),
    path("pdn/s3/v1/ssancionados", pdn.sanctioned_search, name="pdn_sanctioned"),
    path("pdn/s3/v1/ssancionados/dependencias", pdn.sanctioned_institutions, name="pdn_sanctioned_at"),
    path("pdn/s3/items/faltas_administrativas_graves", pdn.sanctions_items, {"person": "S"}, name="pdn_grave"),
    path("pdn/s3/items/faltas_graves_personas_morales", pdn.sanctions_items, {"person": "M"}, name="pdn_companies"),
    path("pdn/s3/items/faltas_graves_personas_fisicas", pdn.sanctions_items, {"person": "F"}, name="pdn_persons"),
    path("pnt/<str:form_id>.json", pnt.quarter, {"kind": "json"}, name="pnt_json"),
    path("pnt/<str:form_id>.csv", pnt.quarter, {"kind": "csv"}, name="pnt_csv"),
    path("pnt/<str:form_id>.xlsx", pnt.quarter, {"kind": "xlsx"}, name="pnt_xlsx"),
]
