"""The AI policy: begun from the template, complete element by element, published, read by everybody."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from aims.organisation.member import Member
from aims.organisation.models import Membership, Organisation, Person
from aims.organisation.refused import Refused
from aims.records.changes import create, move, write
from aims.records.models import Signature
from aims.records.signatures import canonical, digest_of, sign
from aims.schedule.models import Task
from leadership import drafting, readers, rules
from leadership.elements import ELEMENTS, blanks, stands
from leadership.models import AIPolicy, PolicyAcknowledgement, PolicyPublication
from tests.people import World

TODAY = timezone.localdate()
WHOLE: dict[str, Any] = {
    "title": "AI policy",
    "edition": "1.0",
    "text": "Who it binds",
    **dict.fromkeys(
        ("suits", "basis", "requirements", "improvement", "exceptions", "review", "available"), "Said."
    ),
    "effective_from": TODAY,
}
PARTS: dict[str, Any] = {"principles": [{"text": "People decide"}], "links": [{"name": "Privacy policy"}]}


def browser(member: Member) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=member.person_id))
    return client


def policy(world: World, parts: Any = PARTS, **data: Any) -> AIPolicy:
    return create(world.officer, AIPolicy, {**WHOLE, "owner": world.officer.id, **data}, parts)


def approved(world: World, record: AIPolicy) -> AIPolicy:
    record = move(world.officer, record, "submit")
    shown = digest_of(canonical(record))
    signed = sign(world.executive, record, "approve", record.version, shown, "password")
    assert isinstance(signed, AIPolicy)
    return signed


def codes(gaps: Any) -> list[str]:
    return [gap.code for gap in gaps]


# ── The template ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["en", "fr", "fr-ca", "de"])
def test_the_template_covers_each_element_in_the_persons_language(inside: World, language: str) -> None:
    with translation.override(language):
        record = drafting.begin(inside.officer)
    assert {one.element.code for one in stands(record) if one.filled} == {one.code for one in ELEMENTS}
    assert (
        "Orvanne Medical" in record.text
        and "{organisation}" not in f"{record.title}{record.text}{record.suits}"
    )
    assert ("Politique" in record.title) == language.startswith("fr")
    assert record.edition == "1.0" and drafting.begin(inside.officer).edition == "2.0"


def test_both_languages_say_the_same_things() -> None:
    english, french = drafting.template("en"), drafting.template("fr")
    assert english.keys() == french.keys()
    for name in drafting.FIELDS:
        assert english[name].count("[[") == french[name].count("[[") and english[name] != french[name]
    assert len(english["principles"]) == len(french["principles"])


def test_a_blank_of_the_template_is_seen_and_not_approved(inside: World) -> None:
    record = policy(inside, suits="We make [[what]]")
    assert blanks(record) == ["[[what]]"]
    (gap,) = rules.policy_complete(inside.officer)
    assert (gap.code, gap.grade, gap.url.rpartition("#")[2]) == ("5.2-a", "minor", "id_suits")
    with pytest.raises(Refused) as refused:
        approved(inside, record)
    assert "[[what]]" in str(refused.value)
    record = AIPolicy.objects.get(pk=record.pk)
    write(inside.officer, record, {"suits": "We make X-rays"})
    assert codes(rules.policy_complete(inside.officer)) == []


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda one: f"{one.code} {one.place}")
def test_each_element_that_is_missing_is_a_gap(inside: World, element: Any) -> None:
    lacking = {**PARTS, element.place: []} if element.parts else PARTS
    record = policy(inside, lacking, **({} if element.parts else {element.place: ""}))
    (gap,) = rules.policy_complete(inside.officer)
    assert gap.code == element.code and gap.ref == record.ref
    assert gap.grade == ("observation" if element.advised else "minor")
    said = {} if element.parts else {element.place: "Said."}
    write(inside.officer, record, said, parts=PARTS if element.parts else None)
    assert codes(rules.policy_complete(inside.officer)) == []


def test_a_press_makes_a_draft_of_the_template(inside: World) -> None:
    client = browser(inside.officer)
    assert "[[" in client.get("/policy/template/").content.decode()
    answer = client.post("/policy/template/")
    assert (
        answer.status_code == 302 and answer["Location"].endswith("/edit/") and AIPolicy.objects.count() == 1
    )
    assert browser(inside.reader).post("/policy/template/").status_code == 403


# ── Published and read ───────────────────────────────────────────────────


def test_a_policy_in_force_is_published_inside_and_outside(inside: World) -> None:
    assert codes(rules.policy_published(inside.officer)) == []  # nothing in force, nothing to publish
    record = approved(inside, policy(inside))
    assert codes(rules.policy_published(inside.officer)) == ["5.2-g"]
    place = {
        "title": "Intranet",
        "policy": record,
        "audience": "inside",
        "where": "Intranet",
        "published_on": TODAY,
    }
    create(inside.officer, PolicyPublication, place)
    assert codes(rules.policy_published(inside.officer)) == ["5.2-h"]
    create(inside.officer, PolicyPublication, {**place, "audience": "public"})
    assert codes(rules.policy_published(inside.officer)) == []


def test_everybody_whom_it_binds_says_so_once(inside: World) -> None:
    record = approved(inside, policy(inside))
    assert readers.reading(record).bound == 5  # no auditor and no machine
    first = readers.acknowledge(inside.reader, record)
    assert (first.person_id, first.edition, first.how, first.acknowledged_on) == (
        inside.reader.id,
        "1.0",
        "page",
        TODAY,
    )
    assert first.title == "Paul Girard, 1.0" and readers.acknowledge(inside.reader, record).pk == first.pk
    with pytest.raises(Refused):
        readers.acknowledge(inside.auditor, record)
    found = readers.reading(record)
    assert (found.number, len(found.missing)) == (1, 4) and "Paul Girard" not in [
        one.name for one in found.missing
    ]


def test_a_draft_is_not_read(inside: World) -> None:
    with pytest.raises(Refused) as refused:
        readers.acknowledge(inside.reader, policy(inside))
    assert refused.value.code == "transition"


def test_a_new_version_is_read_again(inside: World) -> None:
    first = approved(inside, policy(inside))
    readers.acknowledge(inside.reader, first)
    second = approved(inside, policy(inside, edition="2.0"))
    assert readers.in_use(inside.officer) == second and readers.of_member(inside.reader, second) is None
    revised = write(
        inside.officer, move(inside.officer, second, "revise", note="A law"), {"suits": "Better said."}
    )
    readers.acknowledge(inside.reader, again := approved(inside, revised))
    assert readers.reading(again).number == 1 and PolicyAcknowledgement.objects.count() == 2


def test_nobody_and_late_readers_are_gaps(inside: World) -> None:
    record = approved(inside, policy(inside))
    assert codes(rules.policy_acknowledged(inside.officer)) == ["5.2-g"]
    readers.acknowledge(inside.reader, record)
    assert codes(rules.policy_acknowledged(inside.officer)) == []  # there is still time
    Signature.objects.update(signed_at=timezone.now() - timedelta(days=31))
    (gap,) = rules.policy_acknowledged(inside.officer)
    assert (gap.grade, gap.title[:8]) == ("observation", "4 people")
    for one in readers.reading(record).missing:
        given = {"policy": record, "person": one.pk, "acknowledged_on": TODAY, "how": "meeting"}
        create(inside.officer, PolicyAcknowledgement, given)
    assert codes(rules.policy_acknowledged(inside.officer)) == []


def open_tasks() -> list[str]:
    rows = Task.objects.filter(state=Task.State.OPEN, source__startswith="read:")
    return sorted(rows.values_list("member__name", flat=True))


def test_who_has_not_read_is_asked_until_they_have(inside: World) -> None:
    now, organisation = timezone.now(), Organisation.objects.get(pk=inside.orvanne.pk)
    record = approved(inside, policy(inside))
    readers.chase(organisation, now)
    readers.chase(organisation, now)
    asked = ["Ada Roux", "Claire Vasseur", "Nadia Benhaddou", "Paul Girard", "Yuki Tanaka"]
    assert open_tasks() == asked
    task = Task.objects.get(member=inside.reader.id, source__startswith="read:")
    assert task.url == f"/policy/{record.pk}/" and task.due == TODAY + timedelta(days=14)
    readers.acknowledge(inside.reader, record)
    assert open_tasks() == [name for name in asked if name != "Paul Girard"]
    given = {"policy": record, "person": inside.contributor.id, "acknowledged_on": TODAY}
    create(inside.officer, PolicyAcknowledgement, given)  # on paper
    Membership.objects.filter(pk=inside.executive.id).update(active=False)
    readers.chase(organisation, now)
    assert open_tasks() == ["Ada Roux", "Nadia Benhaddou"]
    second = approved_by_other(inside)
    assert open_tasks() == []  # the old version is not in force any more
    readers.chase(organisation, now)
    assert open_tasks() == [name for name in asked if name != "Claire Vasseur"] and second.edition == "2.0"


def approved_by_other(world: World) -> AIPolicy:
    Membership.objects.filter(pk=world.executive.id).update(active=True)
    record = approved(world, policy(world, edition="2.0"))
    Membership.objects.filter(pk=world.executive.id).update(active=False)
    return record


# ── Its pages ────────────────────────────────────────────────────────────


def test_a_reader_reads_and_presses_once(inside: World) -> None:
    client = browser(inside.reader)
    assert client.get("/policy/")["Location"] == "/registers/ai-policies/"
    record = approved(inside, policy(inside))
    assert client.get("/policy/")["Location"] == f"/policy/{record.pk}/"
    page = client.get(f"/policy/{record.pk}/").content.decode()
    assert "I have read this policy" in page and "5.2-a" in page and "Still missing" in page
    assert client.post(f"/policy/{record.pk}/read/").status_code == 302
    page = client.get(f"/policy/{record.pk}/").content.decode()
    assert "I have read this policy" not in page and "you have read version 1.0" in page
    assert browser(inside.stranger).post(f"/policy/{record.pk}/read/").status_code == 404


def test_the_paper_and_the_comparison(inside: World) -> None:
    old = policy(inside)
    new = policy(inside, edition="1.1", suits="Better said.")
    client = browser(inside.officer)
    assert client.get(f"/policy/{old.pk}/policy.pdf").content.startswith(b"%PDF")
    page = client.get(f"/policy/{new.pk}/compare/?with={old.pk}").content.decode()
    assert "1 difference" in page and "Better said." in page
    record = client.get(f"/registers/ai-policies/{new.pk}/").content.decode()
    assert "What the policy must say, and where it does" in record and "9 of 9" in record


def test_the_number_of_statements_does_not_grow_with_people(
    inside: World, django_assert_num_queries: Any
) -> None:
    record = approved(inside, policy(inside))
    with django_assert_num_queries(2):
        found = readers.reading(record)
    for one in found.missing:
        given = {"policy": record, "person": one.pk, "acknowledged_on": TODAY}
        create(inside.officer, PolicyAcknowledgement, given)
    with django_assert_num_queries(2):
        assert len(readers.reading(record).done) == 5
