from django.db import migrations

FILED = (
    "public_id",
    "origin",
    "project_id",
    "participation_id",
    "month",
    "round",
    "content",
    "digest",
    "people",
    "incomplete",
    "days",
    "due_on",
    "is_late",
    "filed_at",
    "filed_by",
    "filed_by_key",
)
FORWARD = f"""
CREATE FUNCTION ledgers_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a filed ledger is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'filed'
        OR ({", ".join(f"NEW.{name}" for name in FILED)})
        IS DISTINCT FROM ({", ".join(f"OLD.{name}" for name in FILED)}) THEN
        RAISE EXCEPTION 'a filed ledger stands as it was filed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER filed_ledgers_stand BEFORE UPDATE OR DELETE ON ledgers_ledger
    FOR EACH ROW EXECUTE FUNCTION ledgers_refuse_change();
"""
BACK = """
DROP TRIGGER filed_ledgers_stand ON ledgers_ledger;
DROP FUNCTION ledgers_refuse_change();
"""


class Migration(migrations.Migration):
    """What was filed stays as it was filed; only the verdict is added, once."""

    dependencies = [("ledgers", "0001_ledgers")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
