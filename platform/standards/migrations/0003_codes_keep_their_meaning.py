from django.db import migrations

# What a code means is what was recorded under it: a name, a code or a city once written stays.
FUNCTION = """
CREATE FUNCTION standards_keep_the_meaning_of_codes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'codes of the standard are never changed or removed' USING ERRCODE = 'restrict_violation';
END $$;
"""
TRIGGERS = """
CREATE TRIGGER a_code_keeps_its_meaning BEFORE UPDATE ON standards_codeitem FOR EACH ROW
    WHEN ((OLD.code_list_id, OLD.code, OLD.name, OLD.region_id)
          IS DISTINCT FROM (NEW.code_list_id, NEW.code, NEW.name, NEW.region_id))
    EXECUTE FUNCTION standards_keep_the_meaning_of_codes();
CREATE TRIGGER a_code_is_never_removed BEFORE DELETE ON standards_codeitem FOR EACH ROW
    EXECUTE FUNCTION standards_keep_the_meaning_of_codes();
"""
BACK = """
DROP TRIGGER a_code_keeps_its_meaning ON standards_codeitem;
DROP TRIGGER a_code_is_never_removed ON standards_codeitem;
DROP FUNCTION standards_keep_the_meaning_of_codes();
"""


class Migration(migrations.Migration):
    """I-24: the code, name and place of an item never change, and no item is deleted."""

    dependencies = [("standards", "0002_versions_of_the_standard")]
    operations = [migrations.RunSQL(FUNCTION + TRIGGERS, BACK)]
