"""The parts of `scripts/train.py`: data sets, recipes, the run, the report."""
