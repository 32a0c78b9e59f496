"""Long runs, kept out of the suite."""
