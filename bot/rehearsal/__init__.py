"""Rehearsals: the hall full of simulated players before the evening, ending in go or no-go."""
