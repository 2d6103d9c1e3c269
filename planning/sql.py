"""What the database itself holds of clause 6: the 38 lines of the Statement of Applicability, and issued versions of it.

Both hold whatever door a change comes through, raw SQL included (6.1.3). Made again after each migration.
"""

from aims.catalogue import edition

CODES = ", ".join(
    f"'{code}'" for code in edition().controls
)  # codes of the catalogue: letters, digits and dots
MOVING = ("state", "version", "changed_at", "changed_by_id", "owner_id", "review_due", "external_id")
LEFT = "".join(f" - '{name}'" for name in MOVING)

LINES = f"""
create or replace function planning_line_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'the line % of the Statement of Applicability is not deleted', old.code
      using errcode = 'restrict_violation';
  end if;
  if new.code not in ({CODES}) then
    raise exception 'Annex A has no control %', new.code using errcode = 'check_violation';
  end if;
  if tg_op = 'UPDATE' and new.code <> old.code then
    raise exception 'the line % stays that of its control', old.code using errcode = 'check_violation';
  end if;
  return new;
end $$;
drop trigger if exists line_stays on planning_controlimplementation;
create trigger line_stays before insert or update or delete on planning_controlimplementation
  for each row execute function planning_line_stays();
"""

STATEMENTS = f"""
create or replace function planning_statement_stays() returns trigger language plpgsql as $$
begin
  if old.state not in ('approved', 'superseded') or not exists (
      select 1 from records_signature s where s.organisation_id = old.organisation_id and s.record_id = old.id
      and s.transition = 'approve') then
    return case when tg_op = 'DELETE' then old else new end;
  end if;
  if tg_op = 'DELETE' then
    raise exception 'the issued statement % is not deleted', old.ref using errcode = 'restrict_violation';
  end if;
  if new.state not in ('approved', 'superseded') or (old.state = 'superseded' and new.state <> old.state)
      or to_jsonb(new){LEFT} is distinct from to_jsonb(old){LEFT} then
    raise exception 'the issued statement % stays as it was approved', old.ref using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
drop trigger if exists statement_stays on planning_applicabilitystatement;
create trigger statement_stays before update or delete on planning_applicabilitystatement
  for each row execute function planning_statement_stays();
"""

FUNCTIONS = LINES + STATEMENTS
