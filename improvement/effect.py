"""Whether it worked: judged later, by another, against what was agreed before; and what follows when it did not."""

from dataclasses import replace
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.changes import move
from evaluation.inputs import now_there
from improvement.following import OPEN_ACTIONS, by_itself
from improvement.models import CorrectiveAction, EffectivenessReview, Improvement, Nonconformity

EFFECTIVE = EffectivenessReview.Result.EFFECTIVE
# how a nonconformity goes on when its action did not work, from the state in which it is
FAILED = {"checking": "act_again", "closed": "reopen"}


def long(day: Any) -> str:
    """A day as sentences have it: "15 December 2026"."""
    return date_format(day, pgettext("date format", "j F Y")) if day else "–"


def doers(case: Nonconformity) -> set[Any]:
    """Who answers for a nonconformity or for one of its actions."""
    actions = case.actions.exclude(state="withdrawn").values_list("owner_id", flat=True)
    return {case.owner_id, *actions} - {None}


def another_checks(member: Member, case: Nonconformity) -> None:
    """Refuse actions whose effect would be checked by who does them (10.2-d)."""
    if case.checker_id and case.checker_id in doers(case):
        words = _("Choose somebody who answers neither for this case nor for one of its actions.")
        raise Refused("invalid", _("Something is missing."), {"checker": [words]})


def judged_by_another(member: Member, review: EffectivenessReview) -> None:
    """Refuse a review by whoever answers for the nonconformity or did one of its actions."""
    concerned = doers(review.nonconformity)
    if member.id in concerned or review.edited_by_id in concerned:
        raise Refused("four_eyes", _("Another person must review the effect: you answer for this case."))
    if review.nonconformity.actions.filter(state__in=OPEN_ACTIONS).exists():
        raise Refused("transition", _("The effect can be judged when all actions are done."))


def judged_in_time(member: Member, review: EffectivenessReview) -> None:
    """Refuse a review dated before what was agreed, before the actions were done, or in the future (10.2-d)."""
    case, today = review.nonconformity, now_there(member)
    last = case.actions.exclude(done_on=None).order_by("-done_on").values_list("done_on", flat=True).first()
    if review.reviewed_on > today:
        words = _("A review that is still to come cannot be confirmed.")
    elif case.effect_from and review.reviewed_on < case.effect_from:
        words = _("It was agreed to judge the effect not before %(day)s.") % {"day": long(case.effect_from)}
    elif last and review.reviewed_on < last:
        words = _("The last action was done on %(day)s, after this review.") % {"day": long(last)}
    else:
        return
    raise Refused("invalid", words, {"reviewed_on": [words]})


def judge_actions(member: Member, review: EffectivenessReview) -> None:
    """The review's result is that of the actions that it judged; a case whose actions failed goes on by itself."""
    good = review.result == EFFECTIVE
    actor, case = by_itself(member, "follow_up_effect"), review.nonconformity
    for action in CorrectiveAction.objects.filter(nonconformity=case, state="done"):
        move(actor, action, "effective" if good else "ineffective")
    if not good and case.state in FAILED:  # said by who judged, whatever their role
        actor = replace(member, role=Role.OFFICER)
        move(actor, case, FAILED[case.state], note=_("%(ref)s: not effective.") % {"ref": review.ref})


def proven_effective(member: Member, case: Nonconformity) -> None:
    """Refuse to close without a confirmed review of effect, not before the agreed day, by somebody who did not act."""
    latest = case.effectiveness_reviews.filter(state="confirmed").order_by("reviewed_on", "ref").last()
    if latest is None or latest.result != EFFECTIVE:
        words = _("A confirmed review must say that the action was effective.")
    elif case.effect_from and latest.reviewed_on < case.effect_from:
        words = _("It was agreed to judge the effect not before %(day)s.") % {"day": long(case.effect_from)}
    elif case.actions.filter(state="done").exists():
        words = _("Some actions were done after the last review: their effect is not judged yet.")
    else:
        return
    raise Refused("invalid", _("Something is missing."), {"effectiveness_reviews": [words]})


def measurable(member: Member, idea: Improvement) -> None:
    """Refuse to decide on figures that are half there: a value before needs the value expected, and the other way."""
    if (idea.baseline is None) != (idea.target is None):
        name = "baseline" if idea.baseline is None else "target"
        raise Refused("invalid", _("Something is missing."), {name: [_("Fill this in first.")]})


def measured_in_figures(member: Member, idea: Improvement) -> None:
    """Refuse an effect in words alone where a value was expected."""
    if idea.target is not None and idea.reached is None:
        raise Refused("invalid", _("Something is missing."), {"reached": [_("Fill this in first.")]})
