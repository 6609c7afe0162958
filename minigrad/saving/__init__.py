"""Files: tensors and whole training runs, written whole or not at all, and read without running anything."""
