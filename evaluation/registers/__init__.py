"""The registers of clause 9 and what falls due with them, by topic."""
