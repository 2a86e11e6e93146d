"""What `--confirm` can do, measured: each module is a table."""
