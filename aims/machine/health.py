"""Asks the web process whether it is well; as a program (`python -m aims.machine.health`) a container's health check."""

import contextlib
import http.client
import os
import sys
from collections.abc import Mapping

LOCAL = "127.0.0.1"


def is_healthy(port: int, headers: Mapping[str, str] | None = None) -> bool:
    """Whether the web process on this machine answers and finds all that it needs."""
    connection = http.client.HTTPConnection(LOCAL, port, timeout=5)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz", headers=dict(headers or {}))
        return connection.getresponse().status == 200
    return False


def as_from_proxy(environ: Mapping[str, str]) -> dict[str, str]:
    """The headers of a request that came over HTTPS to the first allowed host."""
    host = environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().removeprefix(".")
    return {"Host": host or LOCAL, "X-Forwarded-Proto": "https"}


if __name__ == "__main__":
    sys.exit(not is_healthy(int(os.environ.get("PORT") or 8000), as_from_proxy(os.environ)))
