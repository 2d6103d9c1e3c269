"""Every address × every caller × own, another organisation's and unknown ids: who gets in, who is refused, and how.

The addresses come from the URL configuration, the expectations from `expectations`. An address that nobody has thought
of fails by name. Refusals are asked for by every caller at every address, though of many steps at one address only one
is asked for by all, and each other by one of those whom it refuses. What several roles may open is opened by the
compliance officer and one of the others. Who is asked goes in turn from register to register and step to step
(`-m nightly` asks all).
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from aims.organisation.acting import acting
from aims.organisation.roles import Role
from aims.records.access import may_move, visible
from aims.records.registry import Register, registers
from tests.promises import expectations
from tests.promises.addresses import Route, routes
from tests.promises.expectations import Outcome
from tests.promises.house import UNKNOWN, House, Side

MEMBERS = [r for r in routes() if not (r.at.startswith(expectations.SIGN_IN) or r.name in expectations.OPEN)]
WALKED = [r for r in MEMBERS if r.at != expectations.LOST and r.name not in expectations.NOT_FOUND]
TURNED_AWAY = {Outcome.FORBIDDEN: 403, Outcome.HIDDEN: 404}
BUSY = {400, 409, 412, 415, 422, 428}  # what an allowed change without a proper body may get
NOT_YET = {"pack_file", "packs/<uuid:pk>/file/", "sample list"}  # 409 while it is not made
SECRET = re.compile(r'(csrfmiddlewaretoken" value=|X-CSRFToken": |"next" value=)"[^"]*"|csrftoken=\w+')


@pytest.fixture(autouse=True)
def own_folders(undone: None) -> None:
    """The house has its own folders, for the whole module."""


@dataclass(frozen=True)
class Probe:
    """One question: a method at an address, about what a side has or about an id that nobody has."""

    route: Route
    method: str
    whose: str  # own, foreign, unknown
    step: str = ""

    def url(self, house: House) -> str:
        """The address."""
        side = house.side(self.whose)
        values = {"step": self.step, "code": "6.1.2", **self.keys(side)}
        if self.route.name == "save answer":
            values["code"] = side.records["answers"].ref
        if self.whose == "unknown":
            values |= dict.fromkeys(("key", "pk"), UNKNOWN)
        return self.route.url(**values)

    def keys(self, side: Side) -> dict[str, Any]:
        """What fills the gaps of the address."""
        path = self.route.register.path if self.route.register else ""
        kind = expectations.KEYS.get(self.route.key or self.route.name, path)
        name = f"{kind} {path}" if f"{kind} {path}" in side.others else kind
        thing = side.records.get(name) or side.others.get(name)
        link = side.others.get(f"link {path}")
        return {
            "key": thing and thing.pk,
            "pk": thing and thing.pk,
            "link_id": link and link.pk,
            "revision_id": side.others["revision"].pk,
        }

    def ask(self, house: House, client: Client, token: str = "") -> Any:
        """Send it: changes without anything in them."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url, data = self.url(house), {}
        client.cookies.pop("messages", None)  # what an earlier answer still had to say
        if self.route.name == "choose evidence":
            key = house.side(self.whose).records["ai-systems"].pk if self.whose != "unknown" else UNKNOWN
            data = {"to": f"ai-systems:{key}"}
        if self.route.api and self.method != "GET":
            return client.generic(self.method, url, b"{}", "application/json", headers=headers)
        return (
            client.generic(self.method, url, headers=headers)
            if self.method not in ("GET", "POST")
            else (
                client.get(url, data, headers=headers)
                if self.method == "GET"
                else client.post(url, data, headers=headers)
            )
        )


def probes(route: Route, whose: str) -> Iterator[Probe]:
    """The questions to an address: each method; where it names a step, each step is tried and one of them looked at."""
    codes = steps_of(route)
    for method in route.methods:
        for step in codes if method != "GET" and whose == "own" else codes[-1:]:
            yield Probe(route, method, whose, step)


