from django.db import migrations

# Punches and events are only ever added. The one exception is a practice project whose time is over: it never
# stood for anything. The role of web and worker keeps no right to delete; this function, which belongs to the
# owner, is its one door, and no project can be moved into the sandbox to be forgotten there.
FORWARD = """
CREATE OR REPLACE FUNCTION attendance_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.project_id::text = current_setting('federation.forgotten_project', true) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'punches are only ever added' USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE FUNCTION workers_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM workers_engagement e WHERE e.id = OLD.engagement_id
        AND e.project_id::text = current_setting('federation.forgotten_project', true)
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'events of an engagement are only ever added' USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION federation_forget_practice(forgotten bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM projects_project p JOIN regions_region r ON r.id = p.region_id
        WHERE p.id = forgotten AND r.kind = 'sandbox'
    ) THEN
        RAISE EXCEPTION 'only a practice project is forgotten' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM set_config('federation.forgotten_project', forgotten::text, true);
    DELETE FROM attendance_punch WHERE project_id = forgotten;
    DELETE FROM workers_engagementevent v USING workers_engagement e
        WHERE e.id = v.engagement_id AND e.project_id = forgotten;
    PERFORM set_config('federation.forgotten_project', '', true);
END $$;
REVOKE ALL ON FUNCTION federation_forget_practice(bigint) FROM PUBLIC;

CREATE FUNCTION projects_refuse_sandbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM regions_region r WHERE r.id IN (OLD.region_id, NEW.region_id) AND r.kind = 'sandbox'
    ) THEN
        RAISE EXCEPTION 'a project is born in the sandbox or never comes there' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER practice_stays_apart BEFORE UPDATE OF region_id ON projects_project FOR EACH ROW
    WHEN (OLD.region_id IS DISTINCT FROM NEW.region_id) EXECUTE FUNCTION projects_refuse_sandbox();

CREATE FUNCTION regions_refuse_sandbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'no place becomes a sandbox, and no sandbox a place' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER a_place_is_no_sandbox BEFORE UPDATE OF kind ON regions_region FOR EACH ROW
    WHEN (OLD.kind IS DISTINCT FROM NEW.kind AND 'sandbox' IN (OLD.kind, NEW.kind))
    EXECUTE FUNCTION regions_refuse_sandbox();
"""
BACK = """
DROP TRIGGER a_place_is_no_sandbox ON regions_region;
DROP FUNCTION regions_refuse_sandbox();
DROP TRIGGER practice_stays_apart ON projects_project;
DROP FUNCTION projects_refuse_sandbox();
DROP FUNCTION federation_forget_practice(bigint);
CREATE OR REPLACE FUNCTION workers_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events of an engagement are only ever added' USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION attendance_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'punches are only ever added' USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    """A practice project whose time is over leaves nothing behind; all other facts stay."""

    dependencies = [
        ("federation", "0005_sandboxes_and_conformance_runs"),
        ("attendance", "0007_inbox"),
        ("workers", "0008_events_are_only_added"),
        ("regions", "0001_initial"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACK)]
