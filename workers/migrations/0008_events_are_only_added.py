from django.db import migrations

FORWARD = """
CREATE FUNCTION workers_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events of an engagement are only ever added' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER events_are_only_added BEFORE UPDATE OR DELETE ON workers_engagementevent
    FOR EACH ROW EXECUTE FUNCTION workers_refuse_change();
"""
BACK = """
DROP TRIGGER events_are_only_added ON workers_engagementevent;
DROP FUNCTION workers_refuse_change();
"""


class Migration(migrations.Migration):
    """What was done to an engagement, and what was taken back, stays on record."""

    dependencies = [("workers", "0007_roster_moves")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
