"""Exchange: the records of a register out to files and in again, many at once, and the views that people keep."""
