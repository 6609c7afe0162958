"""Apple's Metal, which is not used here."""


def is_available() -> bool:
    """Return False."""
    return False


is_built = is_available
