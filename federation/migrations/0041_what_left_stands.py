from django.db import migrations

FORWARD = """
CREATE FUNCTION federation_what_left_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- 网络安全法 第二十一条: records of what the network did are kept for six months at least.
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '183 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'what has left is on record' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER what_left_stands BEFORE UPDATE OR DELETE ON federation_gatewaylog
    FOR EACH ROW EXECUTE FUNCTION federation_what_left_stands();

CREATE FUNCTION federation_agreements_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'draft' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'an approved agreement is kept' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'approved' THEN
        RAISE EXCEPTION 'an approved agreement does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'approved' AND NEW.approved_key = ANY (NEW.drafters) THEN
        RAISE EXCEPTION 'who drafts an agreement does not approve it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_stand BEFORE UPDATE OR DELETE ON federation_agreementversion
    FOR EACH ROW EXECUTE FUNCTION federation_agreements_stand();
"""
BACK = """
DROP TRIGGER agreements_stand ON federation_agreementversion;
DROP FUNCTION federation_agreements_stand();
DROP TRIGGER what_left_stands ON federation_gatewaylog;
DROP FUNCTION federation_what_left_stands();
"""


class Migration(migrations.Migration):
    """What left is only added to; an approved version stays as it is, and its drafters did not approve it."""

    dependencies = [("federation", "0040_partners_and_what_left")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
