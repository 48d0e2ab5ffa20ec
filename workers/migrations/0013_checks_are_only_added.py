from django.db import migrations

FORWARD = """
CREATE FUNCTION workers_refuse_change_of_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'checks of an identity are only ever added' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER checks_are_only_added BEFORE UPDATE ON workers_identitycheck
    FOR EACH ROW EXECUTE FUNCTION workers_refuse_change_of_check();
"""
BACK = """
DROP TRIGGER checks_are_only_added ON workers_identitycheck;
DROP FUNCTION workers_refuse_change_of_check();
"""


class Migration(migrations.Migration):
    """How strongly an identity was established is never made stronger afterwards."""

    dependencies = [("workers", "0012_points_readers_and_strengths")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
