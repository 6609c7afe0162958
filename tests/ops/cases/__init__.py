"""The table of operations: one module a family, each with its list CASES."""
