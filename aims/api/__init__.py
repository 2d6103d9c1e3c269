"""The same registers over REST."""
