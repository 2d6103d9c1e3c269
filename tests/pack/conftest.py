"""An organisation with something in it to put into a pack, and packs asked for without a worker."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from aims.catalogue import edition
from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.pack.asking import ask_pack
from aims.pack.collect import collect
from aims.pack.contents import Contents
from aims.pack.models import Pack
from aims.pages.templatetags.marks import inlined_icons
from aims.records.changes import create, lay, write
from aims.records.evidence import add_revision, link
from aims.records.models import Answer, Evidence, Job
from context.models import AISystem
from planning.models import AIRisk, ControlImplementation
from tests.people import World

LAID = ("4.1", "4.3", "6.1.2", "A.2")  # the clauses that the story has lines for
REPORT = b"Sensitivity 0.91, specificity 0.88.\n"


def lay_lines(member: Member) -> None:
    """Empty answers to a few clauses, and the lines of the Statement of Applicability for them."""
    for line in (line for code in LAID for line in edition().lines_of(code)):
        lay(member, Answer, line.code, {"title": line.heading[:200]})
    for line in edition().lines_of("A.2"):
        lay(member, ControlImplementation, line.code, {"title": line.heading[:200]})


def tell(member: Member) -> dict[str, Any]:
    """Answers, a system with a risk, and evidence with a file: by their names."""
    answer = Answer.objects.get(organisation_id=member.organisation_id, code="4.1-a")
    answer = write(
        member, answer, {"text": "We **watch** the law.\n\n- AI Act\n- MDR", "owner": member.id}, 1
    )
    system = create(
        member,
        AISystem,
        {"title": "ThoraScan", "purpose": "Sorts chest X-rays", "owner": member.id},
        {"roles": [{"role": "ai_provider", "note": "we place it on the market"}]},
    )
    ratings = {
        "inherent_likelihood": 4,
        "inherent_organisation": 2,
        "inherent_individuals": 5,
        "inherent_society": 1,
    }
    risk = create(member, AIRisk, {"title": "A late finding", "system": system, **ratings})
    evidence = create(
        member,
        Evidence,
        {"title": "Validation report", "review_due": datetime.date(2020, 1, 1), "owner": member.id},
    )
    revision = add_revision(member, evidence, SimpleUploadedFile("report é.txt", REPORT))
    link(member, evidence, "answers", answer.pk)
    link(member, evidence, "ai-risks", risk.pk)
    return {"answer": answer, "system": system, "risk": risk, "evidence": evidence, "revision": revision}


@pytest.fixture
def story(inside: World) -> Any:
    """The world with the story told; `story.things` has its records."""
    lay_lines(inside.officer)
    inside.things = tell(inside.officer)  # type: ignore[attr-defined]
    return inside


@pytest.fixture
def spoken() -> Iterator[None]:
    """English, Paris, and icons that bring their paths, as the job has them."""
    with translation.override("en"), timezone.override("Europe/Paris"), inlined_icons():
        yield


@pytest.fixture
def contents(story: World, spoken: None) -> Callable[..., Contents]:
    """Collects a pack of some clauses as a member."""

    def gather(*codes: str, member: Member | None = None) -> Contents:
        member = member or story.officer
        return collect(member, asked(member, *codes))

    return gather


def asked(member: Member, *codes: str, **more: Any) -> Pack:
    """A pack that waits for a worker."""
    title, language = more.pop("title", "Stage 1"), more.pop("language", "en")
    return ask_pack(member, title, codes, language, **more)


def acted(pack: Pack, **values: Any) -> None:
    """Set the job of a pack as a worker would."""
    with acting(pack.organisation_id, "task:tests"):
        Job.objects.filter(pk=pack.job_id).update(**values)
