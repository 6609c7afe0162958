"""The language in which operations are declared: a function on arrays, and beside it a rule for each gradient."""
