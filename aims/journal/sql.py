"""The journal's own tables and its one trigger function, as SQL.

Byte format `aims-row-1`: the text of PostgreSQL's jsonb of the row, made with pinned session settings, so that the same
row gives the same bytes in any session, time zone and version, and after a dump and restore. Keys come in jsonb's order
(shorter first, then by bytes) with ", " and ": " between; strings are escaped as in RFC 8785; numbers keep their scale.
A leaf is SHA-256(0x00 ‖ salt ‖ bytes), the salt 16 random bytes. Nobody re-makes the bytes: the hash is over what is kept.
"""

from aims.organisation.roles import APP, OWNER, SYSTEM

TABLES = """
CREATE SCHEMA IF NOT EXISTS journal AUTHORIZATION aims_journal;
SET ROLE aims_journal;
CREATE TABLE journal.entry (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- not the position: ids may commit out of order
  organisation_id uuid,
  at              timestamptz NOT NULL,
  actor           text NOT NULL,
  token           text,
  kind            text NOT NULL,
  pk              text NOT NULL,
  parent          text,                                             -- the record to whose history the row belongs
  version         bigint,
  action          "char" NOT NULL,                                  -- I U D
  state           text,                                             -- exactly what was hashed; NULL once erased
  salt            bytea,
  leaf            bytea NOT NULL
);
CREATE INDEX entry_record ON journal.entry (organisation_id, kind, pk, id DESC) INCLUDE (at, action);
CREATE INDEX entry_parent ON journal.entry (organisation_id, parent, id DESC) WHERE parent IS NOT NULL;
CREATE INDEX entry_organisation ON journal.entry (organisation_id, id);
ALTER TABLE journal.entry SET (autovacuum_vacuum_insert_scale_factor = 0.02);
CREATE TABLE journal.queue (entry_id bigint PRIMARY KEY);
CREATE TABLE journal.sequence (position bigint PRIMARY KEY, entry_id bigint NOT NULL UNIQUE);
RESET ROLE;
"""

# Arguments of the trigger: names of hidden columns; one that begins with "^" names the parent's column.
CAPTURE = """
SET ROLE aims_journal;
CREATE FUNCTION journal.capture() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'iso_8601'
SET bytea_output = 'hex' SET extra_float_digits = 1
AS $$
DECLARE
  row_   jsonb := CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
  hidden text[] := '{}';
  owner_ text;
  bytes  text;
  salt_  bytea := uuid_send(gen_random_uuid());
BEGIN
  FOR i IN 0 .. TG_NARGS - 1 LOOP
    IF left(TG_ARGV[i], 1) = '^' THEN owner_ := row_ ->> substr(TG_ARGV[i], 2);
    ELSE hidden := hidden || TG_ARGV[i]; END IF;
  END LOOP;
  row_ := row_ - hidden;
  IF TG_OP = 'UPDATE' AND row_::text = (to_jsonb(OLD) - hidden)::text THEN RETURN NULL; END IF;
  bytes := row_::text;
  WITH e AS (
    INSERT INTO journal.entry (organisation_id, at, actor, token, kind, pk, parent, version, action, state, salt, leaf)
    VALUES ((CASE WHEN TG_TABLE_NAME = 'organisation_organisation' THEN row_->>'id' ELSE row_->>'organisation_id' END)::uuid,
            clock_timestamp(),
            coalesce(nullif(current_setting('aims.actor', true), ''), 'outside the application: ' || session_user),
            nullif(current_setting('aims.token', true), ''),
            TG_TABLE_NAME, row_->>'id', owner_, (row_->>'version')::bigint, left(TG_OP, 1)::"char",
            bytes, salt_, sha256('\\x00'::bytea || salt_ || convert_to(bytes, 'UTF8')))
    RETURNING id)
  INSERT INTO journal.queue SELECT id FROM e;
  RETURN NULL;
END $$;
CREATE FUNCTION journal.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on %.% is refused: the journal would not see it', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal.entry
  FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse();
ALTER TABLE journal.entry ENABLE ALWAYS TRIGGER append_only;
REVOKE EXECUTE ON FUNCTION journal.capture() FROM PUBLIC;
RESET ROLE;
"""

GRANTS = f"""
SET ROLE aims_journal;
GRANT USAGE ON SCHEMA journal TO {APP}, {OWNER}, {SYSTEM};
GRANT SELECT ON journal.entry, journal.sequence TO {APP};
GRANT SELECT ON journal.entry, journal.sequence, journal.queue TO {SYSTEM};
ALTER TABLE journal.entry ENABLE ROW LEVEL SECURITY;  -- not FORCE: its owner writes
CREATE POLICY tenant ON journal.entry FOR SELECT TO {APP}
  USING (organisation_id = nullif(current_setting('aims.organisation', true), '')::uuid);
CREATE POLICY system ON journal.entry FOR SELECT TO {SYSTEM} USING (true);
GRANT EXECUTE ON FUNCTION journal.capture(), journal.refuse() TO {OWNER};
RESET ROLE;
"""

DROP = "SET ROLE aims_journal; DROP SCHEMA journal CASCADE; RESET ROLE;"
