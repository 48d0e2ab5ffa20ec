from django.db import migrations

FORWARD = """
CREATE TABLE attendance_punch (
    public_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    project_id bigint NOT NULL REFERENCES projects_project (id),
    source varchar(40) NOT NULL,
    token varchar(64) NOT NULL,
    subject_id bigint NOT NULL REFERENCES attendance_subject (id),
    team_id bigint REFERENCES projects_team (id),
    direction varchar(4) NOT NULL,
    channel varchar(50) NOT NULL,
    pass_method varchar(4) NOT NULL,
    origin varchar(16) NOT NULL,
    is_repeat boolean NOT NULL,
    photo varchar(64) NOT NULL,
    latitude numeric(18, 15),
    longitude numeric(18, 15),
    received_at timestamptz NOT NULL,
    -- Time first: new rows go to the right edge of the index, whatever their project.
    CONSTRAINT a_punch_is_one_row UNIQUE (occurred_at, project_id, source, token)
) PARTITION BY RANGE (occurred_at);

CREATE INDEX punches_of_a_project ON attendance_punch (project_id, occurred_at);
CREATE INDEX punches_of_a_subject ON attendance_punch (subject_id, occurred_at);
CREATE INDEX punches_of_a_source ON attendance_punch (source, token);
CREATE INDEX punches_by_public_id ON attendance_punch (public_id);

-- A month nobody prepared never loses a punch.
CREATE TABLE attendance_punch_default PARTITION OF attendance_punch DEFAULT;

-- The worker's role has no DDL. This function, which belongs to the owner, is its one door to a partition.
CREATE FUNCTION attendance_make_punch_partitions(first date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    begins date;
    part text;
    made integer := 0;
BEGIN
    FOR step IN 0 .. months - 1 LOOP
        begins := (date_trunc('month', first::timestamp) + make_interval(months => step))::date;
        part := 'attendance_punch_' || to_char(begins, 'YYYYMM');
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        -- Rows that came before their month was made wait in the default partition and are moved.
        EXECUTE format('CREATE TABLE %I (LIKE attendance_punch INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
        ALTER TABLE attendance_punch_default DISABLE TRIGGER punches_are_only_added;
        EXECUTE format(
            'WITH moved AS (DELETE FROM attendance_punch_default'
            ' WHERE occurred_at >= %L AND occurred_at < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
            begins::timestamp AT TIME ZONE 'UTC', (begins + interval '1 month')::timestamp AT TIME ZONE 'UTC', part);
        ALTER TABLE attendance_punch_default ENABLE TRIGGER punches_are_only_added;
        EXECUTE format('ALTER TABLE attendance_punch ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part,
            begins::timestamp AT TIME ZONE 'UTC', (begins + interval '1 month')::timestamp AT TIME ZONE 'UTC');
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION attendance_make_punch_partitions(date, integer) FROM PUBLIC;

CREATE FUNCTION attendance_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'punches are only ever added' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER punches_are_only_added BEFORE UPDATE OR DELETE ON attendance_punch
    FOR EACH ROW EXECUTE FUNCTION attendance_refuse_change();

-- I-07: no attendance without entry.
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

CREATE INDEX dirty_days ON attendance_dirtyday (project_id, day);
"""
BACK = """
DROP INDEX dirty_days;
DROP TRIGGER a_day_lies_within_presence ON attendance_attendanceday;
DROP FUNCTION attendance_day_needs_presence();
DROP TABLE attendance_punch;
DROP FUNCTION attendance_refuse_change();
DROP FUNCTION attendance_make_punch_partitions(date, integer);
"""


class Migration(migrations.Migration):
    """Raw punches by month, append-only; days only within presence."""

    dependencies = [
        ("attendance", "0002_initial"),
        ("projects", "0002_team_numbers"),
        ("workers", "0001_initial"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACK)]
