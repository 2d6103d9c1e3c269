"""The three PostgreSQL addresses of AIMS: the application's, the owner's and the system's role."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from aims.machine.places import Places, Unusable
from aims.machine.postgres import PORT

DATABASE = "aims"
APP, OWNER, SYSTEM, JOURNAL = "aims_app", "aims_owner", "aims_system", "aims_journal"


@dataclass(frozen=True)
class Addresses:
    """One address for each role that signs in to the database."""

    app: str
    owner: str
    system: str

    def environment(self) -> dict[str, str]:
        """The variables that Django's settings read."""
        return {
            "DATABASE_URL": self.app,
            "DATABASE_OWNER_URL": self.owner,
            "DATABASE_SYSTEM_URL": self.system,
        }


def embedded(places: Places) -> Addresses:
    """Addresses on the embedded server, over its socket."""

    def on_socket(role: str) -> str:
        # the port is named, since a PGPORT in someone's shell would be taken otherwise
        return url({"user": role, "dbname": DATABASE, "host": str(places.sockets), "port": str(PORT)})

    return Addresses(on_socket(APP), on_socket(OWNER), on_socket(SYSTEM))


def on_server(server: Mapping[str, str], passwords: Mapping[str, str]) -> Addresses:
    """Addresses on another server: its connection parameters with our roles and their passwords."""

    def signed_in(role: str) -> str:
        return url({**server, "user": role, "password": passwords[role]})

    return Addresses(signed_in(APP), signed_in(OWNER), signed_in(SYSTEM))


def given(environ: Mapping[str, str]) -> Addresses | None:
    """The addresses of the environment when all three are there; None when we are to make the roles."""
    if not environ.get("DATABASE_OWNER_URL"):
        return None
    missing = [n for n in ("DATABASE_URL", "DATABASE_SYSTEM_URL") if not environ.get(n)]
    if missing:
        raise Unusable(
            f"DATABASE_OWNER_URL is set, without {' and '.join(missing)}. Set all three, or only DATABASE_URL "
            "with a role that may make roles and databases."
        )
    return Addresses(environ["DATABASE_URL"], environ["DATABASE_OWNER_URL"], environ["DATABASE_SYSTEM_URL"])


def url(parameters: Mapping[str, str]) -> str:
    """libpq's URL for connection parameters; a host that is a folder goes behind the question mark."""
    rest = dict(parameters)
    user, password = quote(rest.pop("user", ""), safe=""), quote(rest.pop("password", ""), safe="")
    name = quote(rest.pop("dbname", ""), safe="")
    where = ""
    if (host := rest.get("host", "")) and not any(mark in host for mark in "/,@"):
        port = rest.pop("port", "")
        where = (f"[{host}]" if ":" in host else quote(host, safe="")) + (f":{port}" if port else "")
        del rest["host"]
    who = f"{user}:{password}" if password else user
    query = urlencode(rest, safe="/", quote_via=quote)
    return f"postgresql://{who}@{where}/{name}" + (f"?{query}" if query else "")