def steps_of(route: Route) -> list[str]:
    """Signatures where one signs, other steps where one moves, and one of the other sort."""
    if "step" not in route.gaps or route.register is None:
        return [""]
    steps = route.register.lifecycle.all_transitions
    here = [
        t.code for t in steps if bool(t.meaning) == (route.name in ("sign", "delegate", "end delegation"))
    ]
    return [t.code for t in steps if t.code not in here][:1] + here


def well_made(answer: Any, route: Route) -> list[str]:
    """What every answer owes: never a 5xx, its headers, and refusals of the API as problem details."""
    wrong = []
    kind, status = answer.headers.get("Content-Type", ""), answer.status_code
    if status >= 500:
        wrong.append(f"{status}")
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        wrong.append("no nosniff")
    if kind.startswith("text/html") or (status >= 400 and not route.api):
        wrong += missing_headers(answer)
    if route.api and status >= 400 and kind != "application/problem+json":
        wrong.append(f"an error as {kind}")
    return wrong


def missing_headers(answer: HttpResponse) -> list[str]:
    """The headers of a page that are missing or weak."""
    parts = [part.split() for part in answer.headers.get("Content-Security-Policy", "").split(";")]
    policy = {words[0]: words[1:] for words in parts if words}
    wrong = [
        n for n in ("default-src", "frame-ancestors", "object-src", "base-uri") if policy.get(n) != ["'none'"]
    ]
    wrong += [n for n in ("script-src", "style-src", "form-action") if policy.get(n) != ["'self'"]]
    wanted = {"Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"}
    return wrong + [name for name, value in wanted.items() if answer.headers.get(name) != value]


def body(answer: Any) -> bytes:
    """The body, streamed or not."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def masked(answer: Any, *ids: str) -> str:
    """Status and body without ids and what differs between any two requests."""
    text = SECRET.sub("…", body(answer).decode())
    for one in ids:
        text = text.replace(one, "…")
    return f"{answer.status_code} {text}"


def granted(answer: Any, probe: Probe) -> bool:
    """Whether an answer is that of somebody who may."""
    status = answer.status_code
    if probe.method == "GET":
        return status < 400 or (status == 409 and (probe.route.key or probe.route.name) in NOT_YET)
    return status < 400 or status in BUSY


@contextmanager
def once(probe: Probe) -> Iterator[None]:
    """What a change does is undone before the next one."""
    if probe.method == "GET":
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def told(wrong: list[str]) -> None:
    """Fail with a line for each thing that is wrong."""
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def judged(house: House, probe: Probe, role: Role, outcome: Outcome) -> list[str]:
    """What is wrong with the answer that a member gets."""
    with once(probe):
        answer = probe.ask(house, house.pages[role], house.tokens[role] if probe.route.api else "")
    wrong = well_made(answer, probe.route)
    if outcome is Outcome.ALLOWED and not granted(answer, probe):
        wrong.append(f"{answer.status_code} for who may")
    if outcome in TURNED_AWAY and answer.status_code != TURNED_AWAY[outcome]:
        wrong.append(f"{answer.status_code} instead of {TURNED_AWAY[outcome]}")
    if outcome is Outcome.HIDDEN and probe.whose != "unknown" and not wrong:
        wrong += told_apart(house, probe, role, answer)
    return [f"{role}: {probe.method} {probe.whose} {probe.step}: {problem}" for problem in wrong]


def told_apart(house: House, probe: Probe, role: Role, answer: Any) -> list[str]:
    """Whether what is hidden answers in another way than what does not exist."""
    key = (role, probe.method, probe.route.at, probe.step)
    ids = [
        UNKNOWN,
        *(str(value) for one in ("own", "foreign") for value in probe.keys(house.side(one)).values()),
    ]
    ids += [house.side(side).records[p].ref for side in ("own", "foreign") for p in ("answers",)]
    if key not in house.nowhere:
        token = house.tokens[role] if probe.route.api else ""
        nowhere = replace(probe, whose="unknown").ask(house, house.pages[role], token)
        house.nowhere[key] = masked(nowhere, *ids)
    one, two = masked(answer, *ids), house.nowhere[key]
    return [] if one == two else [f"told from what does not exist by: {difference(one, two)}"]


def difference(one: str, two: str) -> str:
    """Where two texts begin to differ."""
    place = next(
        (n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    return f"{one[max(0, place - 60) : place + 60]!r} / {two[max(0, place - 60) : place + 60]!r}"


def opened_by(route: Route, method: str, roles: list[Role]) -> list[Role]:
    """Of the roles that may: all that change something over REST, else the officer and one of the others in turn."""
    if (route.api and method != "GET") or len(roles) < 3:
        return roles
    others: list[Role] = [role for role in roles if role != Role.OFFICER]
    return [Role.OFFICER, others[turn(route) % len(others)]] if Role.OFFICER in roles else others


def refused_by(probe: Probe, roles: list[Role]) -> list[Role]:
    """Of the roles that may not: all, and for each further step of an address one in turn."""
    steps = steps_of(probe.route)
    if probe.method == "GET" or probe.step == steps[0] or not roles:
        return roles
    return [roles[(turn(probe.route) + steps.index(probe.step)) % len(roles)]]


def turn(route: Route) -> int:
    """A number that differs from register to register."""
    return registers().index(route.register) if route.register else 0


def walk(house: House, route: Route, every: bool = False) -> list[str]:
    """All that is wrong at an address with ids of one's own organisation."""
    wrong: list[str] = []
    for probe in probes(route, "own"):
        outcomes = {}
        with acting(house.own.world.orvanne.pk, "task:tests"):
            for role, member in house.members.items():
                outcomes[role] = expectations.expected(route, probe.method, member, house.own, probe.step)
        may = [role for role, outcome in outcomes.items() if outcome is Outcome.ALLOWED]
        may_not = [role for role in outcomes if role not in may]
        asked = {*opened_by(route, probe.method, may), *refused_by(probe, may_not)}
        for role in sorted(outcomes if every else asked):
            wrong += judged(house, probe, role, outcomes[role])
    return wrong


