"""Roles to assign (5.3, A.3.2): as many as the organisation's size carries, and those that its duties add.

In a tiny organisation one person holds several, top management stays a person of its own, and somebody from outside takes
the second look: four-eyes rules and the internal audit want another person (6.1.3, 9.2.2).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from aims.organisation.profile import Size
from planning.proposals import PRODUCER, PROVIDER, Facts, SystemFacts

# codes of leadership.RoleAssignment.Role
CONFORMITY, REPORTING, ACCEPTANCE = "aims_conformity", "aims_reporting", "risk_acceptance"
CONCERNS, STOP, OWNER, OVERSEER, OTHER = (
    "concern_handler",
    "stop_authority",
    "system_owner",
    "overseer",
    "other",
)


@dataclass(frozen=True)
class RoleProposal:
    """A role, what it answers for, what it may decide, and what kind of person may hold it beside which others."""

    role: str
    title: str
    person: str
    responsibility: str
    authority: str
    code: str
    system: UUID | None = None


def roles(facts: Facts) -> tuple[RoleProposal, ...]:
    """The roles proposed, those of 5.3 first."""
    return (*_core(facts), *_for_systems(facts), *_by_activity(facts), *_second_look(facts))


def persons(proposed: tuple[RoleProposal, ...]) -> tuple[str, ...]:
    """The different people that are needed."""
    return tuple(dict.fromkeys(role.person for role in proposed))


def _lead(facts: Facts) -> str:
    return _("The one who runs the AIMS, beside other work") if facts.tiny else _("AIMS manager")


def _core(facts: Facts) -> Iterator[RoleProposal]:
    lead = _lead(facts)
    yield RoleProposal(
        CONFORMITY, _("Keeps the AIMS in conformity"), lead,
        _("Keeps the management system as the standard asks for it."),
        _("May stop a use of AI until it is in order."), "5.3",
    )  # fmt: skip
    large = facts.profile.size == Size.LARGE
    yield RoleProposal(
        REPORTING, _("Reports on the AIMS"), _("Quality or compliance director") if large else lead,
        _("Tells top management how the AIMS performs."),
        _("May put the AIMS on the agenda of top management."), "5.3",
    )  # fmt: skip
    yield RoleProposal(
        ACCEPTANCE, _("Accepts residual risk"), _("Top management"),
        _("Decides which AI risk remains acceptable."), _("Accepts or refuses a residual risk."), "6.1.3",
    )  # fmt: skip
    outside = _("Outside reviewer")
    yield RoleProposal(
        CONCERNS, _("Handles concerns"), outside if facts.tiny else _("Somebody outside the AI teams"),
        _("Receives concerns about AI in confidence and follows them up."),
        _("May ask anybody, top management included."), "A.3.3",
    )  # fmt: skip


def _for_systems(facts: Facts) -> Iterator[RoleProposal]:
    """An owner for each system; where a high-risk system is deployed an overseer, where it is provided who may stop it."""
    for system in facts.systems:
        yield _owner(facts, system)
        if system.high and system.deployed:
            yield RoleProposal(
                OVERSEER, _("Oversees %(system)s") % {"system": system.title},
                _("Trained people who work with %(system)s") % {"system": system.title},
                _("Watches what the system does and steps in (AI Act, Art. 26(2))."),
                _("May overrule or stop its result."), "A.9.2", system.key,
            )  # fmt: skip
        if system.high and system.provided:
            yield RoleProposal(
                STOP, _("May withdraw %(system)s") % {"system": system.title},
                _("Quality or compliance director"),
                _("Withdraws or rolls back a version that does harm (AI Act, Art. 20)."),
                _("Withdraws it at any hour, without asking."), "A.3.2", system.key,
            )  # fmt: skip


def _owner(facts: Facts, system: SystemFacts) -> RoleProposal:
    named = {"system": system.title}
    return RoleProposal(
        OWNER, _("Owner of %(system)s") % named,
        _lead(facts) if facts.tiny else _("Head of the unit that answers for %(system)s") % named,
        _("Keeps its record, its risks and its impact assessment up to date."),
        _("Decides on its use within the AI policy."), "A.3.2", system.key,
    )  # fmt: skip


def _by_activity(facts: Facts) -> Iterator[RoleProposal]:
    """What providing, developing and public service add."""
    if PRODUCER in facts.sides:
        yield RoleProposal(
            OTHER, _("Data steward"), _lead(facts) if facts.tiny else _("Data lead"),
            _("Answers for quality, provenance and preparation of data."),
            _("May refuse a data set."), "A.7.2",
        )  # fmt: skip
    if PROVIDER in facts.sides:
        yield RoleProposal(
            OTHER, _("Answers customers on AI"), _lead(facts) if facts.tiny else _("Head of customer support"),
            _("Tells customers what a system can do, its limits, and incidents."),
            _("May inform customers of an incident."), "A.10.4",
        )  # fmt: skip
    if facts.provides_models or facts.provides_high:
        yield RoleProposal(
            OTHER, _("Keeps the technical documentation"), _("Regulatory lead"),
            _("Keeps the documentation that the AI Act asks for (Art. 11, Art. 53)."),
            _("May hold a release until it is complete."), "A.6.2.7",
        )  # fmt: skip
    if facts.profile.public and facts.deploys_high:
        yield RoleProposal(
            OTHER, _("Answers people who are affected"), _("Citizens’ or user service"),
            _("Explains decisions, receives complaints, registers the use (AI Act, Art. 26(8), 27, 86)."),
            _("May ask for a decision to be looked at again by a person."), "A.8.2",
        )  # fmt: skip


def _second_look(facts: Facts) -> Iterator[RoleProposal]:
    """Whoever looks a second time: from outside where the organisation has nobody else."""
    few = facts.profile.size in (Size.TINY, Size.SMALL)
    yield RoleProposal(
        OTHER, _("Internal auditor"),
        _("Outside reviewer") if few else _("Auditor who answers for none of the AI systems"),
        _("Audits the AIMS and reports to top management (9.2)."), _("Sees every record of the audit."), "9.2.2",
    )  # fmt: skip
    if facts.tiny:
        yield RoleProposal(
            OTHER, _("Outside reviewer"), _("Outside reviewer"),
            _("Approves what its author may not approve alone."),
            _("Takes the second look where four eyes are asked for."), "A.3.2",
        )  # fmt: skip
    if facts.profile.size == Size.LARGE or (facts.profile.size == Size.MEDIUM and facts.high):
        yield RoleProposal(
            OTHER, _("AI committee"), _("Heads of law, data protection, security and the units that use AI"),
            _("Advises on new uses, impact assessments and high risks."),
            _("May ask for a new assessment."), "A.3.2",
        )  # fmt: skip
