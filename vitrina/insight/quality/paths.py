# SPDX-License-Identifier: Apache-2.0
"""The fields of a release of OCDS 1.1, object by object, with the kind of each: what coverage is counted over.

Kinds: t text, c code, d date-time, n number, i id, b yes or no, u address, e e-mail, p telephone, f format,
l language, y document type, s identifier scheme, o ocid, v list of values, x text of a document; `*Name` one object,
`+Name` a list.
Deprecated fields are left out. Source: release schema 1.1.5.
"""

from __future__ import annotations

from types import MappingProxyType

OBJECTS = MappingProxyType(
    {
        "Release": "ocid:o id:i date:d tag:v initiationType:c language:l parties:+Organization buyer:*Reference"
        " planning:*Planning tender:*Tender awards:+Award contracts:+Contract relatedProcesses:+Related",
        "Planning": "rationale:t budget:*Budget documents:+Document milestones:+Milestone",
        "Budget": "id:i description:t amount:*Value project:t projectID:i uri:u",
        "Tender": "id:i title:t description:t status:c procuringEntity:*Reference items:+Item value:*Value"
        " minValue:*Value procurementMethod:c procurementMethodDetails:t procurementMethodRationale:t"
        " mainProcurementCategory:c additionalProcurementCategories:v awardCriteria:c awardCriteriaDetails:t"
        " submissionMethod:v submissionMethodDetails:t tenderPeriod:*Period enquiryPeriod:*Period hasEnquiries:b"
        " eligibilityCriteria:t awardPeriod:*Period contractPeriod:*Period numberOfTenderers:n tenderers:+Reference"
        " documents:+Document milestones:+Milestone amendments:+Amendment",
        "Award": "id:i title:t description:t status:c date:d value:*Value suppliers:+Reference items:+Item"
        " contractPeriod:*Period documents:+Document amendments:+Amendment",
        "Contract": "id:i awardID:i title:t description:t status:c period:*Period value:*Value items:+Item"
        " dateSigned:d documents:+Document implementation:*Implementation relatedProcesses:+Related"
        " milestones:+Milestone amendments:+Amendment",
        "Implementation": "transactions:+Transaction milestones:+Milestone documents:+Document",
        "Transaction": "id:i source:u date:d value:*Value payer:*Reference payee:*Reference uri:u",
        "Milestone": "id:i title:t type:c description:t code:t dueDate:d dateMet:d dateModified:d status:c",
        "Document": "id:i documentType:y title:t description:x url:u datePublished:d dateModified:d format:f"
        " language:l",
        "Reference": "name:t id:i",
        "Organization": "name:t id:i identifier:*Identifier additionalIdentifiers:+Identifier address:*Address"
        " contactPoint:*Contact roles:v",
        "Identifier": "scheme:s id:i legalName:t uri:u",
        "Address": "streetAddress:t locality:t region:t postalCode:t countryName:t",
        "Contact": "name:t email:e telephone:p faxNumber:p url:u",
        "Item": "id:i description:t classification:*Classification additionalClassifications:+Classification"
        " quantity:n unit:*Unit",
        "Unit": "scheme:c id:i name:t value:*Value uri:u",
        "Classification": "scheme:c id:i description:t uri:u",
        "Amendment": "id:i date:d rationale:t description:t amendsReleaseID:t releaseID:t",
        "Value": "amount:n currency:c",
        "Period": "startDate:d endDate:d maxExtentDate:d durationInDays:n",
        "Related": "id:i relationship:v title:t scheme:c identifier:i uri:u",
    }
)

DOCUMENT_TYPES = MappingProxyType(
    {
        "planning": "assetAndLiabilityAssessment environmentalImpact feasibilityStudy marketStudies needsAssessment"
        " plannedProcurementNotice procurementPlan projectPlan riskProvisions",
        "tender": "bidders biddingDocuments billOfQuantity cancellationDetails clarifications complaints"
        " conflictOfInterest contractArrangements contractDraft contractGuarantees contractSchedule"
        " eligibilityCriteria evaluationCriteria evaluationReports hearingNotice illustration shortlistedFirms"
        " technicalSpecifications tenderNotice",
        "awards": "awardNotice cancellationDetails complaints conflictOfInterest contractArrangements contractDraft"
        " contractSchedule submissionDocuments winningBid",
        "contracts": "cancellationDetails conflictOfInterest contractAnnexe contractArrangements contractGuarantees"
        " contractNotice contractSchedule contractSigned contractSummary illustration subContract submissionDocuments",
        "implementation": "cancellationDetails completionCertificate conflictOfInterest debarments environmentalImpact"
        " finalAudit financialProgressReport illustration physicalProgressReport",
    }
)
SECTION_OF = MappingProxyType({section: frozenset(codes.split()) for section, codes in DOCUMENT_TYPES.items()})
KNOWN_TYPES = frozenset(code for codes in SECTION_OF.values() for code in codes)

_LANGUAGES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en"
    " eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja"
    " jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb"
    " nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq"
    " sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
LANGUAGES = frozenset(_LANGUAGES.split())
_MEDIA = "application audio example font haptics image message model multipart text video"
MEDIA = frozenset(_MEDIA.split())
