"""Obligations, what falls due from them, and people's tasks."""
