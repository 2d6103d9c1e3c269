"""What every page needs: the shell."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The navigation and the person; filled by the pages room."""
    return {}
