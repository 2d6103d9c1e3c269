"""`script/manage COMMAND ...`: any management command on this installation's data, with services for it.

They are started for the command's time unless script/demo or another command runs them already.
`script/manage database_url [--owner|--system]` prints an address and starts nothing.
"""

import os
import sys
from collections.abc import Mapping

from aims.machine import addresses, beside, services
from aims.machine.places import Places, Unusable, places
from aims.machine.supervisor import say

ROLES = {(): "DATABASE_URL", ("--owner",): "DATABASE_OWNER_URL", ("--system",): "DATABASE_SYSTEM_URL"}


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    """Run the command; returns its exit code."""
    if arguments[:1] == ["database_url"]:
        return print_database_url(places(environ), environ, tuple(arguments[1:]))
    name = " ".join(["script/manage", *arguments[:1]])
    return beside.main(name, [sys.executable, "manage.py", *arguments], environ)


def print_database_url(where: Places, environ: Mapping[str, str], options: tuple[str, ...]) -> int:
    """Print the address of the role that is asked for, the application's by default."""
    if options not in ROLES:
        say("Use: script/manage database_url [--owner|--system]")
        return 2
    try:
        print(database_addresses(where, environ).environment()[ROLES[options]])
    except Unusable as problem:
        say(str(problem))
        return 1
    return 0


def database_addresses(where: Places, environ: Mapping[str, str]) -> addresses.Addresses:
    """The addresses; those of the embedded server are known without starting it."""
    if services.uses_own_database(environ):
        return addresses.embedded(where)
    where.prepare()
    return services.database_addresses(where, environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
