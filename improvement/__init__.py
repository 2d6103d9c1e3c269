"""Clause 10: nonconformities, corrective action and improvement."""
