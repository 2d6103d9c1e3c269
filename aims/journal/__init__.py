"""The journal: every change of every record, captured by the database itself, and the walls around organisations."""
