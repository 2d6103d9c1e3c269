"""A small client: threads with one kept-open connection each, counting answers for some seconds."""

import http.client
import threading
import time
from collections.abc import Callable

THREADS = 4
Ask = Callable[[http.client.HTTPConnection, int], None]


def rate(port: int, seconds: float, ask: Ask, clients: int = THREADS) -> float:
    """Answers per second. `ask` sends one request on a connection; it is told the number of its thread."""
    counts = [0] * clients
    end = time.monotonic() + seconds

    def work(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < end:
            ask(connection, number)
            counts[number] += 1
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def checked(connection: http.client.HTTPConnection, *request: object, **more: object) -> bytes:
    """Send a request, read the answer, and stop everything when it is no success."""
    connection.request(*request, **more)  # type: ignore[arg-type]
    answer = connection.getresponse()
    body = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{request[0]} {request[1]}: {answer.status} {body[:300]!r}")
    return body
