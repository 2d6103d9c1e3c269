"""Clause 7: resources, competence, awareness, communication and documents."""
