"""People, what ties them to a project, and what the law asks before they enter."""

from workers.models.careers import CareerCode, CareerReading, CareerTry
from workers.models.contracting import ContractPaper, ContractTemplate
from workers.models.identity import IdentityCheck, IdentityCorrection, LookUp
from workers.models.imports import RosterFault, RosterImport, RosterRow
from workers.models.lessons import SessionAttendance
from workers.models.papers import Contract, Training
from workers.models.particulars import Certificate, Particulars
from workers.models.people import Engagement, Person, PersonAlias
from workers.models.points import CollectionPoint
from workers.models.policies import PolicyDocument
from workers.models.presence import Presence, Settlement, TemporaryLeave, _Between, _Only
from workers.models.quantities import WorkQuantity
from workers.models.roster import EngagementEvent, EntryReview, KeyPostAssignment
from workers.models.sessions import ContractFile, TrainingFile, TrainingSession

# `_Between` and `_Only` too: the migrations name them by this address.
__all__ = [
    "CareerCode",
    "CareerReading",
    "CareerTry",
    "Certificate",
    "CollectionPoint",
    "Contract",
    "ContractFile",
    "ContractPaper",
    "ContractTemplate",
    "Engagement",
    "EngagementEvent",
    "EntryReview",
    "IdentityCheck",
    "IdentityCorrection",
    "KeyPostAssignment",
    "LookUp",
    "Particulars",
    "Person",
    "PersonAlias",
    "PolicyDocument",
    "Presence",
    "RosterFault",
    "RosterImport",
    "RosterRow",
    "SessionAttendance",
    "Settlement",
    "TemporaryLeave",
    "Training",
    "TrainingFile",
    "TrainingSession",
    "WorkQuantity",
    "_Between",
    "_Only",
]
