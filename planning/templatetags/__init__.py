"""Template tags of clause 6."""
