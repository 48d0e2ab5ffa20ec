from django.db import migrations

FORWARD = """
-- A person's punches are read through the project's day, and unmatched ones through their own table: an index that
-- begins with the person costs a random page a punch.
DROP INDEX punches_of_a_subject;
-- Only a device's own sequence (fewer than 32 signs) is ever looked for.
DROP INDEX punches_of_a_source;
CREATE INDEX punches_of_a_sequence ON attendance_punch (source, token) WHERE length(token) < 32;

-- What a punch names must exist, asked once a statement instead of three times a row; and it cannot be deleted.
ALTER TABLE attendance_punch DROP CONSTRAINT attendance_punch_project_id_fkey;
ALTER TABLE attendance_punch DROP CONSTRAINT attendance_punch_subject_id_fkey;
ALTER TABLE attendance_punch DROP CONSTRAINT attendance_punch_team_id_fkey;
CREATE FUNCTION attendance_punches_name_what_exists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM (SELECT DISTINCT project_id FROM added) a
        WHERE NOT EXISTS (SELECT 1 FROM projects_project p WHERE p.id = a.project_id))
    OR EXISTS (SELECT 1 FROM (SELECT DISTINCT subject_id FROM added) a
        WHERE NOT EXISTS (SELECT 1 FROM attendance_subject s WHERE s.id = a.subject_id))
    OR EXISTS (SELECT 1 FROM (SELECT DISTINCT team_id FROM added WHERE team_id IS NOT NULL) a
        WHERE NOT EXISTS (SELECT 1 FROM projects_team t WHERE t.id = a.team_id))
    THEN
        RAISE EXCEPTION 'a punch names a project, a subject and a team that exist'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER punches_name_what_exists AFTER INSERT ON attendance_punch
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION attendance_punches_name_what_exists();

CREATE FUNCTION attendance_keep_what_punches_name() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_named boolean;
BEGIN
    EXECUTE TG_ARGV[0] INTO is_named USING OLD;
    IF is_named THEN
        RAISE EXCEPTION 'what a punch names stays' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER punches_keep_their_project BEFORE DELETE ON projects_project FOR EACH ROW
    EXECUTE FUNCTION attendance_keep_what_punches_name(
        'SELECT EXISTS (SELECT 1 FROM attendance_punch WHERE project_id = $1.id)');
CREATE TRIGGER punches_keep_their_team BEFORE DELETE ON projects_team FOR EACH ROW
    EXECUTE FUNCTION attendance_keep_what_punches_name(
        'SELECT EXISTS (SELECT 1 FROM attendance_punch p JOIN projects_participation a'
        ' ON a.id = $1.participation_id WHERE p.project_id = a.project_id AND p.team_id = $1.id)');
-- An identity at the gates is never deleted: no index would find its punches.
CREATE TRIGGER punches_keep_their_subject BEFORE DELETE ON attendance_subject FOR EACH ROW
    EXECUTE FUNCTION attendance_keep_what_punches_name('SELECT true');

-- I-07, asked once a statement: no attendance without entry.
DROP TRIGGER a_day_lies_within_presence ON attendance_attendanceday;
DROP FUNCTION attendance_day_needs_presence();
CREATE FUNCTION attendance_days_need_presence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM written d WHERE NOT EXISTS (
        SELECT 1 FROM workers_presence p WHERE p.engagement_id = d.engagement_id
        AND p.entered_on <= d.day AND (p.exited_on IS NULL OR p.exited_on >= d.day)))
    THEN
        RAISE EXCEPTION 'an attendance day lies within presence' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER a_day_lies_within_presence AFTER INSERT ON attendance_attendanceday
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION attendance_days_need_presence();
CREATE TRIGGER a_changed_day_lies_within_presence AFTER UPDATE ON attendance_attendanceday
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION attendance_days_need_presence();

-- A day grows several times: room on its page keeps the indexes out of it.
ALTER TABLE attendance_attendanceday SET (fillfactor = 75);
"""
BACK = """
ALTER TABLE attendance_attendanceday RESET (fillfactor);
DROP TRIGGER a_changed_day_lies_within_presence ON attendance_attendanceday;
DROP TRIGGER a_day_lies_within_presence ON attendance_attendanceday;
DROP FUNCTION attendance_days_need_presence();
CREATE FUNCTION attendance_day_needs_presence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM workers_presence p WHERE p.engagement_id = NEW.engagement_id
        AND p.entered_on <= NEW.day AND (p.exited_on IS NULL OR p.exited_on >= NEW.day)
    ) THEN
        RAISE EXCEPTION 'an attendance day lies within presence' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_day_lies_within_presence BEFORE INSERT OR UPDATE ON attendance_attendanceday
    FOR EACH ROW EXECUTE FUNCTION attendance_day_needs_presence();
DROP TRIGGER punches_keep_their_subject ON attendance_subject;
DROP TRIGGER punches_keep_their_team ON projects_team;
DROP TRIGGER punches_keep_their_project ON projects_project;
DROP FUNCTION attendance_keep_what_punches_name();
DROP TRIGGER punches_name_what_exists ON attendance_punch;
DROP FUNCTION attendance_punches_name_what_exists();
ALTER TABLE attendance_punch ADD FOREIGN KEY (project_id) REFERENCES projects_project (id);
ALTER TABLE attendance_punch ADD FOREIGN KEY (subject_id) REFERENCES attendance_subject (id);
ALTER TABLE attendance_punch ADD FOREIGN KEY (team_id) REFERENCES projects_team (id);
DROP INDEX punches_of_a_sequence;
CREATE INDEX punches_of_a_source ON attendance_punch (source, token);
CREATE INDEX punches_of_a_subject ON attendance_punch (subject_id, occurred_at);
"""


class Migration(migrations.Migration):
    """Punches and days cost little at provincial rate: fewer indexes, guards by statement."""

    dependencies = [
        ("attendance", "0009_unmatched_days"),
        ("projects", "0005_permit_uploads"),
        ("workers", "0007_roster_moves"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACK)]
