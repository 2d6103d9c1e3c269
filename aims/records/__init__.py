"""What every kind of record shares: the declaration, the lifecycle, the one door, evidence, signatures and jobs."""
