"""Management commands of the records."""
