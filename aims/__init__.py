"""AIMS: an AI management system under ISO/IEC 42001, run as a web application."""

from aims.celery import app as celery_app

__all__ = ("celery_app",)
