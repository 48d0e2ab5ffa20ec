import django.db.models.deletion
from django.db import migrations, models

import kernel.ids

# Where a changed row `r` lies (its regions), the tables of which that is said, and the columns that every node
# keeps for itself.
_SITE = "SELECT j.region_id FROM projects_project j WHERE j.id = AT"
_WORKS = (
    "SELECT j.region_id FROM workers_engagement e JOIN projects_project j ON j.id = e.project_id"
    " WHERE e.person_id = AT"
)
_OWN = "SELECT AT"
GUARDED = (
    (_SITE, "r.id", (("projects_project", ""),)),
    (
        _SITE,
        "r.project_id",
        (
            ("projects_permit", ""),
            ("projects_projectparticulars", ""),
            ("projects_reportedpermit", ""),
            ("projects_participation", ""),
            ("projects_enterpriseparticulars", ""),
            ("projects_ownerterms", ""),
            ("workers_collectionpoint", "reader_key,reader_key_at,updated_at"),
            ("attendance_device", "highest_sequence,last_contact_at,last_punch_at,updated_at"),
            ("workers_engagement", ""),
            ("workers_contracttemplate", ""),
            ("workers_trainingsession", ""),
            ("workers_workquantity", ""),
            ("payroll_payrollbatch", ""),
            ("ledgers_ledger", ""),
            ("integrity_supervisionnotice", ""),
        ),
    ),
    (
        _SITE,
        "(SELECT a.project_id FROM projects_participation a WHERE a.id = r.participation_id)",
        (("projects_wageaccount", ""), ("projects_team", ""), ("workers_policydocument", "")),
    ),
    (
        _SITE,
        "(SELECT b.project_id FROM projects_team a JOIN projects_participation b ON b.id = a.participation_id WHERE a.id = r.team_id)",
        (("projects_teamfile", ""),),
    ),
    (_WORKS, "r.id", (("workers_person", ""),)),
    (
        _SITE,
        "(SELECT a.project_id FROM workers_engagement a WHERE a.id = r.engagement_id)",
        (
            ("workers_identitycheck", ""),
            ("workers_particulars", ""),
            ("workers_identitycorrection", ""),
            ("workers_presence", "is_conflict,updated_at"),
            ("workers_engagementevent", ""),
            ("workers_entryreview", ""),
            ("workers_keypostassignment", ""),
            ("workers_contract", ""),
            ("workers_contractpaper", ""),
            ("workers_training", ""),
            ("workers_sessionattendance", ""),
            ("attendance_correctionrequest", ""),
        ),
    ),
    (_WORKS, "r.person_id", (("workers_certificate", ""),)),
    (
        _SITE,
        "(SELECT b.project_id FROM workers_presence a JOIN workers_engagement b ON b.id = a.engagement_id WHERE a.id = r.presence_id)",
        (("workers_temporaryleave", ""), ("workers_settlement", "")),
    ),
    (
        _SITE,
        "(SELECT b.project_id FROM workers_contract a JOIN workers_engagement b ON b.id = a.engagement_id WHERE a.id = r.contract_id)",
        (("workers_contractfile", ""),),
    ),
    (
        _SITE,
        "(SELECT a.project_id FROM workers_trainingsession a WHERE a.id = r.session_id)",
        (("workers_trainingfile", ""),),
    ),
    (
        _SITE,
        "(SELECT a.project_id FROM payroll_payrollbatch a WHERE a.id = r.batch_id)",
        (("payroll_payrollrow", ""), ("payroll_payrollfile", "")),
    ),
    (
        _SITE,
        "(SELECT a.project_id FROM integrity_supervisionnotice a WHERE a.id = r.notice_id)",
        (
            ("integrity_noticeitem", ""),
            ("integrity_noticeevent", ""),
            ("integrity_noticereading", ""),
            ("integrity_noticereply", ""),
        ),
    ),
    (
        _SITE,
        "(SELECT b.project_id FROM integrity_noticereply a JOIN integrity_supervisionnotice b ON b.id = a.notice_id WHERE a.id = r.reply_id)",
        (("integrity_noticeanswer", ""),),
    ),
    (
        _SITE,
        "(SELECT c.project_id FROM integrity_noticeanswer a JOIN integrity_noticereply b ON b.id = a.reply_id JOIN integrity_supervisionnotice c ON c.id = b.notice_id WHERE a.id = r.answer_id)",
        (("integrity_answerfile", ""),),
    ),
    (_OWN, "r.region_id", (("integrity_creditrecord", ""), ("integrity_personcredit", ""))),
)
# While no place is frozen, one look into an empty table a statement. What neighbours and the four-database
# platform send goes on; so do punches, whose table is not among these.
GUARD = """
CREATE FUNCTION federation_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said text;
    told text := '';
BEGIN
    IF NOT EXISTS (SELECT FROM federation_frozen) OR coalesce(current_setting('hubei.came_from', true), '') <> ''
        OR coalesce(current_setting('hubei.master_pull', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND TG_ARGV[1] <> '' THEN
        told := format(' WHERE NOT EXISTS (SELECT FROM before b WHERE b.id = r.id'
            ' AND to_jsonb(b) - %L::text[] = to_jsonb(r) - %L::text[])', TG_ARGV[1], TG_ARGV[1]);
    END IF;
    EXECUTE 'SELECT f.sentence FROM changed r CROSS JOIN LATERAL (' || TG_ARGV[0] || ') p (region)'
        ' JOIN regions_region g ON g.id = p.region'
        ' JOIN federation_frozen f ON starts_with(g.path, f.path)' || told || ' LIMIT 1' INTO said;
    IF said IS NOT NULL THEN
        RAISE EXCEPTION USING MESSAGE = said, ERRCODE = 'HB423';
    END IF;
    RETURN NULL;
END $$;
"""
NO_GUARD = "DROP FUNCTION federation_stay();"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _guard(table: str, place: str, own: str) -> str:
    said = f"federation_stay({_quoted(place)}, {_quoted('{' + own + '}' if own else '')})"
    act = f"FOR EACH STATEMENT EXECUTE FUNCTION {said};"
    return (
        f"CREATE TRIGGER stays_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed {act}"
        f"CREATE TRIGGER stays AFTER UPDATE ON {table}"
        f" REFERENCING OLD TABLE AS before NEW TABLE AS changed {act}"
        f"CREATE TRIGGER stays_gone AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed {act}"
    )


