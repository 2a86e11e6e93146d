"""`--confirm`: findings become experiments, run in a sandboxed child with torch."""
