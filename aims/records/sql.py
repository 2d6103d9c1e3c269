"""Functions of the tables' owner: the sweep's question over all organisations, and text without accents and capitals."""

from aims.organisation.roles import APP, SYSTEM

JOBS_DUE = f"""
-- what a function returns cannot be replaced, only made anew
DROP FUNCTION IF EXISTS jobs_due();
CREATE OR REPLACE FUNCTION jobs_due() RETURNS TABLE(organisation_id uuid, job_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT j.organisation_id, j.id FROM public.records_job j
  WHERE (j.state = 'queued' AND j.asked_at < clock_timestamp() - interval '5 seconds')
     OR (j.state = 'building' AND j.lease_until < clock_timestamp())
  ORDER BY j.asked_at LIMIT 1000 $$;
REVOKE EXECUTE ON FUNCTION jobs_due FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jobs_due TO {APP}, {SYSTEM};
"""

# The extension where the server has it (it is trusted: the database's owner may make it), else a table of letters.
FOLD = """
DO $do$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'unaccent') THEN
    CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;
    CREATE OR REPLACE FUNCTION public.aims_fold(t text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
      RETURN lower(public.unaccent('public.unaccent'::regdictionary, t));
  ELSE
    CREATE OR REPLACE FUNCTION public.aims_fold(t text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
      RETURN translate(lower(t), 'àáâãäåçèéêëìíîïñòóôõöøùúûüýÿ', 'aaaaaaceeeeiiiinoooooouuuuyy');
  END IF;
END $do$;
"""
FUNCTIONS = JOBS_DUE + FOLD
