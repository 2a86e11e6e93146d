"""The learning-rate schedulers: torch's constructor arguments by its names, and its formulas."""
