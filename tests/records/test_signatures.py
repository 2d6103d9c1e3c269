"""Signatures hold what was shown, once, whatever happens at the same moment; and they say who signed in whose place."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from aims.organisation.acting import acting
from aims.organisation.refused import Refused
from aims.records.changes import write
from aims.records.models import Signature
from aims.records.signatures import canonical, digest_of, sign, standing
from evaluation.models import ManagementReview
from tests.evaluation.story import held, told
from tests.people import World, make_world

MANY, ROUNDS = 50, 12


@pytest.fixture
def apart(transactional_db: None) -> World:
    """The world, committed: others must see it."""
    return make_world()


@pytest.fixture
def waiting(apart: World) -> ManagementReview:
    """A review that waits for its signature."""
    with acting(apart.orvanne.pk, apart.officer.actor):
        return held(apart)


def outcome(work: Callable[[], Any]) -> str:
    """How it went: done, or the code of the refusal. The thread's connection is closed."""
    try:
        work()
    except Refused as refusal:
        return refusal.code
    finally:
        connection.close()
    return "done"


def together(*works: Callable[[], Any]) -> list[str]:
    """Do things at the same moment, each in a thread of its own."""
    barrier = Barrier(len(works))

    def start(work: Callable[[], Any]) -> str:
        barrier.wait(30)
        return outcome(work)

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(start, works))


def seen(world: World, review: ManagementReview) -> tuple[int, str]:
    """What somebody has in front of them: the version and the digest of what is shown."""
    with acting(world.orvanne.pk, world.executive.actor):
        now = ManagementReview.objects.get(pk=review.pk)
        return now.version, digest_of(canonical(now))


def signing(world: World, review: ManagementReview, version: int, shown: str) -> Callable[[], Any]:
    def work() -> None:
        with acting(world.orvanne.pk, world.executive.actor):
            sign(world.executive, review, "sign", version, shown, "passkey")

    return work


def editing(world: World, review: ManagementReview, minutes: str) -> Callable[[], Any]:
    def work() -> None:
        with acting(world.orvanne.pk, world.officer.actor):
            parts = {
                "decisions": [
                    {"kind": "other", "text": minutes, "owner": world.officer.id, "due": date(2027, 1, 1)}
                ]
            }
            write(world.officer, review, {"minutes": minutes}, parts=parts)

    return work


@pytest.fixture
def signatures(apart: World) -> Iterator[Callable[[], list[Signature]]]:
    def rows() -> list[Signature]:
        with acting(apart.orvanne.pk, apart.officer.actor):
            return list(Signature.objects.all())

    yield rows


def test_fifty_sign_offs_at_once_by_one_signer_give_one_signature(
    apart: World, waiting: ManagementReview, signatures: Callable[[], list[Signature]]
) -> None:
    version, shown = seen(apart, waiting)
    work = signing(apart, waiting, version, shown)
    outcomes = together(*[work] * MANY)
    assert len(outcomes) == MANY and outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "stale", "transition", "locked"}
    (signature,) = signatures()
    assert signature.digest == shown


def test_a_late_sign_off_on_a_signed_record_adds_nothing(
    apart: World, waiting: ManagementReview, signatures: Callable[[], list[Signature]]
) -> None:
    version, shown = seen(apart, waiting)
    assert outcome(signing(apart, waiting, version, shown)) == "done"
    assert outcome(signing(apart, waiting, version + 1, shown)) != "done"
    assert len(signatures()) == 1


def test_an_edit_at_the_same_moment_never_changes_what_is_signed(
    apart: World, waiting: ManagementReview, signatures: Callable[[], list[Signature]]
) -> None:
    for number in range(ROUNDS):
        version, shown = seen(apart, waiting)
        text = f"Minutes of round {number}."
        signed_, edited = together(signing(apart, waiting, version, shown), editing(apart, waiting, text))
        assert sorted((signed_, edited)) in (["done", "locked"], ["done", "stale"]), (signed_, edited)
        if signed_ == "done":
            (row,) = signatures()
            assert row.digest == shown == digest_of(row.content)
            assert json.loads(row.content)["minutes"] != text
            return
    assert (
        signatures() == []
    )  # the edit was first each time: nothing but what was shown would have been signed


def test_the_edit_that_comes_first_leaves_no_signature(apart: World, waiting: ManagementReview) -> None:
    version, shown = seen(apart, waiting)
    assert outcome(editing(apart, waiting, "Other minutes.")) == "done"
    for claimed in (version, version + 1):  # with the old version, and with the new one over the old content
        assert outcome(signing(apart, waiting, claimed, shown)) == "stale"
    with acting(apart.orvanne.pk, apart.officer.actor):
        assert not Signature.objects.exists()


def test_an_edit_of_a_part_alone_is_seen(inside: World) -> None:
    review = held(inside)
    shown = digest_of(canonical(review))
    rows = [
        {"kind": "other", "text": "Another decision", "owner": inside.officer.id, "due": date(2027, 1, 1)}
    ]
    review = write(inside.officer, review, {}, parts={"inputs": told(review), "decisions": rows})
    with pytest.raises(Refused) as refused:
        sign(inside.executive, review, "sign", review.version, shown, "passkey")
    assert refused.value.code == "stale"


def test_a_changed_field_voids_the_signature_and_one_outside_does_not(inside: World) -> None:
    review = held(inside)
    sign(inside.executive, review, "sign", review.version, digest_of(canonical(review)), "passkey")
    review.refresh_from_db()
    ((_signature, stands),) = standing(review)
    assert stands  # state and version moved: they are not content
    ManagementReview.objects.filter(pk=review.pk).update(minutes="Otherwise")
    ((_signature, stands),) = standing(review)
    assert not stands


def test_the_signature_is_linked_to_its_record_and_cannot_be_copied(inside: World) -> None:
    one, other = held(inside), held(inside, title="Other")
    shown = digest_of(canonical(one))
    with pytest.raises(Refused) as refused:
        sign(inside.executive, other, "sign", other.version, shown, "passkey")
    assert refused.value.code == "stale"
    assert json.loads(canonical(one))["ref"] == one.ref
