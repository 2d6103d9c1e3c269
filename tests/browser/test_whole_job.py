"""The whole job in a browser: from the sign-in to a downloaded evidence pack, by the people who do it."""

import datetime
import io
import json
import urllib.request
from typing import Any
from unittest import mock

import pypdf
import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page, expect

from aims.organisation.acting import acting
from aims.pack.models import Pack
from aims.records.changes import move, write
from aims.records.models import Answer, Link, Signature
from aims.records.tasks import do_job
from aims.schedule.tasks import tick
from evaluation.models import Audit, ManagementReview
from evaluation.tasks import schedule_audits, schedule_management_reviews
from improvement.tasks import follow_up_nonconformities
from tests.browser.conftest import Visit, Visitor, apart
from tests.evaluation.story import row, told
from tests.people import PASSWORD, World
from tests.promises.house import token_of
from tests.records.authenticators import code_now, codes_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LINE = "6.1.2"
ANSWER = (
    "Every AI system is assessed before its release and once a year, with the criteria of our risk policy."
)


@pytest.fixture
def wrong() -> Any:
    """What axe found on the way."""
    found: list[str] = []
    yield found
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def sign_in(visitor: Visitor, email: str) -> Page:
    """By the form, as everybody."""
    page = visitor.go("/")
    page.get_by_label("Work e-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Today")
    return page


# ── What the database says ───────────────────────────────────────────────


def ready(world: World) -> Answer:
    """The one answer that is ready."""
    with acting(world.orvanne.pk, "task:tests"):
        return Answer.objects.get(state="ready")


def linked(world: World) -> str:
    """The line for which evidence speaks."""
    with acting(world.orvanne.pk, "task:tests"):
        return Answer.objects.get(pk=Link.objects.get().record_id).code


def passed(world: World) -> tuple[Audit, ManagementReview]:
    """A year in the clock of the tasks, and what came of it."""
    for days in (1, 320):
        later = timezone.now() + datetime.timedelta(days=days)
        with mock.patch("django.utils.timezone.now", return_value=later):
            for task in (tick, schedule_audits, schedule_management_reviews, follow_up_nonconformities):
                task()
    with acting(world.orvanne.pk, "task:tests"):
        return Audit.objects.get(), ManagementReview.objects.get()


def signed(world: World) -> tuple[Any, Any, str]:
    """Who signed what, and how it stands now."""
    with acting(world.orvanne.pk, "task:tests"):
        signature = Signature.objects.get()
        return signature.signer_id, signature.record_id, ManagementReview.objects.get().state


def build(world: World) -> None:
    """What a worker does when it is woken."""
    with acting(world.orvanne.pk, "task:tests"):
        job = Pack.objects.get().job_id
    do_job(str(world.orvanne.pk), str(job))


# ── The job ──────────────────────────────────────────────────────────────


def test_from_sign_in_to_the_pack(
    visit: Visit, founded: World, live_server: Any, tmp_path: Any, wrong: list[str]
) -> None:
    nadia = visit()
    sign_in(nadia, "nadia@orvanne.test")
    wrong += nadia.check("Today")
    code = answer_a_line(nadia, founded, wrong)
    link_evidence(nadia, founded, code, tmp_path, wrong)
    case = sync_over_rest(live_server.url, founded)
    see_what_comes_up(nadia, founded, case, wrong)
    sign_the_review(visit(), founded, wrong)
    file = download_the_pack(nadia, founded, wrong)
    assert file.startswith(b"%PDF")
    assert len(pypdf.PdfReader(io.BytesIO(file)).pages) > 10


def answer_a_line(nadia: Visitor, world: World, wrong: list[str]) -> str:
    """Write an answer: it saves itself. Then say that it is ready."""
    page = nadia.go(f"/clauses/{LINE}/")
    page.locator("#id_text").fill(ANSWER)
    page.locator("#id_owner").select_option(label="Nadia Benhaddou")
    expect(page.locator(".saved")).to_contain_text("Saved at")
    wrong += nadia.check("a workspace while somebody types")
    page.get_by_role("button", name="Mark as ready").click()
    expect(page.get_by_role("status").filter(has_text="is saved")).to_be_visible()
    answer = apart(lambda: ready(world))
    assert (answer.text, answer.owner_id) == (ANSWER, world.officer.id)
    return answer.code


def link_evidence(nadia: Visitor, world: World, code: str, folder: Any, wrong: list[str]) -> None:
    """Choose a file in the workspace of the line: it is uploaded and linked."""
    report = folder / "assessment.txt"
    report.write_text("Assessed on 3 November: acceptable.\n")
    page = nadia.go(f"/clauses/{LINE}/?line={code}")
    page.locator(".drop input[type=file]").set_input_files(report)
    expect(page.get_by_role("link", name="assessment", exact=True)).to_be_visible()
    wrong += nadia.check("a workspace with evidence")
    assert apart(lambda: linked(world)) == code


def sync_over_rest(site: str, world: World) -> str:
    """A client with a token adds a nonconformity, reads it, and changes it with its entity tag."""
    token = apart(lambda: token_of(world.officer))

    def call(method: str, path: str, data: Any = None, **headers: str) -> tuple[Any, Any]:
        body = None if data is None else json.dumps(data).encode()
        sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
        request = urllib.request.Request(f"{site}/api/v1/{path}", body, sent, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer), answer.headers

    case = {"title": "Kept in use without assurance", "description": "TalentSift ran for seven months."}
    made, _headers = call("POST", "nonconformities/", {**case, "external_id": "jira-7"})
    read, headers = call("GET", f"nonconformities/{made['id']}/")
    assert read == made
    key = {"If-Match": headers["ETag"]}
    changed, headers = call(
        "PATCH", f"nonconformities/{made['id']}/", {"owner": str(world.officer.id)}, **key
    )
    assert changed["owner"] == str(world.officer.id) and headers["ETag"] == '"2"'
    assert made["id"] in fed(call)
    return str(made["title"])


