"""What every table must have, and what none may have."""

import re

import pytest
from django.apps import apps
from django.db import connection, models

from kernel.scoping import ScopedManager, ScopedModel, ScopeRequired
from tests.architecture.source import APPS, PLATFORM

OURS = [
    model
    for app in (*APPS, *PLATFORM[1:])
    if apps.is_installed(app)
    for model in apps.get_app_config(app).get_models()
]

# Tables without a scope of their own, and why nobody needs one.
WITHOUT_SCOPE = {
    "regions.Region": "divisions are public",
    "standards.CodeList": "the standard is public",
    "standards.CodeItem": "the standard is public",
    "standards.RuleParameter": "parameters are rules, and rules are public",
    "standards.ItemMapping": "the standard is public",
    "standards.StandardVersion": "the standard is public; drafts are read by those who draft and review",
    "standards.Element": "the standard is public",
    "standards.ValidationRule": "the standard is public",
    "standards.ProposedItem": "the standard is public",
    "standards.Tightening": "the standard is public",
    "standards.ExtensionGrant": "who may extend the standard is public",
    "accounts.User": "accounts are below the map; only accounts.manage shows them",
    "accounts.Post": "what a scope is made of",
    "accounts.PhoneCode": "digests of a code and a phone; only the door compares them",
    "audit.AuditEvent": "only audit.view shows them; the object they name was judged by the act",
    "web.Draft": "of one account, read by that account alone",
    "web.Submission": "a key and its answer, given only to the actor who holds the key",
    "web.Message": "of one account, read by that account alone",
    "web.OutgoingMessage": "read by the errand that sends it; who may see one has been judged before",
    "web.ExportJob": "of one account; its file is given only while that account still reaches as far",
    "web.ImpactCheck": "of a draft, read by those who draft and review it",
    "web.ImpactLine": "sums over the draft's whole place, read by those who draft and review it",
    "web.ImpactProject": "read by path of place within the reader's reach (web.editor.reading)",
    "web.SavedFilter": "of one account, read by that account alone",
    "web.ColumnChoice": "of one account, read by that account alone",
    "outbox.OutboxEvent": "read by receivers of the node, never by people; holds no personal data",
    "outbox.Receiver": "a cursor of the node",
    "outbox.Capturing": "a mark of the node; nobody reads it",
    "outbox.Change": "read by the errand that tells neighbours; names rows and nothing of them",
    "outbox.ChangeLine": "a counter of the node",
    "outbox.Heartbeat": "a sign of life of the node",
    "projects.ProjectGrant": "what a scope is made of (guardian)",
    "projects.ClaimTry": "a count of failures at the door; nobody reads it",
    "projects.PermitUpload": "one account's own file, shown to that account alone",
    "workers.RosterImport": "one account's own file, shown to that account alone while it may enrol there",
    "workers.RosterRow": "of one account's own file",
    "workers.RosterFault": "of one account's own file",
    "workers.PersonAlias": "a name between nodes, reached only from a person in scope",
    "workers.LookUp": "a count for the limit on look-ups; nobody reads it, and it says nothing of anybody",
    "workers.CareerTry": "a count of wrong codes for the limit; nobody reads it",
    "attendance.Subject": "an identity at the gates, reached only from a punch in scope",
    "attendance.DirtyDay": "a mark for the recount; nobody reads it",
    "attendance.Inbox": "sealed calls on their way to the settler; nobody reads them",
    "attendance.AsideBatch": "sealed calls that the settler put aside; nobody reads them",
    "attendance.PunchRun": "spans of punches' names, read by the errand that tells neighbours",
    "attendance.CellPulse": "a sign of life of a cell; names nobody",
    "attendance.CountyDay": "sums of divisions, read by path within the reader's reach (selectors.cells)",
    "attendance.UnmatchedDay": "a condition on punches, which were judged before; never shown by itself",
    "attendance.SequenceClash": "a condition on punches, which were judged before; never shown by itself",
    "federation.MasterFeed": "a cursor of the province; its page is for who reaches the whole province",
    "federation.MasterPull": "tallies of the province's pulls; shown to who reaches the whole province",
    "federation.MasterRecord": "the province's register; shown to who reaches the whole province",
    "federation.MasterChange": "history of a row, reached only from a row in scope or by the whole province",
    "federation.ProposalAnswer": "an answer on its way between nodes, shown with the wish, which is scoped",
    "federation.Copied": "whose copy a row is; the row itself was judged before",
    "federation.KnownAs": "a name between nodes, reached only from a row that was judged before",
    "federation.WaitingRow": "sealed messages between nodes; nobody reads them",
    "federation.TravellingFile": "where a file of a row lies; the row itself was judged before",
    "federation.ToldFile": "which neighbour was told of a file; counted on the page of the link",
    "federation.Move": "a move between nodes, for whoever administers the whole platform",
    "federation.Frozen": "a mark for triggers: where nobody writes; nobody reads it",
    "federation.Node": "neighbours of the whole platform, shown to whoever administers all of it",
    "federation.NodeKey": "public keys of nodes; private halves are sealed and shown nowhere",
    "federation.Invitation": "a digest of a code; only the door between nodes compares it",
    "federation.Line": "a cursor between two nodes, shown to whoever administers the whole platform",
    "federation.SentEnvelope": "sealed bytes on their way to a neighbour; nobody reads them",
    "federation.ReceivedEnvelope": "sealed bytes of a neighbour, on their way into tables; nobody reads them",
    "federation.RecordResult": "what became of a record between nodes, for whoever administers the platform",
    "federation.HeardCall": "digests of calls of nodes, kept while they could be played again",
    "federation.RefusedEnvelope": "calls of nodes turned away, for whoever administers the platform",
    "federation.KeptDay": "which days are digested; nobody reads it",
    "federation.PunchDay": "digests of punches, compared between nodes; they say nothing of anybody",
    "federation.StaleDay": "a mark for the next digest; nobody reads it",
    "federation.ReconciliationRun": "a comparison of nodes, for whoever administers the whole platform",
    "federation.ReconciliationCount": "counts of a comparison of nodes, reached from it",
    "federation.ReconciliationDiff": "names of rows that differ, for whoever administers the whole platform",
    "federation.LinkStatement": "counts that two nodes have signed, for whoever administers the platform",
    "federation.AnsweredQuery": "a nonce; nobody reads it",
    "federation.Sandbox": "a practice project of nobody's county; shown to whoever opened it",
    "federation.ConformanceRun": "results of self-tests are public",
}
# Columns whose values are codes of the data standard: lists change without a migration.
CODE_COLUMNS = {
    "status", "category", "kind", "trade", "education", "political_status", "bank_code", "id_type", "post",
    "pass_method", "nation", "period_type", "unit", "level", "addition", "behaviour", "nature", "use",
    "size", "approval_level", "currency", "legal_id_type", "manager_id_type",
}  # fmt: skip
# Of the wire protocol, not of the standard: 0, 10 and 20 are states of ours.
OWN_STATES = {("federation.AcceptedRequest", "state")}
FACE = re.compile(r"face|template|embedding|descriptor|biometr|iris|fingerprint", re.IGNORECASE)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_table_is_scoped_or_says_why_it_need_not_be(model: type[models.Model]) -> None:
    assert issubclass(model, ScopedModel) is not (model._meta.label in WITHOUT_SCOPE)
    if issubclass(model, ScopedModel):
        assert isinstance(model.objects, ScopedManager)
        assert model.view_permission
        assert model._default_manager.name == "all_rows"


