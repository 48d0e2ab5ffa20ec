from django.db import migrations

# Table → the fields that the four-database platform owns. State, place on the map and versions are local.
MASTER_FIELDS = {
    "projects_enterprise": ("uscc", "name"),
    "projects_project": (
        "code", "name", "region_id", "contractor_id", "owner_name", "category", "address", "building_area",
        "investment", "starts_on", "completes_on",
    ),
    "projects_permit": ("project_id", "number", "works_name", "issued_on", "amount"),
}  # fmt: skip

# The pull says `SET LOCAL hubei.master_pull = 'on'` in its transaction; nobody else does.
FUNCTION = """
CREATE FUNCTION projects_refuse_change_of_master() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('hubei.master_pull', true) = 'on' THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'master fields of % are read-only here', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
TRIGGERS = """
CREATE TRIGGER master_fields_are_read_only BEFORE UPDATE ON {table} FOR EACH ROW
    WHEN (OLD.source = 'master' AND ({old}) IS DISTINCT FROM ({new})
          OR OLD.source IS DISTINCT FROM NEW.source)
    EXECUTE FUNCTION projects_refuse_change_of_master();
CREATE TRIGGER master_rows_come_by_the_pull_alone BEFORE INSERT ON {table} FOR EACH ROW
    WHEN (NEW.source = 'master') EXECUTE FUNCTION projects_refuse_change_of_master();
CREATE TRIGGER master_rows_stay BEFORE DELETE ON {table} FOR EACH ROW
    WHEN (OLD.source = 'master') EXECUTE FUNCTION projects_refuse_change_of_master();
"""
BACK = """
DROP TRIGGER master_fields_are_read_only ON {table};
DROP TRIGGER master_rows_come_by_the_pull_alone ON {table};
DROP TRIGGER master_rows_stay ON {table};
"""


def _of(table: str, fields: tuple[str, ...]) -> str:
    old, new = (", ".join(f"{row}.{field}" for field in fields) for row in ("OLD", "NEW"))
    return TRIGGERS.format(table=table, old=old, new=new)


class Migration(migrations.Migration):
    """I-25: what the four-database platform owns changes by its pull and in no other way."""

    dependencies = [("projects", "0002_team_numbers")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION projects_refuse_change_of_master();"),
        *(
            migrations.RunSQL(_of(table, fields), BACK.format(table=table))
            for table, fields in MASTER_FIELDS.items()
        ),
    ]
