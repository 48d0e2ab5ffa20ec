from django.db import migrations, models

# Makes the function and the triggers that capture the changes of one table. Each statement writes at once
# what it changed. `key` and `project` are expressions over a changed row `r`; without a project the row
# stands above projects, in shard 0. `goes` is up, down or both; changes of the columns in `own` alone say
# nothing, for every node keeps those itself.
WATCH = """
CREATE FUNCTION outbox_watch(watched text, kind text, key text, project text, goes text, own text)
RETURNS void LANGUAGE plpgsql AS $watch$
DECLARE
    name text := 'outbox_changed_' || watched;
    lines text := '';
    written text;
    told text := '';
BEGIN
    IF goes IN ('up', 'both') THEN
        lines := format('(%s)', CASE WHEN project = '' THEN '0'
            ELSE format('coalesce(1 + mod((%s), 7), 0)', project) END);
    END IF;
    IF goes IN ('down', 'both') THEN
        lines := lines || CASE WHEN lines = '' THEN '' ELSE ', ' END || '(100)';
    END IF;
    -- Several changed parts of one whole are one change of it.
    written := format($body$
            INSERT INTO outbox_change (kind, key, shard, came_from, created_at)
            SELECT %L, d.key, d.shard, coalesce(current_setting('hubei.came_from', true), ''), clock_timestamp()
            FROM (SELECT %s k.key, l.shard FROM changed r CROSS JOIN LATERAL (SELECT %s) k (key)
                CROSS JOIN LATERAL (VALUES %s) l (shard) CROSS JOIN outbox_capturing c
                WHERE k.key IS NOT NULL AND CASE WHEN l.shard = 100 THEN c.is_down ELSE c.is_up END{told}) d;
        $body$, kind, CASE WHEN key = 'r.public_id' THEN '' ELSE 'DISTINCT' END, key, lines);
    IF own <> '' THEN
        told := format(' AND NOT EXISTS (SELECT FROM before b WHERE b.id = r.id'
            ' AND to_jsonb(b) - ''{%s}''::text[] = to_jsonb(r) - ''{%s}''::text[])', own, own);
    END IF;
    EXECUTE format($body$
        CREATE FUNCTION %I() RETURNS trigger LANGUAGE plpgsql AS $f$
        BEGIN
            IF NOT EXISTS (SELECT FROM outbox_capturing) THEN
                RETURN NULL;
            END IF;
            IF TG_OP = 'UPDATE' THEN %s ELSE %s END IF;
            RETURN NULL;
        END $f$ $body$, name, replace(written, '{told}', told), replace(written, '{told}', ''));
    EXECUTE format('CREATE TRIGGER changes_travel_added AFTER INSERT ON %I REFERENCING NEW TABLE AS changed'
        ' FOR EACH STATEMENT EXECUTE FUNCTION %I()', watched, name);
    EXECUTE format('CREATE TRIGGER changes_travel AFTER UPDATE ON %I REFERENCING OLD TABLE AS before'
        ' NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION %I()', watched, name);
    EXECUTE format('CREATE TRIGGER changes_travel_gone AFTER DELETE ON %I REFERENCING OLD TABLE AS changed'
        ' FOR EACH STATEMENT EXECUTE FUNCTION %I()', watched, name);
END $watch$;

CREATE FUNCTION outbox_unwatch(watched text) RETURNS void LANGUAGE plpgsql AS $watch$
BEGIN
    EXECUTE format('DROP FUNCTION IF EXISTS %I() CASCADE', 'outbox_changed_' || watched);
END $watch$;

REVOKE ALL ON FUNCTION outbox_watch(text, text, text, text, text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION outbox_unwatch(text) FROM PUBLIC;
"""
BACK = """
DROP FUNCTION outbox_watch(text, text, text, text, text, text);
DROP FUNCTION outbox_unwatch(text);
"""


class Migration(migrations.Migration):
    """Which travelling rows changed, captured by triggers in the change's own transaction (I-26)."""

    dependencies = [("outbox", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Capturing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField()),
                ("is_up", models.BooleanField(default=False)),
                ("is_down", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("key", models.UUIDField()),
                ("shard", models.PositiveSmallIntegerField()),
                ("came_from", models.CharField(blank=True, max_length=32)),
                ("position", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("shard", "position"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("position", None)),
                        fields=["shard", "id"],
                        name="changes_without_position",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shard", "position"), name="a_change_has_one_place_in_its_shard"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChangeLine",
            fields=[
                ("shard", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("last", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunSQL(WATCH, BACK),
    ]
