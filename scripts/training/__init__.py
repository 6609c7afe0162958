"""What `scripts/train.py` is made of: data sets, recipes, the run, the report."""