def apart(house: House, route: Route) -> list[str]:
    """All that is wrong with another organisation's ids: asked by the officer, and by one of the others in turn."""
    if not ({"key", "pk"} & set(route.gaps) or route.name == "choose evidence"):
        return []
    wrong: list[str] = []
    for probe in probes(route, "foreign"):
        for role in sorted({Role.OFFICER, list(Role)[WALKED.index(route) % len(Role)]}):
            with acting(house.own.world.orvanne.pk, "task:tests"):
                outcome = expectations.expected(
                    route, probe.method, house.members[role], house.own, probe.step
                )
            wrong += kept_apart(house, probe, role, outcome is Outcome.ALLOWED)
    return wrong


def kept_apart(house: House, probe: Probe, role: Role, may: bool) -> list[str]:
    """Whether a foreign id answers as one that nobody has: 404 for who may otherwise, else the refusal of the role."""
    with once(probe):
        answer = probe.ask(house, house.pages[role], house.tokens[role] if probe.route.api else "")
    wrong = well_made(answer, probe.route) + told_apart(house, probe, role, answer)
    if answer.status_code not in ((404,) if may else (403, 404)):
        wrong.append(f"{answer.status_code} for a foreign id")
    return [f"{role}: {probe.method} {probe.step}: {problem}" for problem in wrong]


def outside(house: House, route: Route) -> list[str]:
    """All that is wrong for who is not signed in, and for whose membership has ended: they get nowhere."""
    wrong: list[str] = []
    for probe in probes(route, "own"):
        answer = probe.ask(house, house.stranger)
        if route.api:
            good = answer.status_code == 401 and "Bearer" in answer["WWW-Authenticate"]
        else:
            good = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/?next=")
        wrong += [f"stranger: {probe.method}: {problem}" for problem in well_made(answer, route)]
        wrong += [] if good else [f"stranger: {probe.method} {answer.status_code}"]
        answer = probe.ask(house, house.former, house.former_token if route.api else "")
        wrong += [f"former member: {probe.method}: {problem}" for problem in well_made(answer, route)]
        if answer.status_code != (401 if route.api else 403):
            wrong.append(f"former member: {probe.method} {answer.status_code}")
    return wrong


