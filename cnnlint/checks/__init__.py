"""The checks: one module per group, one function per rule; each asks one question of one fact."""
