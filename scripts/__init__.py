"""Command lines: ``python scripts/train.py`` in a clone, ``minigrad train`` where the package is installed."""
