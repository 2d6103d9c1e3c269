"""A proposal for each control of Annex A: whether it applies, why, and whether that is clear or wants a second look (6.1.3).

The reasons are those of the standard: the risks that a control treats, what the law asks for, and what the organisation is
towards its AI systems. They are written as the organisation would say them, ready for its Statement of Applicability.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aims.catalogue import Catalogue, Control
from context.models import AISystem
from planning.proposals import PRODUCER, PROVIDER, USER, Facts
from planning.proposals_act import Duty

# what only makes sense to keep where a system runs with oneself
RUN_BY_US: Mapping[str, object] = {
    "A.4.5": gettext_lazy(
        "Our AI systems are services that their suppliers run; we keep no computing of our own for them."
    ),
    "A.6.2.8": gettext_lazy(
        "Our AI systems are services that their suppliers run and log; no law asks us for logs."
    ),
    "A.7.5": gettext_lazy(
        "We give our AI systems no data to learn from; their suppliers answer for its provenance."
    ),
}
OWN_USE = ("A.9.2", "A.9.3")
ALL_OF_US = ("A.2", "A.3")  # areas that are about the organisation, not about a stage of a system
ARTICLE = re.compile(r"Art\. (\d+)(?:\((\d+)\))?(?:[^,]*?[-–]\((\d+)\))?")
NAMED = 3  # systems named in a reason


@dataclass(frozen=True)
class ControlProposal:
    """What is proposed for a control. `clear` is False where a person has to look; `waits`: no stage needs it yet."""

    code: str
    title: str
    applicable: bool
    reason: str
    clear: bool = True
    waits: str = ""


def controls(
    facts: Facts, duties: Iterable[Duty], catalogue: Catalogue, language: str = "en"
) -> tuple[ControlProposal, ...]:
    """A proposal for each of the 38 controls, in their order."""
    known = tuple(duties)
    return tuple(
        _propose(facts, known, control, catalogue.text(code, "title", language))
        for code, control in catalogue.controls.items()
    )


def _propose(facts: Facts, duties: tuple[Duty, ...], control: Control, title: str) -> ControlProposal:
    shared = facts.sides & set(control.typical_roles)
    told = [*_because_of_risks(facts, control.code), *_because_of_law(duties, control)]
    if not facts.sides and not told:
        words = _("Nothing says yet what we do with AI; until then every control stays in.")
        return ControlProposal(control.code, title, True, words, clear=False)
    if not shared and not told:
        return ControlProposal(control.code, title, False, _outside(facts, control), facts.recorded)
    if control.code in RUN_BY_US and facts.services_only and not told:
        return ControlProposal(control.code, title, False, str(RUN_BY_US[control.code]), clear=False)
    doubt = "" if told else _doubt(facts, control)
    reason = " ".join([*told, *_because_of_us(facts, control), *([doubt] if doubt else [])])
    clear = not doubt and bool(told or facts.recorded)
    return ControlProposal(control.code, title, True, reason, clear, _waits(facts, control))


def _because_of_risks(facts: Facts, code: str) -> list[str]:
    refs = facts.treats.get(code, ())
    return [_("It treats %(risks)s.") % {"risks": ", ".join(refs)}] if refs else []


def _because_of_law(duties: Iterable[Duty], control: Control) -> list[str]:
    """The articles that the control's crosswalk names and that bind the organisation because of a system of its own."""
    binding = [duty.ref for duty in duties if duty.outcome]
    told = [a for a in control.crosswalk.eu_ai_act if any(_same_article(a, ref) for ref in binding)]
    return [_("The AI Act asks for it: %(articles)s.") % {"articles": ", ".join(told)}] if told else []


def _same_article(one: str, other: str) -> bool:
    """Whether two references meet: the same article, and no two different paragraphs of it."""
    a, b = ARTICLE.match(one), ARTICLE.match(other)
    if a is None or b is None or a[1] != b[1]:
        return False
    return not (a[2] and b[2]) or bool(_paragraphs(a) & _paragraphs(b))


def _paragraphs(found: "re.Match[str]") -> set[int]:
    return set(range(int(found[2]), int(found[3] or found[2]) + 1))


def _because_of_us(facts: Facts, control: Control) -> list[str]:
    """What we are for whom the control is meant: with the systems where they are recorded."""
    return [words for side in control.typical_roles if (words := _we(facts, side))]


def _we(facts: Facts, side: str) -> str:
    names = [system.title for system in facts.systems if side in system.sides]
    if side not in facts.sides:
        return ""
    if not names:
        return {
            PROVIDER: _("We provide AI systems to others."),
            PRODUCER: _("We develop AI systems."),
            USER: _("We use AI systems."),
        }[side]
    sentence = {
        PROVIDER: _("We provide %(systems)s."),
        PRODUCER: _("We develop %(systems)s."),
        USER: _("We use %(systems)s."),
    }[side]
    return sentence % {"systems": _listed(names)}


def _listed(names: list[str]) -> str:
    more = len(names) - NAMED
    shown = ", ".join(names[:NAMED])
    if more <= 0:
        return shown
    return ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more) % {
        "names": shown,
        "n": more,
    }


def _outside(facts: Facts, control: Control) -> str:
    """Why a control is not for us."""
    if control.code == "A.10.4":
        return _("We provide no AI system to anybody, so there are no customers to whom it could apply.")
    if USER in facts.sides:
        return _("We only use AI systems; we neither provide nor develop any.")
    return _("It is meant for organisations in another role than ours.")


def _doubt(facts: Facts, control: Control) -> str:
    """Why an inclusion wants a second look; empty where it does not."""
    if control.code in OWN_USE and USER not in facts.sides:
        return _("No AI system that we use ourselves is recorded: look at the tools of our own staff.")
    if control.code == "A.10.3" and facts.systems and _all_own(facts):
        return _("All our systems are our own: look for suppliers of data, models and computing.")
    return ""


def _all_own(facts: Facts) -> bool:
    return all(system.sourcing == AISystem.Sourcing.IN_HOUSE for system in facts.systems)


def _waits(facts: Facts, control: Control) -> str:
    """That no system is at a stage of the control yet; empty where one is, or where stages say nothing."""
    if control.area in ALL_OF_US or not facts.systems:
        return ""
    if any(system.stage in control.life_cycle_stages for system in facts.systems):
        return ""
    stages = ", ".join(str(AISystem.Stage(code).label) for code in control.life_cycle_stages)
    return _("No system is at one of its stages now: %(stages)s.") % {"stages": stages}
