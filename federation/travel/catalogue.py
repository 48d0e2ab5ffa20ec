"""The kinds of rows that travel between nodes, in the order in which one needs another.

A travelling table that stands neither here nor in `STAYS` fails a test.
Source: product 5.7 (who owns what).
"""

from collections.abc import Mapping
from hashlib import md5
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from attendance.models import CorrectionRequest, Device
from federation.travel.kinds import Kind, Part
from integrity.models import (
    AnswerFile,
    CreditRecord,
    NoticeAnswer,
    NoticeEvent,
    NoticeItem,
    NoticeReading,
    NoticeReply,
    PersonCredit,
    SupervisionNotice,
)
from integrity.rules import State as NoticeState
from kernel.cipher import keyring
from kernel.text import compact
from ledgers.models import Ledger
from payroll.models import PayrollBatch, PayrollFile, PayrollRow
from projects.models import (
    Enterprise,
    EnterpriseParticulars,
    OwnerTerms,
    Participation,
    Permit,
    Project,
    ProjectParticulars,
    Qualification,
    ReportedPermit,
    Team,
    TeamFile,
    WageAccount,
)
from standards.models import (
    CodeItem,
    CodeList,
    Element,
    ExtensionGrant,
    ItemMapping,
    ProposedItem,
    RuleParameter,
    StandardVersion,
    Tightening,
    ValidationRule,
)
from workers.models import (
    Certificate,
    CollectionPoint,
    Contract,
    ContractFile,
    ContractPaper,
    ContractTemplate,
    Engagement,
    EngagementEvent,
    EntryReview,
    IdentityCheck,
    IdentityCorrection,
    KeyPostAssignment,
    Particulars,
    Person,
    PolicyDocument,
    Presence,
    SessionAttendance,
    Settlement,
    TemporaryLeave,
    Training,
    TrainingFile,
    TrainingSession,
    WorkQuantity,
)
from workers.services import identity_index, phone_index

Values = Mapping[str, Any]


def _phone(values: Values) -> bytes | None:
    return phone_index(values["phone"]) if values.get("phone") else None


def _card(values: Values, name: str = "card_number") -> bytes | None:
    number = values.get(name)
    return keyring().blind_index("card", compact(number)) if number else None


def _paying(values: Values) -> bytes | None:
    return _card(values, "paying_card_number")


def _account(values: Values) -> bytes | None:
    return _card(values, "number")


def _identity(values: Values) -> bytes | None:
    return identity_index(values["id_type"], values["id_number"])


def _responsible(values: Values) -> bytes | None:
    number = values.get("responsible_number")
    kind = values.get("responsible_id_type") or "01"
    return keyring().blind_index(f"identity:{kind}", number) if number else None


def _certificate(values: Values) -> bytes | None:
    return keyring().blind_index("certificate", values["number"])


def _copy(values: Values) -> bytes | None:
    """A digest of what was reported belongs to the node that took the report; a copy has its name's."""
    return keyring().blind_index("copy", str(values["public_id"]))


def _list_key(row: Any) -> UUID:
    return _named(f"code_list:{row.key}")


def _parameter_key(row: Any) -> UUID:
    place = row.region.code if row.region else ""
    return _named(f"parameter:{row.key}:{place}:{row.valid_from or ''}")


def _named(text: str) -> UUID:
    """The name of a row that every node has under the same words; the triggers compute it alike."""
    return UUID(md5(text.encode(), usedforsecurity=False).hexdigest())


_PRESENCE: Final = "workers.presence_changed.v1"
_ENGAGEMENT: Final = "engagement__public_id"

