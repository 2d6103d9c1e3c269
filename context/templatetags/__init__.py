"""Template tags of clause 4."""
