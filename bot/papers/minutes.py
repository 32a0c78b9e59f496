"""The minute of a round: what was counted, in words and tables, each figure traceable."""
