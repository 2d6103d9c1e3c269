"""What can go wrong in the catalogue."""


class CatalogueError(Exception):
    """The data of an edition is wrong or absent; the message names the file or the codes."""


class UnknownCode(LookupError):
    """A code that the edition does not have."""

    def __init__(self, code: str, edition: str) -> None:
        super().__init__(f"{edition} has no {code!r}")
        self.code = code
