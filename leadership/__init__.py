"""Clause 5: AI policy, roles and commitment of top management."""
