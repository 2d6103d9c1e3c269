"""The evidence pack: everything, read through the registry, as one PDF."""
