"""What people come for: each file is one errand."""
