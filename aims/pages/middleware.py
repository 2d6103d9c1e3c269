"""The language of a page: the person's own when signed in, else what the browser asks for."""

from django.middleware.locale import LocaleMiddleware


class LanguageMiddleware(LocaleMiddleware):
    """Django's own for now."""
