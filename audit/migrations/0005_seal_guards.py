"""What is written waits for its seal; seals refuse to be changed; pruning has one road.

The guards look at the rows, not only at who asks: a row can go only when a checkpoint covers it,
and a checkpoint can only move forward, onto a seal that stands there with the same hash.
"""

from django.db import migrations

WAIT = [
    """
CREATE FUNCTION audit_await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_unsealedevent (event_id, xid)
    VALUES (NEW.id, pg_current_xact_id()::text::bigint);
    RETURN NULL;
END $$
""",
    """
CREATE TRIGGER audit_await_seal AFTER INSERT ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_await_seal()
""",
    """
INSERT INTO audit_unsealedevent (event_id, xid)
SELECT id, pg_current_xact_id()::text::bigint FROM audit_auditevent
""",
]

GUARD = [
    """
CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('audit.pruning', true) = 'yes' AND EXISTS (
        SELECT FROM audit_auditseal s JOIN audit_auditcheckpoint c USING (stream)
        WHERE s.event_id = OLD.id AND s.number <= c.number
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$
""",
    """
CREATE FUNCTION audit_refuse_unsealing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('audit.pruning', true) = 'yes' AND EXISTS (
        SELECT FROM audit_auditcheckpoint c WHERE c.stream = OLD.stream AND OLD.number <= c.number
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the seals of the audit log are append-only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$
""",
    """
CREATE FUNCTION audit_refuse_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') AND current_setting('audit.pruning', true) = 'yes' THEN
        IF (TG_OP = 'INSERT' OR (NEW.stream = OLD.stream AND NEW.number > OLD.number)) AND EXISTS (
            SELECT FROM audit_auditseal s
            WHERE s.stream = NEW.stream AND s.number = NEW.number AND s.hash = NEW.hash
        ) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'checkpoints of the audit log are left by pruning alone: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$
""",
    """
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit_auditseal
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_unsealing()
""",
    """
CREATE TRIGGER audit_no_change BEFORE INSERT OR UPDATE OR DELETE ON audit_auditcheckpoint
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_checkpoint()
""",
    """
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_unsealing()
""",
    """
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_auditcheckpoint
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_checkpoint()
""",
]

PRUNE = [
    """
CREATE FUNCTION audit_prune(of_stream text, before timestamptz, most bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
SET audit.pruning = 'yes'
AS $$
DECLARE
    begins bigint;
    ends bigint;
    dropped bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7207522);
    SELECT number INTO begins FROM audit_auditcheckpoint WHERE stream = of_stream;
    begins := coalesce(begins, 0);
    SELECT s.number - 1 INTO ends
        FROM audit_auditseal s JOIN audit_auditevent e ON e.id = s.event_id
        WHERE s.stream = of_stream AND e.at >= before ORDER BY s.number LIMIT 1;
    IF ends IS NULL THEN
        SELECT max(number) INTO ends FROM audit_auditseal WHERE stream = of_stream;
    END IF;
    IF ends IS NULL OR ends <= begins THEN
        RETURN 0;
    END IF;
    ends := least(ends, begins + most);
    INSERT INTO audit_auditcheckpoint (stream, number, hash, pruned_at)
        SELECT stream, number, hash, now() FROM audit_auditseal
        WHERE stream = of_stream AND number = ends
    ON CONFLICT (stream) DO UPDATE
        SET number = excluded.number, hash = excluded.hash, pruned_at = excluded.pruned_at;
    DELETE FROM audit_delivery d USING audit_auditseal s
        WHERE s.event_id = d.event_id AND s.stream = of_stream AND s.number <= ends;
    DELETE FROM audit_auditdetail d USING audit_auditseal s
        WHERE s.event_id = d.event_id AND s.stream = of_stream AND s.number <= ends;
    DELETE FROM audit_auditevent e USING audit_auditseal s
        WHERE s.event_id = e.id AND s.stream = of_stream AND s.number <= ends;
    GET DIAGNOSTICS dropped = ROW_COUNT;
    IF dropped <> ends - begins THEN
        RAISE EXCEPTION 'the log of % is damaged before %: nothing was pruned', of_stream, ends;
    END IF;
    DELETE FROM audit_auditseal WHERE stream = of_stream AND number <= ends;
    GET DIAGNOSTICS dropped = ROW_COUNT;
    IF dropped <> ends - begins THEN
        RAISE EXCEPTION 'the log of % is damaged before %: nothing was pruned', of_stream, ends;
    END IF;
    RETURN dropped;
END $$
""",
    "REVOKE ALL ON FUNCTION audit_prune(text, timestamptz, bigint) FROM PUBLIC",
]

BACK = [
    "DROP FUNCTION audit_prune(text, timestamptz, bigint)",
    "DROP TRIGGER audit_no_truncate ON audit_auditcheckpoint",
    "DROP TRIGGER audit_no_truncate ON audit_auditseal",
    "DROP TRIGGER audit_no_change ON audit_auditcheckpoint",
    "DROP TRIGGER audit_no_change ON audit_auditseal",
    "DROP FUNCTION audit_refuse_checkpoint()",
    "DROP FUNCTION audit_refuse_unsealing()",
    """
CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$
""",
    "DROP TRIGGER audit_await_seal ON audit_auditevent",
    "DROP FUNCTION audit_await_seal()",
]


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_seal")]

    operations = [migrations.RunSQL(WAIT + GUARD + PRUNE, BACK)]