def _unguard(table: str) -> str:
    return "".join(f"DROP TRIGGER {name} ON {table};" for name in ("stays_added", "stays", "stays_gone"))


class Migration(migrations.Migration):
    """A county moves between its parent's platform and its own; nobody writes there meanwhile."""

    dependencies = [
        ("federation", "0063_wishes_travel"),
        ("ledgers", "0003_a_filed_ledger_changes_hands"),
    ]
    operations = [
        migrations.CreateModel(
            name="Frozen",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.CharField(max_length=100)),
                ("sentence", models.CharField(max_length=300)),
                ("since", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("path",), name="a_place_is_frozen_once")],
            },
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("to", models.CharField(max_length=10)),
                ("state", models.CharField(default="begun", max_length=9)),
                ("round", models.PositiveIntegerField(default=0)),
                ("cursor", models.JSONField(default=dict)),
                ("sums", models.JSONField(default=dict)),
                ("other_sums", models.JSONField(default=dict)),
                ("taken", models.BigIntegerField(default=0)),
                ("frozen_after", models.BigIntegerField(blank=True, null=True)),
                ("frozen_position", models.BigIntegerField(default=0)),
                ("trouble", models.CharField(blank=True, default="", max_length=300)),
                ("held_until", models.DateTimeField(blank=True, null=True)),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("begun_by", models.CharField(blank=True, default="", max_length=120)),
                ("begun_at", models.DateTimeField()),
                ("switched_by", models.CharField(blank=True, default="", max_length=120)),
                ("ended_by", models.CharField(blank=True, default="", max_length=120)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="federation.node",
                    ),
                ),
            ],
            options={
                "ordering": ("-begun_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("node",),
                        name="a_node_moves_once_at_a_time",
                    )
                ],
            },
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
        *(
            migrations.RunSQL(_guard(table, place.replace("AT", at), own), _unguard(table))
            for place, at, tables in GUARDED
            for table, own in tables
        ),
    ]
