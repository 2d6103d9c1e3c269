"""The services that AIMS needs, PostgreSQL and a broker: our own, or those that the environment names."""

from collections.abc import Mapping

from kombu import Connection
from kombu.exceptions import OperationalError

from aims.machine import addresses, bootstrap, postgres, valkey
from aims.machine.addresses import Addresses
from aims.machine.places import Places, Unusable
from aims.machine.supervisor import Supervisor

HOSTS = "localhost,127.0.0.1,[::1]"


def start(supervisor: Supervisor, environ: Mapping[str, str], unsafe: bool = False) -> None:
    """Start the services that the environment does not name.

    `unsafe` gives up the database's safety against a crash of the machine, for tests.
    """
    places = supervisor.places
    broker = database = None
    if outside := environ.get("CELERY_BROKER_URL"):
        require_broker(outside)
    else:
        broker = valkey.program(places, environ)
    if uses_own_database(environ):
        database = supervisor.start(postgres.program(places, environ, unsafe))
    if broker:
        child = supervisor.start(broker)
        valkey.wait_until_up(places, child.alive)
    if database:
        postgres.wait_until_up(places, database.alive)


def require_broker(address: str) -> None:
    """Refuse to begin with a broker that does not answer."""
    try:
        with Connection(address, connect_timeout=5) as connection:
            connection.ensure_connection(max_retries=1, interval_start=1)
    except (OperationalError, ValueError, KeyError, ImportError) as problem:
        raise Unusable(f"The broker of CELERY_BROKER_URL cannot be reached: {problem}") from problem


def uses_own_database(environ: Mapping[str, str]) -> bool:
    """Whether the embedded PostgreSQL is wanted."""
    return not (environ.get("DATABASE_URL") or environ.get("DATABASE_OWNER_URL"))


def environment(places: Places, environ: Mapping[str, str]) -> dict[str, str]:
    """What Django's settings read: the given environment and what it leaves open. The database must be up."""
    given = {name: value for name, value in environ.items() if value}
    defaults = {
        "DJANGO_SETTINGS_MODULE": "aims.settings",
        "PYTHONUNBUFFERED": "1",
        "ALLOWED_HOSTS": HOSTS,
        "CELERY_BROKER_URL": valkey.address(places),
        "SECRET_KEY": given.get("SECRET_KEY") or places.secret_key(),
    }
    databases = database_addresses(places, given).environment()
    return {**defaults, **given, **databases, "AIMS_DATA": str(places.data)}


def database_addresses(places: Places, environ: Mapping[str, str]) -> Addresses:
    """The three addresses; roles and database are made where that is ours to do."""
    if uses_own_database(environ):
        return bootstrap.prepare_embedded(places, postgres.address(places))
    return addresses.given(environ) or bootstrap.prepare_server(places, environ["DATABASE_URL"])
