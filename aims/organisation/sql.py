"""The questions asked before an organisation is chosen, answered by functions of the tables' owner."""

from aims.organisation.roles import APP, SYSTEM

FUNCTIONS = f"""
-- what a function returns cannot be replaced, only made anew
DROP FUNCTION IF EXISTS token_bearer(text), memberships_of(uuid);
CREATE OR REPLACE FUNCTION token_bearer(secret_digest text) RETURNS TABLE(
  membership_id uuid, organisation_id uuid, person_id uuid, role text, name text, title text,
  organisation_name text, language text, time_zone text, outside_reviewer boolean,
  scopes text[], token_id uuid, stale boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT m.id, m.organisation_id, m.person_id, m.role, m.name, m.title, o.name, p.language, o.time_zone,
         m.outside_reviewer, ARRAY(SELECT jsonb_array_elements_text(t.scopes)), t.id,
         coalesce(t.last_used_at < clock_timestamp() - interval '1 hour', true)
  FROM public.organisation_apitoken t
  JOIN public.organisation_membership m ON m.id = t.membership_id
  JOIN public.organisation_person p ON p.id = m.person_id
  JOIN public.organisation_organisation o ON o.id = m.organisation_id
  WHERE t.digest = secret_digest AND t.expires_at > clock_timestamp() AND t.revoked_at IS NULL
    AND m.active AND p.is_active $$;
CREATE OR REPLACE FUNCTION memberships_of(person uuid) RETURNS TABLE(
  membership_id uuid, organisation_id uuid, person_id uuid, role text, name text, title text,
  organisation_name text, language text, time_zone text, outside_reviewer boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT m.id, m.organisation_id, m.person_id, m.role, m.name, m.title, o.name, p.language, o.time_zone,
         m.outside_reviewer
  FROM public.organisation_membership m
  JOIN public.organisation_person p ON p.id = m.person_id
  JOIN public.organisation_organisation o ON o.id = m.organisation_id
  WHERE m.person_id = person AND m.active AND p.is_active ORDER BY o.name, o.id $$;
CREATE OR REPLACE FUNCTION organisation_ids() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT id FROM public.organisation_organisation ORDER BY id $$;
REVOKE EXECUTE ON FUNCTION token_bearer, memberships_of, organisation_ids FROM PUBLIC;
GRANT EXECUTE ON FUNCTION token_bearer, memberships_of, organisation_ids TO {APP}, {SYSTEM};
"""
