"""The sweep's question over all organisations, answered by a function of the tables' owner."""

from aims.organisation.roles import APP, SYSTEM

JOBS_DUE = f"""
CREATE OR REPLACE FUNCTION jobs_due() RETURNS TABLE(organisation_id uuid, job_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT j.organisation_id, j.id FROM public.records_job j
  WHERE (j.state = 'queued' AND j.asked_at < clock_timestamp() - interval '5 seconds')
     OR (j.state = 'building' AND j.lease_until < clock_timestamp())
  ORDER BY j.asked_at LIMIT 1000 $$;
REVOKE EXECUTE ON FUNCTION jobs_due FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jobs_due TO {APP}, {SYSTEM};
"""
