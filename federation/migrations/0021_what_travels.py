from django.db import migrations

# Table, kind, the name and the project of a changed row `r`, which way it goes, and the columns that every node
# keeps for itself. tests.support.watching computes the same from the kinds, and a test compares.
WATCHED = (
    ("standards_standardversion", "standard", "r.public_id", "", "down", ""),
    (
        "standards_element",
        "standard",
        "(SELECT a.public_id FROM standards_standardversion a WHERE a.id = r.version_id)",
        "",
        "down",
        "",
    ),
    (
        "standards_validationrule",
        "standard",
        "(SELECT a.public_id FROM standards_standardversion a WHERE a.id = r.version_id)",
        "",
        "down",
        "",
    ),
    (
        "standards_proposeditem",
        "standard",
        "(SELECT a.public_id FROM standards_standardversion a WHERE a.id = r.version_id)",
        "",
        "down",
        "",
    ),
    (
        "standards_tightening",
        "standard",
        "(SELECT a.public_id FROM standards_standardversion a WHERE a.id = r.version_id)",
        "",
        "down",
        "",
    ),
    ("standards_codelist", "code_list", "md5('code_list:' || r.key)::uuid", "", "down", ""),
    (
        "standards_codeitem",
        "code_list",
        "(SELECT md5('code_list:' || a.key)::uuid FROM standards_codelist a WHERE a.id = r.code_list_id)",
        "",
        "down",
        "",
    ),
    (
        "standards_itemmapping",
        "code_list",
        "(SELECT md5('code_list:' || a.key)::uuid FROM standards_codelist a WHERE a.id = r.code_list_id)",
        "",
        "down",
        "",
    ),
    (
        "standards_ruleparameter",
        "parameter",
        "md5('parameter:' || r.key || ':' || coalesce((SELECT g.code FROM regions_region g WHERE g.id = r.region_id), '') || ':' || coalesce(to_char(r.valid_from, 'YYYY-MM-DD'), ''))::uuid",
        "",
        "down",
        "",
    ),
    ("standards_extensiongrant", "grant", "r.public_id", "", "down", ""),
    ("projects_enterprise", "enterprise", "r.public_id", "", "both", ""),
    ("projects_project", "project", "r.public_id", "r.id", "both", ""),
    ("projects_permit", "permit", "r.public_id", "r.project_id", "both", ""),
    ("projects_projectparticulars", "project_particulars", "r.public_id", "r.project_id", "up", ""),
    ("projects_reportedpermit", "reported_permit", "r.public_id", "r.project_id", "up", ""),
    ("projects_participation", "participation", "r.public_id", "r.project_id", "both", ""),
    ("projects_enterpriseparticulars", "enterprise_particulars", "r.public_id", "r.project_id", "up", ""),
    ("projects_qualification", "qualification", "r.public_id", "", "up", ""),
    ("projects_ownerterms", "terms", "r.public_id", "r.project_id", "up", ""),
    (
        "projects_wageaccount",
        "wage_account",
        "r.public_id",
        "(SELECT a.project_id FROM projects_participation a WHERE a.id = r.participation_id)",
        "up",
        "",
    ),
    (
        "projects_team",
        "team",
        "r.public_id",
        "(SELECT a.project_id FROM projects_participation a WHERE a.id = r.participation_id)",
        "up",
        "",
    ),
    (
        "projects_teamfile",
        "team_file",
        "r.public_id",
        "(SELECT b.project_id FROM projects_team a JOIN projects_participation b ON b.id = a.participation_id WHERE a.id = r.team_id)",
        "up",
        "",
    ),
    (
        "workers_policydocument",
        "policy",
        "r.public_id",
        "(SELECT a.project_id FROM projects_participation a WHERE a.id = r.participation_id)",
        "up",
        "",
    ),
    (
        "workers_collectionpoint",
        "collection_point",
        "r.public_id",
        "r.project_id",
        "up",
        "reader_key,reader_key_at,updated_at",
    ),
    (
        "attendance_device",
        "device",
        "r.public_id",
        "r.project_id",
        "up",
        "highest_sequence,last_contact_at,last_punch_at,updated_at",
    ),
    ("workers_person", "person", "r.public_id", "", "up", ""),
    ("workers_engagement", "engagement", "r.public_id", "r.project_id", "up", ""),
    (
        "workers_identitycheck",
        "engagement",
        "(SELECT a.public_id FROM workers_engagement a WHERE a.id = r.engagement_id)",
        "(SELECT a.project_id FROM workers_engagement a WHERE a.id = r.engagement_id)",
        "up",
        "",
    ),
    (
        "workers_particulars",
        "particulars",
        "r.public_id",
        "(SELECT a.project_id FROM workers_engagement a WHERE a.id = r.engagement_id)",
        "up",
        "",
    ),
    ("workers_certificate", "certificate", "r.public_id", "", "up", ""),
    (
        "workers_identitycorrection",
        "identity_correction",
        "r.public_id",
        "(SELECT a.project_id FROM workers_engagement a WHERE a.id = r.engagement_id)",
        "up",
        "",
    ),
    (
        "workers_presence",
        "presence",
        "r.public_id",
        "(SELECT a.project_id FROM workers_engagement a WHERE a.id = r.engagement_id)",
        "up",
        "is_conflict,updated_at",
    ),
    (
        "workers_temporaryleave",
        "leave",
        "r.public_id",
        "(SELECT b.project_id FROM workers_presence a JOIN workers_engagement b ON b.id = a.engagement_id WHERE a.id = r.presence_id)",
        "up",
        "",
    ),
    (
        "workers_settlement",
        "settlement",
        "r.public_id",
        "(SELECT b.project_id FROM workers_presence a JOIN workers_engagement b ON b.id = a.engagement_id WHERE a.id = r.presence_id)",
        "up",
        "",
    ),
    (
        "workers_engagementevent",
        "event",
        "r.public_id",
        "(SELECT a.project_id FROM workers_engagement a WHERE a.id = r.engagement_id)",
        "up",
        "",
    ),
    (
        "workers_entryreview",
        "review",
        "r.public_id",
        "(SELECT a.project_id FROM workers_engagement a WHERE a.id = r.engagement_id)",
        "up",
        "",
    ),
    (
        "workers_keypostassignment",
        "key_post",
        "r.public_id",
        "(SELECT a.project_id FROM workers_engagement a WHERE a.id = r.engagement_id)",
        "up",
        "",
    ),
    ("workers_contracttemplate", "contract_template", "r.public_id", "r.project_id", "up", ""),
    (
        "workers_contract",
        "contract",
        "r.public_id",
        "(SELECT a.project_id FROM workers_engagement a WHERE a.id = r.engagement_id)",
        "up",
        "",
    ),
    (
        "workers_contractfile",
        "contract_file",
        "r.public_id",
        "(SELECT b.project_id FROM workers_contract a JOIN workers_engagement b ON b.id = a.engagement_id WHERE a.id = r.contract_id)",
        "up",
        "",
    ),
    (
        "workers_contractpaper",
        "contract_paper",
        "r.public_id",
        "(SELECT a.project_id FROM workers_engagement a WHERE a.id = r.engagement_id)",
        "up",
        "",
    ),
    ("workers_trainingsession", "training_session", "r.public_id", "r.project_id", "up", ""),
    (
        "workers_trainingfile",
        "training_file",
        "r.public_id",
        "(SELECT a.project_id FROM workers_trainingsession a WHERE a.id = r.session_id)",
        "up",
        "",
    ),
    (
        "workers_training",
        "training",
        "r.public_id",
        "(SELECT a.project_id FROM workers_engagement a WHERE a.id = r.engagement_id)",
        "up",
        "",
    ),
    (
        "workers_sessionattendance",
        "session_attendance",
        "r.public_id",
        "(SELECT a.project_id FROM workers_engagement a WHERE a.id = r.engagement_id)",
        "up",
        "",
    ),
    ("workers_workquantity", "quantity", "r.public_id", "r.project_id", "up", ""),
    (
        "attendance_correctionrequest",
        "correction",
        "r.public_id",
        "(SELECT a.project_id FROM workers_engagement a WHERE a.id = r.engagement_id)",
        "up",
        "",
    ),
    ("payroll_payrollbatch", "payroll_batch", "r.public_id", "r.project_id", "up", ""),
    (
        "payroll_payrollrow",
        "payroll_row",
        "r.public_id",
        "(SELECT a.project_id FROM payroll_payrollbatch a WHERE a.id = r.batch_id)",
        "up",
        "",
    ),
    (
        "payroll_payrollfile",
        "payroll_file",
        "r.public_id",
        "(SELECT a.project_id FROM payroll_payrollbatch a WHERE a.id = r.batch_id)",
        "up",
        "",
    ),
    ("ledgers_ledger", "ledger", "r.public_id", "r.project_id", "up", ""),
    ("integrity_supervisionnotice", "notice", "r.public_id", "r.project_id", "both", ""),
    (
        "integrity_noticeitem",
        "notice",
        "(SELECT a.public_id FROM integrity_supervisionnotice a WHERE a.id = r.notice_id)",
        "(SELECT a.project_id FROM integrity_supervisionnotice a WHERE a.id = r.notice_id)",
        "both",
        "",
    ),
    (
        "integrity_noticeevent",
        "notice",
        "(SELECT a.public_id FROM integrity_supervisionnotice a WHERE a.id = r.notice_id)",
        "(SELECT a.project_id FROM integrity_supervisionnotice a WHERE a.id = r.notice_id)",
        "both",
        "",
    ),
    (
        "integrity_noticereading",
        "notice",
        "(SELECT a.public_id FROM integrity_supervisionnotice a WHERE a.id = r.notice_id)",
        "(SELECT a.project_id FROM integrity_supervisionnotice a WHERE a.id = r.notice_id)",
        "both",
        "",
    ),
    (
        "integrity_noticereply",
        "notice",
        "(SELECT a.public_id FROM integrity_supervisionnotice a WHERE a.id = r.notice_id)",
        "(SELECT a.project_id FROM integrity_supervisionnotice a WHERE a.id = r.notice_id)",
        "both",
        "",
    ),
    (
        "integrity_noticeanswer",
        "notice",
        "(SELECT b.public_id FROM integrity_noticereply a JOIN integrity_supervisionnotice b ON b.id = a.notice_id WHERE a.id = r.reply_id)",
        "(SELECT b.project_id FROM integrity_noticereply a JOIN integrity_supervisionnotice b ON b.id = a.notice_id WHERE a.id = r.reply_id)",
        "both",
        "",
    ),
    (
        "integrity_answerfile",
        "notice",
        "(SELECT c.public_id FROM integrity_noticeanswer a JOIN integrity_noticereply b ON b.id = a.reply_id JOIN integrity_supervisionnotice c ON c.id = b.notice_id WHERE a.id = r.answer_id)",
        "(SELECT c.project_id FROM integrity_noticeanswer a JOIN integrity_noticereply b ON b.id = a.reply_id JOIN integrity_supervisionnotice c ON c.id = b.notice_id WHERE a.id = r.answer_id)",
        "both",
        "",
    ),
    ("integrity_creditrecord", "credit", "r.public_id", "", "both", ""),
    ("integrity_personcredit", "person_credit", "r.public_id", "", "up", ""),
)