def other_method(house: House, route: Route) -> list[str]:
    """Whether a method that an address does not know is refused as such."""
    method = next(m for m in ("PUT", "PATCH", "DELETE", "POST") if m not in route.methods)
    probe, token = Probe(route, method, "own", steps_of(route)[0]), house.tokens[Role.ADMINISTRATOR]
    answer = probe.ask(house, house.pages[Role.OFFICER], token if route.api else "")
    return well_made(answer, route) + (
        [] if answer.status_code == 405 else [f"{method}: {answer.status_code}"]
    )


# ── The promises ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("register", registers(), ids=lambda r: r.path)
def test_the_expectations_themselves_are_strict(house: House, register: Register) -> None:
    """What the walk takes for granted: who reads changes nothing, and who contributes changes only what is theirs."""
    changing = ("create", "update", "partial_update", "destroy", "step", "link")
    record = house.own.records[register.path]
    with acting(house.own.world.orvanne.pk, "task:tests"):
        for role, member in house.members.items():
            may = {
                action
                for action in changing
                if expectations.ACTIONS[action](member, house.own, register, "") is Outcome.ALLOWED
            }
            owns, writes = record.owner_id == member.id, role in register.writers
            if role == Role.READER or (role == Role.AUDITOR and not writes):
                assert may == set(), role
            elif role in (Role.CONTRIBUTOR, Role.EXECUTIVE) and not (owns or writes):
                assert not may & {"create", "update", "partial_update"}, role
            elif role in (Role.ADMINISTRATOR, Role.OFFICER) and expectations.seen(member, record):
                assert {"update", "partial_update", "step", "link"} <= may, role


def test_somebody_has_thought_of_every_address() -> None:
    assert [f"{r.at} ({r.name})" for r in routes() if not expectations.known(r)] == []


def test_every_expectation_is_of_an_address_that_exists() -> None:
    keys = {r.key or r.name for r in routes()} | {r.name for r in routes()}
    assert [key for key in expectations.LONE if key.split(" GET")[0].split(" POST")[0] not in keys] == []


@pytest.mark.parametrize("route", WALKED, ids=lambda r: r.at)
def test_every_caller_gets_what_it_may_and_a_clear_no(house: House, route: Route) -> None:
    told([*walk(house, route), *apart(house, route), *outside(house, route), *other_method(house, route)])


@pytest.mark.nightly
@pytest.mark.parametrize("route", WALKED, ids=lambda r: r.at)
def test_every_address_is_asked_for_by_every_role(house: House, route: Route) -> None:
    told(walk(house, route, every=True))


@pytest.mark.parametrize("register", registers(), ids=lambda r: r.path)
def test_lists_hold_what_is_open_and_nothing_else(house: House, register: Register) -> None:
    ref = house.own.records[register.path].ref
    wrong = []
    for role in Role:
        with acting(house.own.world.orvanne.pk, "task:tests"):
            rows = visible(house.members[role], register.model)
            open_ = {str(key) for key in rows.values_list("pk", flat=True)}
            shown = rows.filter(ref=ref).exists()
        headers = {"Authorization": f"Bearer {house.tokens[role]}"}
        listed = house.stranger.get(f"/api/v1/{register.path}/?limit=200&fields=id", headers=headers).json()
        if {row["id"] for row in listed["results"]} != open_:
            wrong.append(f"{role}: the API lists {len(listed['results'])} of {len(open_)}")
        lines = body(house.pages[role].get(f"/registers/{register.path}/export.csv")).decode()
        if (ref in lines) != shown:
            wrong.append(f"{role}: {ref} {'is' if ref in lines else 'is not'} in the export")
    told(wrong)


