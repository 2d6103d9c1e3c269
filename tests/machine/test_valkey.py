"""The embedded broker: private, and what was queued is there after a crash."""

import stat
import time

import pytest
import redis
from kombu import Connection

from aims.machine import services, valkey
from aims.machine.places import Places, Unusable
from aims.machine.processes import leftovers
from aims.machine.supervisor import Supervisor


@pytest.fixture
def broker(supervisor: Supervisor, environ: dict[str, str]) -> Supervisor:
    """A supervisor with a broker that answers."""
    child = supervisor.start(valkey.program(supervisor.places, environ))
    valkey.wait_until_up(supervisor.places, child.alive)
    return supervisor


def client(where: Places) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(where.broker_socket), decode_responses=True)


def test_a_queued_task_is_there_after_the_broker_was_killed(
    broker: Supervisor, environ: dict[str, str]
) -> None:
    client(broker.places).lpush("celery", "task")
    time.sleep(1.2)  # what is older than a second is on disk
    broker.children[0].kill_group()
    broker.children[0].process.wait()
    child = broker.start(valkey.program(broker.places, environ))
    valkey.wait_until_up(broker.places, child.alive)
    assert client(broker.places).lrange("celery", 0, -1) == ["task"]


def test_celery_reaches_it_by_its_address(broker: Supervisor) -> None:
    address = valkey.address(broker.places)
    with Connection(address) as connection, connection.SimpleQueue("trial") as queue:
        queue.put("hello")
        assert queue.get(timeout=5).payload == "hello"
    services.require_broker(address)


def test_it_listens_on_its_socket_only_and_drops_nothing(broker: Supervisor) -> None:
    kept = client(broker.places).config_get("*")
    assert (kept["port"], kept["maxmemory-policy"], kept["appendonly"]) == ("0", "noeviction", "yes")
    assert stat.S_IMODE(broker.places.broker_socket.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "address", ["redis://127.0.0.1:1/0", "odd://x", "redis+socket:///nowhere/valkey.sock", "redis://:x@[::1"]
)
def test_another_broker_that_does_not_answer_is_told_before_the_start(address: str) -> None:
    with pytest.raises(Unusable, match="CELERY_BROKER_URL"):
        services.require_broker(address)


def test_a_broker_that_does_not_start_is_told_with_its_log(where: Places) -> None:
    with pytest.raises(Unusable, match=r"broker\.log"):
        valkey.wait_until_up(where, lambda: False)


def test_it_is_found_again_after_a_crash_of_its_supervisor(broker: Supervisor) -> None:
    assert list(leftovers(broker.places.data).values()) == ["broker"]


def test_an_unknown_processor_is_told(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "vax")
    plain = {name: value for name, value in environ.items() if name != "AIMS_BROKER_BIN"}
    with pytest.raises(Unusable, match="vax"):
        valkey.binary(plain)