def fed(call: Any) -> set[str]:
    """The ids in the whole feed of changes."""
    found: set[str] = set()
    after, page = 0, {"results": [{}], "next": 0}
    while page["results"]:
        page, _headers = call("GET", f"changes/?after={after}&limit=200")
        found |= {row["id"] for row in page["results"]}
        after = page["next"]
    return found


def see_what_comes_up(nadia: Visitor, world: World, case: str, wrong: list[str]) -> None:
    """A year goes by in the clock of the tasks: an audit, a management review and follow-ups come up by themselves."""
    audit, review = apart(lambda: passed(world))
    page = nadia.go("/")
    for title in (audit.title, review.title, case):
        expect(page.get_by_role("main").get_by_text(title).first).to_be_visible()
    wrong += nadia.check("Today with work")
    for path, record in (("audits", audit), ("management-reviews", review)):
        page = nadia.go(f"/registers/{path}/")
        page.get_by_role("link", name=record.title).first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(record.title)
        wrong += nadia.check(f"a record of {path}")


def held(world: World) -> ManagementReview:
    """The review that came up, prepared and held: everything that Claire needs to sign it."""
    with acting(world.orvanne.pk, world.officer.actor):
        review = move(world.officer, ManagementReview.objects.get(), "prepare")
        values = {
            "held_on": timezone.localdate(),
            "chair": row(world.executive),
            "attendees": [row(world.executive), row(world.officer)],
            "minutes": "The committee discussed TalentSift at length.",
            "suitability": "confirmed",
            "adequacy": "confirmed",
            "effectiveness": "partly_confirmed",
        }
        decision = {"kind": "aims_change", "text": "Stop rule", "owner": world.officer.id}
        due = timezone.localdate() + datetime.timedelta(days=30)
        parts = {"inputs": told(review), "decisions": [{**decision, "due": due}]}
        return move(world.officer, write(world.officer, review, values, parts=parts), "hold")


def sign_the_review(claire: Visitor, world: World, wrong: list[str]) -> None:
    """Claire reads what she signs and gives both proofs; a wrong one is refused and signs nothing."""
    review = apart(lambda: held(world))
    sign_in(claire, "claire@orvanne.test")
    secret = apart(lambda: codes_for(world.executive))
    page = claire.go(f"/registers/management-reviews/{review.pk}/")
    page.get_by_role("link", name="Sign").first.click()
    expect(page.get_by_text("The committee discussed TalentSift at length.")).to_be_visible()
    wrong += claire.check("the signing page")
    for password, said in (("not my password", "Not signed"), (PASSWORD, review.title)):
        page.get_by_label("Your password").fill(password)
        page.get_by_label("Six-digit code").fill(code_now(secret))
        page.get_by_role("button", name="Sign version").click()
        expect(page.get_by_text(said).first).to_be_visible()
    claire.complaints[:] = [c for c in claire.complaints if "403" not in c]  # the refusal, on the console
    wrong += claire.check("a signed review")
    assert apart(lambda: signed(world)) == (world.executive.id, review.pk, "signed")


def download_the_pack(nadia: Visitor, world: World, wrong: list[str]) -> bytes:
    """Ask for a pack, see it being built, see it done, download it."""
    page = nadia.go("/packs/")
    page.get_by_label("Name").fill("Stage 2")
    wrong += nadia.check("the packs")
    page.get_by_role("button", name="Build the pack").click()
    expect(page.get_by_role("heading", name="Being built")).to_be_visible()
    apart(lambda: build(world))
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    wrong += nadia.check("a pack")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the PDF").click()
    return bytes(download.value.path().read_bytes())


def test_an_answer_with_the_keyboard_alone(visit: Visit, founded: World) -> None:
    nadia = visit(founded.officer)
    page = nadia.go(f"/clauses/{LINE}/")
    tab_to(page, "id_text")
    page.keyboard.type(ANSWER)
    tab_to(page, "id_owner")
    page.keyboard.type("Nadia")
    expect(page.locator(".saved")).to_contain_text("Saved at")
    tab_to(page, value="ready")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="is saved")).to_be_visible()
    answer = apart(lambda: ready(founded))
    assert (answer.text, answer.owner_id) == (ANSWER, founded.officer.id)


def tab_to(page: Page, key: str = "", value: str = "") -> None:
    """Press Tab until the element with an id or a value has the focus; it must show that it has."""
    for _press in range(120):
        page.keyboard.press("Tab")
        here = page.evaluate("({id: document.activeElement.id, value: document.activeElement.value ?? ''})")
        if (key and here["id"] == key) or (value and here["value"] == value):
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            shadow = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
            assert style != "none" or shadow != "none", f"nothing shows that {key or value} has the focus"
            return
    raise AssertionError(f"Tab does not lead to {key or value}")


def test_the_server_works_as_the_application(live_server: Any, founded: World) -> None:
    """Not as the owner of the tables: row security holds in the browser tests too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_user, rolsuper or rolbypassrls from pg_roles where rolname = current_user"
        )
        assert cursor.fetchone() == ("aims_app", False)
        cursor.execute("select count(*) from records_answer")
        assert cursor.fetchone() == (0,)