def test_the_list_of_tables_without_scope_names_only_tables_that_exist() -> None:
    assert set(WITHOUT_SCOPE) <= {model._meta.label for model in OURS}


@pytest.mark.parametrize("model", [m for m in OURS if issubclass(m, ScopedModel)], ids=lambda m: m.__name__)
def test_asking_a_scoped_table_without_a_reader_raises(model: type[ScopedModel]) -> None:
    for ask in ("all", "count", "first", "exists", "values", "iterator"):
        with pytest.raises(ScopeRequired):
            getattr(model.objects, ask)()
    with pytest.raises(ScopeRequired):
        model.objects.filter(pk=1)
    with pytest.raises(ScopeRequired):
        model.objects.unscoped(because=" ")


@pytest.mark.django_db
def test_i_32_no_column_holds_a_face_template() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        )
        columns = cursor.fetchall()
    assert len(columns) > 200
    assert [pair for pair in columns if FACE.search(pair[1])] == []


def test_code_columns_have_no_choices() -> None:
    with_choices = {
        (model._meta.label, field.name)
        for model in OURS
        for field in model._meta.local_fields
        if field.choices
    }
    assert with_choices == OWN_STATES


@pytest.mark.django_db
def test_code_columns_have_no_check_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
        )
        checks = cursor.fetchall()
    assert len(checks) > 10
    on_codes = [
        (table, name)
        for table, name, text in checks
        if CODE_COLUMNS.intersection(re.findall(r"[a-z_]+", re.sub(r"'[^']*'", "", text)))
    ]
    assert on_codes == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_row_in_a_traceback_shows_only_its_key(model: type[models.Model]) -> None:
    if not issubclass(model, ScopedModel) and model._meta.label != "attendance.Subject":
        return
    row = model(pk=None)
    for field in model._meta.local_concrete_fields:
        if isinstance(field, (models.CharField, models.TextField)):
            setattr(row, field.attname, "卮昤")
    assert "卮昤" not in repr(row)
