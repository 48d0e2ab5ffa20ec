from django.db import migrations

FORWARD = """
DROP TRIGGER a_changed_day_lies_within_presence ON attendance_attendanceday;
CREATE FUNCTION attendance_moved_day_needs_presence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM workers_presence p WHERE p.engagement_id = NEW.engagement_id
        AND p.entered_on <= NEW.day AND (p.exited_on IS NULL OR p.exited_on >= NEW.day))
    THEN
        RAISE EXCEPTION 'an attendance day lies within presence' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_moved_day_lies_within_presence BEFORE UPDATE OF engagement_id, day ON attendance_attendanceday
    FOR EACH ROW EXECUTE FUNCTION attendance_moved_day_needs_presence();
"""
BACK = """
DROP TRIGGER a_moved_day_lies_within_presence ON attendance_attendanceday;
DROP FUNCTION attendance_moved_day_needs_presence();
CREATE TRIGGER a_changed_day_lies_within_presence AFTER UPDATE ON attendance_attendanceday
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION attendance_days_need_presence();
"""


class Migration(migrations.Migration):
    """I-07 is asked when a day comes to be or moves; one that grows stays where it is."""

    dependencies = [("attendance", "0011_devices_know_their_sequences")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
