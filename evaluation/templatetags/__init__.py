"""Words and drawings of clause 9 for its own pages."""
