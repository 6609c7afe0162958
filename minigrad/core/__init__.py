"""Tensor, and what it needs to exist: its views, its array, dtypes, printing. It knows no operation."""