# Somebody whom the gates saw is known now: a subject is named by its key here.
SIGHTINGS = """
CREATE FUNCTION attendance_subject_is_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM outbox_capturing WHERE is_up) THEN
        INSERT INTO outbox_change (kind, key, shard, came_from, created_at)
        VALUES ('sighting', lpad(to_hex(NEW.id), 32, '0')::uuid, 0,
            coalesce(current_setting('hubei.came_from', true), ''), clock_timestamp());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER a_subject_is_known AFTER UPDATE OF person_id ON attendance_subject FOR EACH ROW
    WHEN (NEW.person_id IS NOT NULL AND NEW.person_id IS DISTINCT FROM OLD.person_id)
    EXECUTE FUNCTION attendance_subject_is_known();
"""
NO_SIGHTINGS = """
DROP TRIGGER a_subject_is_known ON attendance_subject;
DROP FUNCTION attendance_subject_is_known();
"""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class Migration(migrations.Migration):
    """Changes of every kind of travelling row are captured, whoever makes them and however (I-26)."""

    dependencies = [
        ("federation", "0020_copies"),
        ("outbox", "0002_changes"),
        ("projects", "0010_contract_terms"),
        ("workers", "0019_rosters_brought_as_files"),
        ("attendance", "0015_runs_of_punches"),
        ("payroll", "0001_payroll_as_reported"),
        ("integrity", "0003_credit_of_people"),
        ("ledgers", "0002_filed_ledgers_stand"),
        ("standards", "0003_codes_keep_their_meaning"),
    ]
    operations = [
        *(
            migrations.RunSQL(
                f"SELECT outbox_watch({', '.join(map(_quoted, watched))});",
                f"SELECT outbox_unwatch({_quoted(watched[0])});",
            )
            for watched in WATCHED
        ),
        migrations.RunSQL(SIGHTINGS, NO_SIGHTINGS),
    ]