_LIST: Final = (
    Kind(
        "standard", StandardVersion, "down", natural=("layer", "region", "number"),
        when=Q(state=StandardVersion.State.PUBLISHED),
        parts=(
            Part("elements", Element, "version", ("object_key", "code")),
            Part("rules", ValidationRule, "version", ("code",)),
            Part("items", ProposedItem, "version", ("code_list", "code")),
            Part("tightenings", Tightening, "version", ("object_key", "code")),
        ),
    ),
    Kind(
        "code_list", CodeList, "down", named=_list_key, natural=("key",), whose="",
        parts=(
            Part("items", CodeItem, "code_list", ("code",), stays=True),
            Part("mappings", ItemMapping, "code_list", ("code",)),
        ),
    ),
    Kind("parameter", RuleParameter, "down", named=_parameter_key, whose="",
         natural=("key", "region", "valid_from")),
    Kind("grant", ExtensionGrant, "down", whose=""),
    Kind("enterprise", Enterprise, "both", natural=("uscc",)),
    Kind("project", Project, "both", natural=("code",), event="projects.project_restated.v1"),
    Kind("permit", Permit, "both", natural=("number",)),
    Kind("project_particulars", ProjectParticulars, natural=("project",)),
    Kind("reported_permit", ReportedPermit),
    Kind("participation", Participation, "both", natural=("project", "enterprise")),
    Kind("enterprise_particulars", EnterpriseParticulars),
    Kind("qualification", Qualification, natural=("enterprise", "kind", "number", "trade")),
    Kind("terms", OwnerTerms, files=("no_charge_file", "contract_file")),
    Kind("wage_account", WageAccount, made={"number_index": _account}),
    Kind("team", Team, made={"responsible_index": _responsible}),
    Kind("team_file", TeamFile, files=("address",)),
    Kind("policy", PolicyDocument, files=("address",)),
    Kind("collection_point", CollectionPoint, own=frozenset({"reader_key", "reader_key_at"})),
    Kind(
        "device", Device, natural=("project", "channel"),
        own=frozenset({"last_punch_at", "last_contact_at", "highest_sequence"}),
    ),
    Kind("person", Person, made={"id_index": _identity}),
    Kind(
        "engagement", Engagement, made={"phone_index": _phone, "card_index": _card}, files=("photo",),
        event="workers.enrolled.v1",
        parts=(
            Part("checks", IdentityCheck, "engagement", ("checked_at", "method", "checked_by"),
                 files=("portrait",), is_only_added=True),
        ),
    ),
    Kind("particulars", Particulars, natural=("engagement",),
         files=("gate_card_picture", "card_front", "card_back")),
    Kind("certificate", Certificate, made={"number_index": _certificate}, files=("scan",),
         event="workers.certificate_changed.v1", about="person__public_id"),
    Kind("identity_correction", IdentityCorrection),
    Kind(
        "presence", Presence, own=frozenset({"is_conflict"}), otherwise={"is_conflict": True},
        files=("entry_voucher", "exit_voucher"), event=_PRESENCE, about=_ENGAGEMENT,
        since=("entered_on", "exited_on"),
    ),
    Kind("leave", TemporaryLeave, event=_PRESENCE, about="presence__engagement__public_id",
         since=("left_on", "returned_on")),
    Kind("settlement", Settlement),
    Kind("event", EngagementEvent, whose="engagement__origin", is_only_added=True),
    Kind("review", EntryReview, event="workers.review_changed.v1", about=_ENGAGEMENT),
    Kind("key_post", KeyPostAssignment, event="workers.key_post_assigned.v1", about=_ENGAGEMENT,
         since=("starts_on", "ends_on")),
    Kind("contract_template", ContractTemplate),
    Kind("contract", Contract, files=("scan",), event="workers.contract_recorded.v1", about=_ENGAGEMENT,
         since=("starts_on", "ends_on", "ended_on")),
    Kind("contract_file", ContractFile, files=("address",)),
    Kind("contract_paper", ContractPaper, files=("scan",)),
    Kind("training_session", TrainingSession, made={"digest": _copy}),
    Kind("training_file", TrainingFile, files=("address",)),
    Kind("training", Training, files=("evidence",), event="workers.training_recorded.v1", about=_ENGAGEMENT,
         since=("held_on", "valid_to")),
    Kind("session_attendance", SessionAttendance),
    Kind("quantity", WorkQuantity),
    Kind("correction", CorrectionRequest, files=("photo",), event=_PRESENCE, about=_ENGAGEMENT,
         since=("day",)),
    Kind("payroll_batch", PayrollBatch, made={"digest": _copy}),
    Kind("payroll_row", PayrollRow, made={"card_index": _card, "paying_card_index": _paying}),
    Kind("payroll_file", PayrollFile, files=("address",)),
    Kind("ledger", Ledger),
    Kind(
        "notice", SupervisionNotice, "both", when=~Q(state=NoticeState.DRAFT),
        parts=(
            Part("items", NoticeItem, "notice", ("position",)),
            Part("events", NoticeEvent, "notice", ("at", "act", "by_key")),
            Part("readings", NoticeReading, "notice", ("side",)),
            Part("replies", NoticeReply, "notice", ("round",), parts=(
                Part("answers", NoticeAnswer, "reply", ("item",), parts=(
                    Part("files", AnswerFile, "answer", ("public_id",), files=("address",)),
                )),
            )),
        ),
    ),
    Kind("credit", CreditRecord, "both"),
    Kind("person_credit", PersonCredit, "up"),
)  # fmt: skip

KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in _LIST}
ORDER: Final = {name: place for place, name in enumerate(KINDS)}
PUNCHES: Final = "punches"

# Travelling or scoped tables that do not travel, and why.
STAYS: Final = {
    "projects.AccountCode": "a one-time code never leaves the node that issued it",
    "projects.RefusedRecord": "what this node's doors refused",
    "federation.Credential": "a key of this node's doors",
    "federation.AcceptedRequest": "a call at this node's doors",
    "federation.RefusedCall": "a call at this node's doors",
    "federation.Upstream": "to whom this node reports, with its key",
    "federation.UpstreamProject": "to whom this node reports, with its key",
    "federation.UpstreamCall": "a call of this node's client",
    "federation.UpstreamRecord": "what this node has told another platform",
    "federation.MasterRecord": "the province's register of what 四库一平台 says",
    "federation.MasterChange": "the province's register of what 四库一平台 says",
    "federation.ManagerRegistration": "the province's register of what 四库一平台 says",
    "federation.ChangeProposal": "a wish to the province, put and answered there",
    "federation.Partner": "partners are the province's alone",
    "federation.SharingAgreement": "partners are the province's alone",
    "federation.AgreementVersion": "partners are the province's alone",
    "federation.PartnerKey": "a key of the province's gateway",
    "federation.GatewayLog": "what left the province",
    "federation.GatewayRefusal": "a call at the province's gateway",
    "federation.GatewayUse": "a quota at the province's gateway",
    "attendance.AttendanceDay": "concluded anew by every node from the same facts",
    "attendance.ProjectDay": "counted anew by every node from the same facts",
    "attendance.GatePass": "the gates of a site ask the node that they know",
    "attendance.Punch": "goes on a line of its own (federation.travel.punches)",
    "attendance.PunchReceipt": "a call at this node's doors",
    "workers.CareerCode": "a secret of the worker with the node that gave it",
    "workers.CareerReading": "who read a career at this node",
}
