"""What we know of libraries: one class per layer, one function per operation, tables for data."""
