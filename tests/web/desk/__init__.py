"""The organisers' desk, asked as browsers ask."""
