"""Commands of clause 6."""