@pytest.mark.parametrize("register", registers(), ids=lambda r: r.path)
def test_many_at_once_are_no_way_round(house: House, register: Register) -> None:
    record = house.own.records[register.path]
    step = next(t for t in register.lifecycle.all_transitions if t.code == "withdraw")
    data = {
        "picked": str(record.pk),
        "act": "withdraw",
        "stage": "do",
        "note": "x",
        f"v-{record.pk}": record.version,
    }
    wrong = []
    for role in Role:
        with acting(house.own.world.orvanne.pk, "task:tests"):
            member = house.members[role]
            sees, may = expectations.seen(member, record), may_move(member, record, step)
        with transaction.atomic():
            answer = house.pages[role].post(f"/registers/{register.path}/bulk/", data)
            with acting(house.own.world.orvanne.pk, "task:tests"):
                done = register.model._default_manager.filter(pk=record.pk, state="withdrawn").exists()
            transaction.set_rollback(True)
        expected = 302 if not sees else 200 if may else 403
        if answer.status_code != expected or done > may:
            wrong.append(f"{role}: {answer.status_code} instead of {expected}")
    told(wrong)


@pytest.mark.parametrize("route", [r for r in routes() if r not in MEMBERS], ids=lambda r: r.at)
def test_what_is_open_breaks_for_nobody(house: House, route: Route) -> None:
    """The sign-in and its neighbours: for strangers, members and former ones, with ids and keys that nobody has."""
    at = route.at.replace("~^", "").replace("$", "")
    at = re.sub(r"\(\?P<\w+>(?:[^()]|\([^)]*\))*\)", "x1", re.sub(r"<int:pk>", "7", at))
    wrong = []
    signed: list[Any] = [{}, house.pages[Role.OFFICER].cookies, house.former.cookies]
    for cookies in signed:
        for method in route.methods:
            client = Client(raise_request_exception=False)  # one may sign out
            client.cookies.update(cookies)
            with transaction.atomic():
                answer = client.generic(method, f"/{at}")
                transaction.set_rollback(True)
            if answer.status_code not in (200, 302, 400, 404, 405, 422):
                wrong.append(f"{method} {answer.status_code}")
            wrong += well_made(answer, route)
    told(wrong)


@pytest.mark.parametrize(
    "at", ["nothing/", "ai-systems/x/", "ai-systems/%00/", "../ai-systems/", "ai-systems/1/2/3/4/"]
)
def test_lost_addresses_of_the_api_are_problems(house: House, at: str) -> None:
    lost = next(r for r in routes() if r.at == expectations.LOST)
    for token in house.tokens[Role.OFFICER], "nobody's", "":
        answer = Client().get(f"/api/v1/{at}", headers={"Authorization": f"Bearer {token}"} if token else {})
        assert answer.status_code in (400, 404) and well_made(answer, lost) == []


def test_nobody_changes_to_an_organisation_of_others(house: House) -> None:
    client = house.pages[Role.OFFICER]
    answers = [
        client.post("/organisation/", {"organisation": key})
        for key in (str(house.foreign.world.orvanne.pk), UNKNOWN, "nonsense", "")
    ]
    assert {masked(answer) for answer in answers} == {masked(answers[0])}
    assert answers[0].status_code == 404


@pytest.mark.parametrize("at", ["/", "/api/v1/ai-systems/"])
def test_what_breaks_on_our_side_is_a_page_or_a_problem_too(
    house: House, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_options: Any) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("aims.pages.views.work.open_tasks", broken)
    monkeypatch.setattr("aims.api.registers.listing", broken)
    route = next(r for r in routes() if f"/{r.at}" == at)
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    answer = Probe(route, "GET", "own").ask(house, house.pages[Role.OFFICER], house.tokens[Role.OFFICER])
    logging.getLogger("django.request").setLevel(logging.ERROR)
    assert answer.status_code == 500 and well_made(answer, route) == ["500"]
    assert b"secret" not in answer.content and b"Traceback" not in answer.content
