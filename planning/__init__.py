"""Clause 6: risks, impact, the Statement of Applicability, objectives and changes."""
