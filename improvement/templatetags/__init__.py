"""Template tags of clause 10."""
