"""What proposals follow from: the organisation's profile, its AI systems with their roles, the risks that controls treat.

`gather` reads it in a constant number of statements; `proposals_controls`, `proposals_act`, `proposals_roles` and
`proposals_calendar` are pure functions of it and of the catalogue. Nothing here decides: a person accepts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from aims.organisation.member import Member
from aims.organisation.models import Organisation
from aims.organisation.profile import Activity, Profile, Size, profile_of
from aims.records.access import visible
from context.models import AISystem, SystemRole
from planning.models import AIActAnswer, AIRisk

Role, Outcome = SystemRole.Role, AISystem.Outcome
PROVIDER, PRODUCER, USER = "provider", "producer", "customer_user"  # the catalogue's typical roles
SIDES: Mapping[str, str] = {
    Role.PROVIDER: PROVIDER,
    Role.EU_PROVIDER: PROVIDER,
    Role.PRODUCER: PRODUCER,
    Role.DEVELOPER: PRODUCER,
    Role.CUSTOMER: USER,
    Role.USER: USER,
    Role.EU_DEPLOYER: USER,
}
SAID: Mapping[str, str] = {
    Activity.USES: USER,
    Activity.DEPLOYS: USER,
    Activity.PROVIDES: PROVIDER,
    Activity.PRODUCES: PRODUCER,
}
# roles that the Act treats as a provider (Art. 3(3), 25(3), 3(68), 53)
PROVIDERS = frozenset({Role.EU_PROVIDER, Role.EU_MANUFACTURER, Role.EU_DOWNSTREAM, Role.EU_GPAI})
HIGH = frozenset({Outcome.HIGH_I.value, Outcome.HIGH_III.value, Outcome.HIGH_B.value})
GENERAL = frozenset({Outcome.GPAI.value, Outcome.SYSTEMIC.value})
SERVICES = frozenset({AISystem.Sourcing.API.value, AISystem.Sourcing.SAAS.value})


@dataclass(frozen=True)
class SystemFacts:
    """One AI system in scope. `uses` (points of Annex III) and `cases` (of Art. 50) are what its AI Act answers ticked."""

    title: str
    roles: frozenset[str] = frozenset()
    stage: str = ""
    sourcing: str = ""
    outcomes: tuple[str, ...] = ()
    applies_from: date | None = None
    uses: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()
    key: UUID | None = None

    @property
    def sides(self) -> frozenset[str]:
        """What the organisation is towards it, in the catalogue's three typical roles."""
        return frozenset(SIDES[role] for role in self.roles if role in SIDES)

    @property
    def said_by_law(self) -> bool:
        """Whether a role in terms of the AI Act is recorded: then those say which duties there are."""
        return any(role.startswith("eu_") for role in self.roles)

    @property
    def provided(self) -> bool:
        """Whether the AI Act sees a provider: as recorded, else whoever provides or makes it."""
        if self.said_by_law:
            return bool(PROVIDERS & self.roles)
        return bool(self.sides & {PROVIDER, PRODUCER})

    @property
    def deployed(self) -> bool:
        """Whether the AI Act sees a deployer: as recorded, else whoever uses it."""
        if self.said_by_law:
            return Role.EU_DEPLOYER in self.roles
        return USER in self.sides

    @property
    def high(self) -> bool:
        """Whether it is high-risk under the AI Act."""
        return bool(HIGH & set(self.outcomes))

    @property
    def service(self) -> bool:
        """Whether its supplier runs it."""
        return self.sourcing in SERVICES


@dataclass(frozen=True)
class Facts:
    """All that proposals follow from. `treats`: code of a control → numbers of the risks that it treats."""

    profile: Profile = Profile()
    systems: tuple[SystemFacts, ...] = ()
    treats: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    country: str = "FR"

    @cached_property
    def recorded(self) -> bool:
        """Whether roles are recorded with systems; else the profile alone speaks."""
        return any(system.sides for system in self.systems)

    @cached_property
    def sides(self) -> frozenset[str]:
        """What the organisation is: by the roles recorded, else by its profile."""
        if self.recorded:
            return frozenset(side for system in self.systems for side in system.sides)
        return frozenset(SAID[activity] for activity in self.profile.activities)

    @property
    def tiny(self) -> bool:
        """Whether fewer than ten people work here."""
        return self.profile.size == Size.TINY

    @cached_property
    def high(self) -> bool:
        """Whether any system is high-risk."""
        return any(system.high for system in self.systems)

    @cached_property
    def provides_high(self) -> bool:
        """Whether it provides a high-risk system."""
        return any(system.high and system.provided for system in self.systems)

    @cached_property
    def deploys_high(self) -> bool:
        """Whether it deploys a high-risk system."""
        return any(system.high and system.deployed for system in self.systems)

    @cached_property
    def provides_models(self) -> bool:
        """Whether it provides general-purpose models."""
        return any(system.provided and GENERAL & set(system.outcomes) for system in self.systems)

    @cached_property
    def services_only(self) -> bool:
        """Whether it only uses systems that their suppliers run."""
        return bool(self.systems) and self.sides == {USER} and all(s.service for s in self.systems)


def gather(member: Member) -> Facts:
    """The facts that a member may see."""
    organisation = Organisation.objects.get(pk=member.organisation_id)
    rows = visible(member, AISystem).filter(in_scope=True).exclude(state="withdrawn").order_by("ref")
    systems = list(rows.prefetch_related("roles"))
    answered = _sheets(member, systems)
    return Facts(
        profile=profile_of(organisation),
        systems=tuple(_system(system, answered.get(system.pk)) for system in systems),
        treats=_treats(member),
        country=organisation.country,
    )


def _sheets(member: Member, systems: Iterable[AISystem]) -> dict[Any, AIActAnswer]:
    """The approved answers on each system."""
    rows = visible(member, AIActAnswer).filter(system__in=list(systems), state="approved")
    return {row.system_id: row for row in rows.order_by("ref")}


def _system(system: AISystem, sheet: AIActAnswer | None) -> SystemFacts:
    answers: Mapping[str, Any] = sheet.answers if sheet else {}
    outcomes = (*(sheet.outcomes if sheet else ()), system.act_outcome)
    return SystemFacts(
        title=system.title,
        roles=frozenset(row.role for row in system.roles.all()),
        stage=system.stage,
        sourcing=system.sourcing,
        outcomes=tuple(dict.fromkeys(outcome for outcome in outcomes if outcome)),
        applies_from=sheet.applies_from if sheet else None,
        uses=_ticked(answers, "Q8"),
        cases=_ticked(answers, "Q11"),
        key=system.pk,
    )


def _ticked(answers: Mapping[str, Any], node: str) -> frozenset[str]:
    given = answers.get(node)
    return frozenset(str(code) for code in given) if isinstance(given, list) else frozenset()


def _treats(member: Member) -> dict[str, tuple[str, ...]]:
    """Which risks each control treats, closed and withdrawn ones left out."""
    rows = visible(member, AIRisk).exclude(state__in=["closed", "withdrawn"]).exclude(controls=None)
    found: dict[str, list[str]] = defaultdict(list)
    for ref, code in rows.order_by("ref").values_list("ref", "controls__code"):
        found[code].append(ref)
    return {code: tuple(refs) for code, refs in found.items()}
