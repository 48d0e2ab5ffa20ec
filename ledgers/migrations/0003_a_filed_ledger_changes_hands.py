from django.db import migrations

# A county that moves to a platform of its own takes its ledgers along: they stay as they were filed, and only
# whose they are changes. The move says `SET LOCAL hubei.moving = 'on'` in its transaction; nobody else does.
FORWARD = """
CREATE FUNCTION ledgers_changes_hands(before jsonb, after jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('hubei.moving', true), '') = 'on' AND before - 'origin' = after - 'origin'
$$;
DROP TRIGGER filed_ledgers_stand ON ledgers_ledger;
CREATE TRIGGER filed_ledgers_stand BEFORE UPDATE ON ledgers_ledger FOR EACH ROW
    WHEN (NOT ledgers_changes_hands(to_jsonb(OLD), to_jsonb(NEW))) EXECUTE FUNCTION ledgers_refuse_change();
CREATE TRIGGER filed_ledgers_stay BEFORE DELETE ON ledgers_ledger
    FOR EACH ROW EXECUTE FUNCTION ledgers_refuse_change();
"""
BACK = """
DROP TRIGGER filed_ledgers_stay ON ledgers_ledger;
DROP TRIGGER filed_ledgers_stand ON ledgers_ledger;
CREATE TRIGGER filed_ledgers_stand BEFORE UPDATE OR DELETE ON ledgers_ledger
    FOR EACH ROW EXECUTE FUNCTION ledgers_refuse_change();
DROP FUNCTION ledgers_changes_hands(jsonb, jsonb);
"""


class Migration(migrations.Migration):
    """A filed ledger stands as it was filed; only the node that owns it may change, by a county's move."""

    dependencies = [("ledgers", "0002_filed_ledgers_stand")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
