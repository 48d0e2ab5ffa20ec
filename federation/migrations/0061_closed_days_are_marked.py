from django.db import migrations

# A punch of today or yesterday marks nothing: those days are digested afresh whenever they are asked for.
# Only what comes late, or is changed or removed behind the settler's back, marks its project's closed day.
MARK = """
CREATE FUNCTION federation_mark_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO federation_staleday (day, project)
    SELECT DISTINCT (r.occurred_at AT TIME ZONE 'UTC')::date, r.project_id FROM moved r
    WHERE r.occurred_at < date_trunc('day', now(), 'UTC') - interval '1 day';
    RETURN NULL;
END $$;
CREATE TRIGGER marks_days_added AFTER INSERT ON attendance_punch
    REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION federation_mark_days();
CREATE TRIGGER marks_days_changed AFTER UPDATE ON attendance_punch
    REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION federation_mark_days();
CREATE TRIGGER marks_days_left AFTER UPDATE ON attendance_punch
    REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION federation_mark_days();
CREATE TRIGGER marks_days_removed AFTER DELETE ON attendance_punch
    REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION federation_mark_days();
"""
UNMARK = """
DROP TRIGGER marks_days_added ON attendance_punch;
DROP TRIGGER marks_days_changed ON attendance_punch;
DROP TRIGGER marks_days_left ON attendance_punch;
DROP TRIGGER marks_days_removed ON attendance_punch;
DROP FUNCTION federation_mark_days();
"""


class Migration(migrations.Migration):
    """Digests of closed days are kept; whatever touches such a day says so in its own transaction."""

    dependencies = [
        ("federation", "0060_reconciliation"),
        ("attendance", "0015_runs_of_punches"),
    ]

    operations = [migrations.RunSQL(MARK, UNMARK)]
