"""Names that scripts for ``torchrun`` import: nothing is restarted here."""
