"""Who may accept a residual risk, by the criteria in force: asked when somebody signs, told on its page (6.1.3)."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.access import delegated
from aims.records.lifecycle import Transition
from aims.schedule.dates import add_months
from context.gaps import today_there
from planning.models import AIRisk
from planning.models.risk_criteria import criteria_in_force, rules_of
from planning.scoring import Authority, BandRule, Criteria, Who, objection

RANKS = {Role.OFFICER: Authority.OFFICER, Role.EXECUTIVE: Authority.EXECUTIVE}


def within_authority(member: Member, risk: AIRisk) -> None:
    """Refuse whoever the criteria in force do not entitle, the risk's author and owner, and what holds too long (6.1.3)."""
    rules = rules_of(criteria_in_force(risk.organisation_id))
    refuse_older(risk, rules)
    rule = rules.rule(risk.residual_band)
    if code := objection(rule, acting_as(member, risk)):
        raise Refused(*refusal(code, rule))
    refuse_long(risk, rule, today_there(member))


def refuse_older(risk: AIRisk, rules: Criteria) -> None:
    """Nobody accepts a level that older criteria gave, where those in force would rate differently."""
    if rules_of(risk.criteria).scales != rules.scales:
        words = _(
            "This risk is rated under older criteria. Rate it again under the criteria in force, then accept it."
        )
        raise Refused("conflict", words)


def refuse_long(risk: AIRisk, rule: BandRule, today: date) -> None:
    """An acceptance lasts no longer than the criteria let it."""
    last = add_months(today, rule.months) if rule.months else None
    if last and (risk.review_due is None or risk.review_due > last):
        words = _(
            "Risks in the band “%(band)s” are accepted for %(months)d months at most: set the review by %(day)s."
        )
        said = words % {"band": rule.label, "months": rule.months, "day": last.isoformat()}
        raise Refused("invalid", said, {"review_due": [said]})


def acting_as(member: Member, risk: AIRisk) -> Who:
    """What who signs is to the risk: who signs in another's place has the other's authority, and their own authorship."""
    step = Transition("accept", "", (), "accepted", roles=frozenset(RANKS))
    given = delegated(member, risk, step) if member.role not in RANKS else None
    person, role = (given.giver_id, Role(given.giver.role)) if given else (member.id, member.role)
    people = {str(member.id), str(person)}
    return Who(
        str(person),
        RANKS.get(role, ""),
        owns_system=bool(risk.system and str(risk.system.owner_id) in people),
        wrote=str(risk.edited_by_id) in people,
        owns_risk=str(risk.owner_id) in people,
    )


def refusal(code: str, rule: BandRule) -> tuple[str, str]:
    """The code and the words of a refusal, which say who may instead."""
    if code == "author":
        return "four_eyes", _("You wrote this risk: another person must accept it. %(who)s") % {
            "who": told(rule)
        }
    if code == "owner":
        return "four_eyes", _("You own this risk: another person must accept it. %(who)s") % {
            "who": told(rule)
        }
    return "forbidden", told(rule)


def told(rule: BandRule) -> str:
    """Who accepts the risks of a band, as a sentence."""
    values: dict[str, Any] = {"band": rule.label}
    if rule.authority == Authority.NOBODY:
        return (
            _("A residual risk in the band “%(band)s” is accepted by nobody: treat it until it is lower.")
            % values
        )
    values["who"] = named(rule)
    return _("A residual risk in the band “%(band)s” is accepted by: %(who)s.") % values


def named(rule: BandRule) -> str:
    """Who accepts: a person's name, or the words for the role and whoever stands above it."""
    if rule.authority == Authority.PERSON:
        person = Membership.objects.filter(pk=rule.person).first()
        return person.name if person else _("the person named in the criteria")
    return {
        Authority.NOBODY: _("nobody: it must be treated"),
        Authority.SYSTEM_OWNER: _("the owner of the AI system, the compliance officer or top management"),
        Authority.OFFICER: _("the compliance officer or top management"),
        Authority.EXECUTIVE: _("top management"),
    }[Authority(rule.authority)]
