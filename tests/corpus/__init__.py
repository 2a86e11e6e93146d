"""Real repositories, the findings in them, and what a person said of each."""
