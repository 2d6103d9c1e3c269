"""Fetches pip's own wheel from the package index, for a Python that came without pip. Standard library only.

The index is the one that pip itself would ask: PIP_INDEX_URL, else `index-url` of pip's configuration,
else PyPI.
"""

import configparser
import hashlib
import os
import ssl
import urllib.error
import urllib.request
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

WHEEL = "pip-26.3-py3-none-any.whl"
SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
PYPI = "https://pypi.org/simple"
SECONDS = 30


class Unavailable(Exception):
    """The wheel could not be had; the message says from where it was asked."""


def fetch(folder: Path) -> Path:
    """Save the wheel of known digest into `folder` and return its path, or raise Unavailable."""
    page = f"{index_url().rstrip('/')}/pip/"
    try:
        link = wheel_link(read(page).decode())
        content = read(urljoin(page, link)) if link else b""
    except (OSError, ValueError) as problem:  # URLError is an OSError
        raise Unavailable(f"{page} could not be read: {problem}") from problem
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise Unavailable(f"{page} does not offer {WHEEL} with the expected SHA-256")
    target = folder / WHEEL
    target.write_bytes(content)
    return target


def read(url: str) -> bytes:
    """The body of an http(s) address."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"not a web address: {url}")
    request = urllib.request.Request(url, headers={"Accept": "text/html"})
    authority = os.environ.get("PIP_CERT") or configured("cert")
    context = ssl.create_default_context(cafile=authority)
    with urllib.request.urlopen(request, timeout=SECONDS, context=context) as answer:
        body: bytes = answer.read()
    return body


def index_url() -> str:
    """The package index that pip would ask."""
    return os.environ.get("PIP_INDEX_URL") or configured("index-url") or PYPI


def configured(option: str) -> str | None:
    """An option of pip's configuration files; later files win, as in pip."""
    parser = configparser.RawConfigParser()
    parser.read([file for file in configuration_files() if file], encoding="utf-8")
    for section in ("install", "global"):
        if parser.has_option(section, option):
            return parser.get(section, option)
    return None


def configuration_files() -> list[str]:
    """Where pip looks on Linux and macOS, in its order."""
    home = Path.home()
    user = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    places = ["/etc/xdg/pip/pip.conf", "/etc/pip.conf", "/Library/Application Support/pip/pip.conf"]
    places += [str(home / ".pip/pip.conf"), str(user / "pip/pip.conf"), os.environ.get("PIP_CONFIG_FILE", "")]
    return places


class Links(HTMLParser):
    """Collects the addresses of a page of the simple index."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the target of each link."""
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def wheel_link(page: str) -> str | None:
    """The address of the wanted wheel on the index page, if it is there."""
    links = Links()
    links.feed(page)
    return next((link for link in links.found if urlsplit(link).path.rpartition("/")[2] == WHEEL), None)
