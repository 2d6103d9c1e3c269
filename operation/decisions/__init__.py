"""What AI systems decided, as their event logs tell it (A.6.2.8): taken in by the batch, counted, listed."""
