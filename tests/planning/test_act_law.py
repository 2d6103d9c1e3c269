"""The duties under the AI Act with what answers them, the rules of law each broken once and mended, and the drafts."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.test import Client

from aims.catalogue import edition
from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.profile import Kind, Profile, keep_profile
from aims.records.access import visible
from aims.records.changes import create, move, write
from aims.records.registry import Gap, registers
from aims.records.signatures import canonical, digest_of, sign
from context.models import AISystem, SystemVersion
from operation.models import Dataset, SystemFile
from planning import act_rules, rules
from planning.act_answered import counted, holders, kind_of, system_field
from planning.act_duties import Duties, tally
from planning.act_form_views import described
from planning.act_forms import COMPUTED, KINDS, Entry, draft, forms_for
from planning.ai_act import version
from planning.models import AIActAnswer, ConformityFile, ImpactAssessment, LegalRequirement
from support.models import Training
from tests.pages.markup import Page
from tests.people import World
from tests.planning.test_act_versions import NEW, OLD, PLAIN, SCORES

SUPPORT = edition().act_support
law = rules.law


def found(gaps: Iterable[Gap]) -> list[str]:
    return [gap.ref for gap in gaps]


def system(world: World, *roles: str, title: str = "TalentSift", **data: Any) -> AISystem:
    parts = {"roles": [{"role": role} for role in roles]}
    return create(world.officer, AISystem, {"title": title, "purpose": "Order applications", **data}, parts)


def sheet(world: World, about: AISystem, answers: Any, approve: bool = True) -> AIActAnswer:
    given = {"title": about.title, "system": about, "owner": world.contributor.id, "rationale": "x"}
    record = create(world.officer, AIActAnswer, given | {"answers": answers, "assessed_on": "2026-11-24"})
    if not approve:
        return record
    record = write(world.contributor, record, {"rationale": "Ranks applicants"})
    shown = digest_of(canonical(record))
    return sign(world.officer, record, "approve", record.version, shown, "password")


# ── the table of answers ──


def test_every_duty_has_an_answer_and_says_what_a_certificate_leaves_open() -> None:
    act = edition().ai_act
    refs = {duty.ref for duties in act.obligations.values() for duty in duties}
    refs |= {rule.ref for rule in (*act.gpai.model_duties, *act.gpai.systemic)}
    refs |= {case.ref for case in act.transparency} | {"Art. 5", "Art. 6", "Art. 6(4)", "Art. 2(2)"}
    assert refs - {row.ref for row in SUPPORT.answers} == set()
    assert all(row.lacks and row.records and row.codes for row in SUPPORT.answers)
    named = {code for row in SUPPORT.answers for code in row.standards}
    assert named == {standard.code for standard in SUPPORT.standards}
    assert "prEN 18286" in (SUPPORT.answer("Art. 17") or SUPPORT.answers[0]).standards


def test_every_kind_of_record_that_answers_a_duty_is_kept_somewhere() -> None:
    specs = {spec for row in SUPPORT.answers for spec in row.records}
    assert [spec for spec in sorted(specs) if not holders(spec)] == []
    by_path = {register.path: system_field(register) for register in registers()}
    assert (by_path["ai-systems"], by_path["ai-risks"], by_path["datasets"]) == ("pk", "system", "systems")
    assert by_path["ai-policies"] == ""


def test_every_source_of_a_form_is_a_field_or_a_kind_of_record() -> None:
    models: dict[str, Any] = {"system": AISystem, **KINDS}
    ml = {field.code for field in edition().machine_learning.fields()}
    for form in SUPPORT.forms:
        for point in form.points:
            for source in point.sources:
                of, _dot, name = source.partition(".")
                if source.startswith("record:"):
                    assert holders(source.removeprefix("record:")), source
                elif of == "ml":
                    assert name in ml, source
                elif of != "organisation" and not (of == "sheet" and name in COMPUTED):
                    models[of]._meta.get_field(name)
    assert [len(form.points) for form in SUPPORT.forms] == [23, 13, 9, 5]  # Annex IV; Annex VIII A, B, C


# ── duties ──


def test_duties_follow_roles_and_are_answered_by_records(inside: World) -> None:
    about = system(inside, "eu_provider", "eu_deployer")
    sheet(inside, about, PLAIN | {"Q6": "section_a", "Q7": True})
    rows = {(r.duty.role, r.duty.ref): r for r in Duties(inside.officer).of(about.pk)}
    data = rows["provider", "Art. 10"]
    assert data.standing == "nothing" and not data.in_force and not data.unanswered
    assert {kind.standing for kind in data.kinds} == {"nothing"}
    assert "system=" in data.kinds[0].new_url
    assert ("deployer", "Art. 26(2)") in rows and ("deployer", "Art. 27") not in rows  # Annex III only
    record = create(inside.officer, Dataset, {"title": "X-rays", "use": "training", "systems": [about.pk]})
    create(inside.officer, Dataset, {"title": "Of all", "use": "training"})
    row = next(r for r in Duties(inside.officer).of(about.pk) if r.duty.ref == "Art. 10")
    assert row.standing == "partly" and row.kinds[0].holdings[0].number == 2  # begun: drafts only
    move(inside.officer, record, "put_in_force")
    row = next(r for r in Duties(inside.officer).of(about.pk) if r.duty.ref == "Art. 10")
    assert row.standing == "answered" and tally([row])["answered"] == 1


def test_a_record_of_another_system_or_kind_answers_nothing(inside: World) -> None:
    about, other = system(inside), system(inside, title="PanelEye")
    for one, kind in ((other, "event_log"), (about, "model")):
        row = create(inside.officer, SystemFile, {"title": kind, "system": one, "kind": kind})
        move(inside.officer, row, "put_in_force")
    counts = counted(inside.officer, ["event_log", "model", "ai_system:oversight"])
    assert kind_of(counts, "event_log", about.pk).standing == "nothing"
    assert kind_of(counts, "event_log", other.pk).standing == "answered"
    assert kind_of(counts, "model", about.pk).standing == "answered"
    assert kind_of(counts, "ai_system:oversight", about.pk).standing == "nothing"
    write(inside.officer, about, {"oversight": "A person decides."})
    counts = counted(inside.officer, ["ai_system:oversight"])
    assert kind_of(counts, "ai_system:oversight", about.pk).standing == "begun"  # the system is a draft


def test_each_role_under_the_act_has_its_duties(inside: World) -> None:
    about = system(inside, "eu_importer", "eu_distributor")
    sheet(inside, about, SCORES)
    found_ = {(row.duty.role, row.duty.ref) for row in Duties(inside.officer).of(about.pk)}
    assert found_ >= {("importer", "Art. 23"), ("distributor", "Art. 24")}
    assert not any(role in ("provider", "deployer") for role, _ref in found_)
    maker = system(inside, "eu_product_manufacturer", title="Lift")
    sheet(inside, maker, PLAIN | {"Q6": "section_a", "Q7": True})
    assert ("provider", "Art. 43") in {(r.duty.role, r.duty.ref) for r in Duties(inside.officer).of(maker.pk)}


def test_the_legal_register_says_how_a_duty_is_judged(inside: World) -> None:
    source = {"source": "Regulation (EU) 2024/1689, Art. 4", "kind": "law", "asks": "Literacy"}
    create(inside.officer, LegalRequirement, {"title": "AI literacy", "verdict": "partly", **source})
    system(inside, "eu_deployer")
    row = next(row for row in Duties(inside.officer).rows if row.duty.ref == "Art. 4")
    assert row.in_force and row.standing == "nothing" and row.legal is not None
    assert row.legal.verdict == "partly" and not row.unanswered


def test_questions_do_not_grow_with_systems(inside: World, django_assert_max_num_queries: Any) -> None:
    system(inside, "eu_deployer")
    with django_assert_max_num_queries(30) as few:
        assert Duties(inside.officer).rows
    for number in range(5):
        about = system(inside, "eu_provider", title=f"S{number}")
        sheet(inside, about, SCORES)
    with django_assert_max_num_queries(30) as many:
        assert len(Duties(inside.officer).rows) > 50
    assert len(many) - len(few) <= 2  # roles and sheets are asked for once there are systems


# ── the rules, each broken once and mended ──


def test_a_system_in_scope_is_classified(inside: World) -> None:
    about = system(inside)
    assert found(law.not_classified(inside.officer)) == [about.ref]
    sheet(inside, about, PLAIN, approve=False)
    assert found(law.not_classified(inside.officer)) == [about.ref]  # a draft classifies nothing
    sheet(inside, about, PLAIN)
    assert found(law.not_classified(inside.officer)) == []


def test_a_class_under_older_rules_is_found(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    record = sheet(inside, system(inside), SCORES)
    other = sheet(inside, system(inside, title="Spam filter"), PLAIN)
    assert found(law.older_rules(inside.officer)) == []
    monkeypatch.setattr(act_rules, "versions", lambda: {"2026-11-24": OLD, "2028-01-01": NEW})
    gaps = list(law.older_rules(inside.officer))
    assert [(gap.ref, gap.grade) for gap in gaps] == [(record.ref, "minor"), (other.ref, "observation")]
    assert str(record.pk) in gaps[0].url
    newer = sheet(inside, other.system, PLAIN)
    assert newer.rules == version(NEW) and found(law.older_rules(inside.officer)) == [record.ref]


def test_a_prohibited_practice_is_not_in_use(inside: World) -> None:
    about = move(inside.officer, system(inside), "put_in_force")
    ban = PLAIN | {"Q5": ["social_scoring"], "Q5x": {"social_scoring": False}}
    sheet(inside, about, ban)
    assert [(g.ref, g.grade) for g in law.prohibited_in_use(inside.officer)] == [(about.ref, "major")]
    move(inside.officer, visible(inside.officer, AISystem).get(pk=about.pk), "withdraw", note="Stopped")
    assert found(law.prohibited_in_use(inside.officer)) == []


def test_who_must_assess_fundamental_rights_does(inside: World) -> None:
    about = system(inside, "eu_deployer")
    sheet(inside, about, SCORES | {"Q8": ["5.b"]})
    jobs = system(inside, "eu_deployer", title="Jobs")
    sheet(inside, jobs, SCORES)  # recruiting by a private body: Art. 27 does not ask
    assert found(law.rights_not_assessed(inside.officer)) == [about.ref]
    keep_profile(inside.orvanne.pk, Profile(kind=Kind.PUBLIC))
    assert found(law.rights_not_assessed(inside.officer)) == [about.ref, jobs.ref]
    keep_profile(inside.orvanne.pk, Profile())
    given = {"title": "Rights", "system": about, "rights_duty": "credit_or_insurance"}
    record = create(inside.officer, ImpactAssessment, given)
    assert found(law.rights_not_assessed(inside.officer)) == [about.ref]
    ImpactAssessment.objects.filter(pk=record.pk).update(state="approved")
    assert found(law.rights_not_assessed(inside.officer)) == []


def test_an_exemption_has_its_reason(inside: World) -> None:
    exempt = PLAIN | {"Q8": ["4.a"], "Q9": False, "Q10": {"no_significant_risk": True, "options": ["a"]}}
    record = sheet(inside, system(inside), exempt, approve=False)
    assert found(law.exemption_without_reason(inside.officer)) == [record.ref]
    write(inside.officer, record, {"answers": exempt | {"why": {"Q10": "It changes the layout only."}}})
    assert found(law.exemption_without_reason(inside.officer)) == []


def test_a_duty_in_force_is_answered(inside: World) -> None:
    about = system(inside, "eu_provider", title="Orva Assist")
    sheet(inside, about, PLAIN | {"Q11": ["synthetic_content"]})
    gaps = list(law.duty_unanswered(inside.officer))
    assert [gap.ref for gap in gaps] == [about.title] and "Art. 50(2)" in gaps[0].title
    row = create(inside.officer, SystemFile, {"title": "Marks", "system": about, "kind": "requirement"})
    assert found(law.duty_unanswered(inside.officer)) == []
    move(inside.officer, row, "withdraw", note="Not ours")
    assert found(law.duty_unanswered(inside.officer)) == [about.title]


def test_literacy_is_shown(inside: World) -> None:
    system(inside, "eu_deployer")
    assert [gap.code for gap in law.literacy_missing(inside.officer)] == ["7.2-a"]
    create(inside.officer, Training, {"title": "AI for clinicians"})
    assert list(law.literacy_missing(inside.officer)) == []


def test_conformity_is_assessed_once_the_act_applies(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    about = system(inside, "eu_provider")
    record = sheet(inside, about, PLAIN | {"Q6": "section_a", "Q7": True})
    assert found(law.conformity_not_assessed(inside.officer)) == []  # from 2028
    AIActAnswer.objects.filter(pk=record.pk).update(applies_from="2026-01-01")
    assert found(law.conformity_not_assessed(inside.officer)) == [about.title]
    together = {gap.title for gap in law.duties_answered(inside.officer)}
    assert "Conformity of this high-risk system is not assessed (Art. 43)." in together
    given = {"title": "CE", "system": about, "assessed_on": "2026-10-01"}
    move(inside.officer, create(inside.officer, ConformityFile, given), "put_in_force")
    assert found(law.conformity_not_assessed(inside.officer)) == []


# ── drafts ──


def test_a_draft_is_filled_with_sources_and_lists_what_is_missing(inside: World) -> None:
    about = system(inside, "eu_provider", oversight="A radiologist decides.")
    create(
        inside.officer,
        SystemVersion,
        {"title": "4.2", "label": "4.2", "system": about, "limits": "Not for children"},
    )
    create(
        inside.officer,
        Dataset,
        {"title": "X-rays", "use": "training", "systems": [about.pk], "source": "Three clinics"},
    )
    form = SUPPORT.form("annex-iv")
    assert form is not None
    made = draft(inside.officer, about, form)
    points = {point.point.code: point for point in made.points}
    texts = [entry.text for entry in points["1(a)"].entries]
    assert "Order applications" in texts and "Orvanne Medical" in texts and "4.2" in texts
    (data,) = points["2(d)"].entries
    assert data.text == "X-rays. Three clinics" and "DAT-" in data.source and "/datasets/" in data.url
    assert [one.text for one in points["3"].entries] == ["Not for children"]
    assert points["8"].missing and "conformity-files/new/" in points["8"].wanting[0].url
    assert not points["1(f)"].missing and not points["1(f)"].entries  # only where it fits
    assert {point.point.code for point in made.missing} >= {"2(g)", "5", "7", "8", "9"}
    create(
        inside.officer, ConformityFile, {"title": "CE", "system": about, "standards": "prEN 18228 in part"}
    )
    made = draft(inside.officer, about, form)
    seven = next(point for point in made.points if point.point.code == "7")
    assert isinstance(seven.entries[0], Entry) and seven.entries[0].text == "prEN 18228 in part"
    eight = next(point for point in made.points if point.point.code == "8")
    assert eight.wanting[0].url.endswith("#id_declared_on")
    paper = described(made, "Orvanne Medical")
    assert [s["heading"] for s in paper["sections"]][0].startswith("1(a)")
    assert any(line.startswith("8 ") for line in paper["sections"][-1]["paragraphs"])


def test_forms_follow_the_class_and_the_exemption_brings_its_reason(inside: World) -> None:
    about = system(inside, "eu_provider")
    exempt = PLAIN | {"Q8": ["4.a"], "Q9": False, "Q10": {"no_significant_risk": True, "options": ["a"]}}
    record = sheet(inside, about, exempt | {"why": {"Q10": "Layout only."}})
    assert [form.code for form in forms_for(record.outcomes, True)] == ["annex-viii-b"]
    assert forms_for(record.outcomes, False) == forms_for([], True, True) == []
    high = ["HIGH_RISK_ANNEX_I", "HIGH_RISK_ANNEX_III"]
    assert [form.code for form in forms_for(high, True, True)] == ["annex-iv", "annex-viii-a", "annex-viii-c"]
    made = draft(inside.officer, about, forms_for(record.outcomes, True)[0])
    points = {point.point.code: point for point in made.points}
    assert "Narrow procedural task" in points["B6"].entries[0].text
    assert points["B7"].entries[0].text == "Layout only." and record.ref in points["B7"].entries[0].source


def test_nobody_declares_before_conformity_is_assessed(inside: World) -> None:
    about = system(inside)
    with pytest.raises(Exception, match="marked fields"):
        create(inside.officer, ConformityFile, {"title": "CE", "system": about, "declared_on": "2026-10-01"})


@pytest.fixture
def office(world: World) -> Iterator[tuple[Client, AISystem]]:
    with acting(world.orvanne.pk, world.officer.actor):
        about = system(world, "eu_provider", "eu_deployer")
        sheet(world, about, SCORES)
    client = Client()
    client.force_login(Person.objects.get(pk=world.officer.person_id))
    yield client, about


def test_the_pages_of_law(office: tuple[Client, AISystem]) -> None:
    client, about = office
    words = Page(client.get("/law/").content.decode()).words()
    assert "TalentSift" in words and "What begins to apply" in words and "prEN 18286" in words
    words = Page(client.get(f"/ai-systems/{about.pk}/law/").content.decode()).words()
    assert "As its provider" in words and "As its deployer" in words and "Art. 43" in words
    assert "A certificate of a management system does not replace it." in words
    assert "It profiles natural persons, so the exemption of Art. 6(3) is shut." in words
    base = f"/ai-systems/{about.pk}/law/draft"
    assert (
        "points without an entry" in Page(client.get(f"{base}/?form=annex-viii-a").content.decode()).words()
    )
    assert client.get(f"{base}/?form=nonsense").status_code == 404
    word = client.get(f"{base}.docx?form=annex-iv")
    assert word.status_code == 200 and word.content.startswith(b"PK")
    assert "annex-iv-" in word.headers["Content-Disposition"]


@pytest.mark.nightly
def test_a_draft_on_paper(office: tuple[Client, AISystem]) -> None:
    client, about = office
    paper = client.get(f"/ai-systems/{about.pk}/law/draft.pdf?form=annex-iv")
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF")
