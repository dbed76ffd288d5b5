# SPDX-License-Identifier: Apache-2.0
"""What tables, kinds of unit and words of the law are called by people. The JSON keeps the short names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from vitrina.insight.flags.declare import Group
from vitrina.insight.text import Text

UNITS: Mapping[str, Text] = MappingProxyType(
    {
        Group.OCID: Text("Proceso", "Process"),
        Group.BUYER: Text("Comprador", "Buyer"),
        Group.PROCURING_ENTITY: Text("Unidad compradora", "Procuring entity"),
        Group.TENDERER: Text("Empresa", "Firm"),
        Group.ITEM: Text("Renglón", "Line"),
        Group.PAIR: Text("Par de empresas", "Pair of firms"),
        Group.BUYER_SUPPLIER: Text("Comprador y proveedor", "Buyer and supplier"),
        Group.MARKET: Text("Mercado", "Market"),
        Group.GROUP: Text("Grupo de empresas", "Group of firms"),
    }
)
TABLES: Mapping[str, Text] = MappingProxyType(
    {
        "release": Text("Datos del proceso", "Data of the process"),
        "bid": Text("Proposiciones", "Bids"),
        "bid_tenderer": Text("Licitantes de cada proposición", "Tenderers of each bid"),
        "bid_line": Text("Precios por renglón de cada proposición", "Prices by line of each bid"),
        "tenderer": Text("Licitantes", "Tenderers"),
        "tender_item": Text("Renglones de la licitación", "Lines of the tender"),
        "award": Text("Adjudicaciones", "Awards"),
        "award_supplier": Text("Proveedores adjudicados", "Suppliers of the awards"),
        "award_item": Text("Renglones adjudicados", "Lines of the awards"),
        "contract": Text("Contratos", "Contracts"),
        "contract_item": Text("Renglones de los contratos", "Lines of the contracts"),
        "amendment": Text("Modificaciones", "Amendments"),
        "transaction": Text("Pagos", "Payments"),
        "milestone": Text("Hitos", "Milestones"),
        "document": Text("Documentos", "Documents"),
        "enquiry": Text("Preguntas", "Questions"),
        "complaint": Text("Inconformidades", "Complaints"),
        "related_process": Text("Procesos relacionados", "Related processes"),
        "criterion": Text("Criterios y requisitos", "Criteria and requirements"),
        "criterion_result": Text("Resultados por requisito", "Results by requirement"),
        "subcontractor": Text("Subcontratistas", "Subcontractors"),
        "owner": Text("Dueños y socios", "Owners and shareholders"),
        "fee_change": Text("Cuotas por participar", "Fees to take part"),
        "justification": Text("Justificación de la excepción", "Justification of the exception"),
        "specification": Text("Especificaciones", "Specifications"),
        "bid_likeness": Text("Parecido de los textos", "Likeness of the texts"),
        "org": Text("La empresa o institución", "The organisation"),
        "sanction": Text("Listas de sancionados", "Lists of sanctions"),
        "tax_list": Text("Lista del artículo 69-B", "List of article 69-B"),
        "register": Text("Registros de empresas", "Registers of firms"),
        "reception": Text("Actas de recepción", "Records of reception"),
    }
)
SECTIONS: Mapping[str, Text] = MappingProxyType(
    {
        "planning": Text("planeación", "planning"),
        "tender": Text("convocatoria", "tender"),
        "bid": Text("proposición", "bid"),
        "award": Text("adjudicación", "award"),
        "contract": Text("contrato", "contract"),
        "implementation": Text("ejecución", "implementation"),
        "release": Text("proceso", "process"),
    }
)
ASKED: Mapping[str, Text] = MappingProxyType(
    {
        "licitacion_publica": Text("licitación pública", "open tender"),
        "invitacion_tres_personas": Text("invitación a cuando menos tres personas", "invitation of three or more"),
        "adjudicacion_directa": Text("adjudicación directa", "direct award"),
        "dialogo_competitivo": Text("diálogo competitivo", "competitive dialogue"),
        "goods": Text("bienes", "goods"),
        "services": Text("servicios", "services"),
        "lease": Text("arrendamiento", "lease"),
        "works": Text("obra", "works"),
        "works_services": Text("servicios de obra", "services for works"),
        "N": Text("nacional", "national"),
        "T": Text("internacional bajo tratados", "international under treaties"),
        "I": Text("internacional abierta", "open international"),
    }
)


def said(words: Mapping[str, Text], name: str, lang: str) -> str:
    """What people call it; the name itself where nothing is recorded."""
    return words[name].say(lang) if name in words else name
