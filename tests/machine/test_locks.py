"""One process runs an installation's services; who it is can be read, and its death frees the place."""

import json
import subprocess
import sys
import threading
import time

import pytest

from aims.machine.locks import Held, Holder, alone, holding, read_holder, using
from aims.machine.places import Places

ME = Holder(1234, "script/demo", "http://127.0.0.1:8000")
HOLD = """
import sys, time
from pathlib import Path
from aims.machine.locks import Holder, holding
from aims.machine.places import Places
with holding(Places(Path(sys.argv[1])), Holder(4321, "script/demo")):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_is_told_who_holds_it(where: Places) -> None:
    with holding(where, ME), pytest.raises(Held) as refused, holding(where, Holder(2, "script/manage")):
        pass
    message = str(refused.value)
    assert "script/demo (process 1234, http://127.0.0.1:8000)" in message
    assert str(where.data) in message
    assert "AIMS_DATA" in message
    assert refused.value.holder == ME


def test_it_is_free_again_afterwards(where: Places) -> None:
    with holding(where, ME):
        pass
    with holding(where, Holder(2, "script/manage")):
        assert read_holder(where.lock) == Holder(2, "script/manage")


def test_a_shorter_name_leaves_nothing_of_a_longer_one(where: Places) -> None:
    with holding(where, Holder(1, "x" * 500)):
        pass
    with holding(where, ME):
        assert json.loads(where.lock.read_text())["command"] == "script/demo"


def test_a_killed_holder_frees_it(where: Places) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(where.data)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    with pytest.raises(Held, match="4321"), holding(where, ME):
        pass
    process.kill()
    process.communicate()
    with holding(where, ME):
        assert read_holder(where.lock) == ME


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"other": 1}', "\x00"])
def test_a_lock_file_that_says_nothing_is_no_obstacle(where: Places, content: str) -> None:
    where.lock.write_text(content)
    assert read_holder(where.lock) is None
    with holding(where, ME), pytest.raises(Held):
        where.lock.write_text(content)
        with holding(where, ME):
            pass


def test_two_may_use_the_services_and_one_who_ends_them_waits(where: Places) -> None:
    order = []
    first, second = using(where), using(where)
    first.__enter__()
    second.__enter__()

    def end() -> None:
        with alone(where, lambda: time.sleep(0.01)):
            order.append("ended")

    waiting = threading.Thread(target=end)
    waiting.start()
    for user in (first, second):
        time.sleep(0.05)
        order.append("used")
        user.__exit__(None, None, None)
    waiting.join(5)
    assert order == ["used", "used", "ended"]


def test_waiting_for_others_can_be_broken_off(where: Places) -> None:
    def asked_to_stop() -> None:
        raise InterruptedError

    with using(where), pytest.raises(InterruptedError), alone(where, asked_to_stop):
        pass
