"""The application with the bare view beside it, for one gunicorn server."""

from django.conf import settings

from aims.wsgi import application

settings.ROOT_URLCONF = "tests.bench.urls"

__all__ = ["application"]
