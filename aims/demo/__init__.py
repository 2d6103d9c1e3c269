"""The demo: an invented organisation, kept as data, filled in through the same door as everybody's work."""
