"""oneDNN, which is not used here."""


def is_available() -> bool:
    """Return False."""
    return False


enabled = False
