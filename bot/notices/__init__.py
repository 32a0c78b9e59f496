"""What happens and who is told: events, the plan, the loudspeaker, and what is truly ours."""
