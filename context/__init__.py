"""Clause 4: the organisation, its AI systems, interested parties and scope."""
