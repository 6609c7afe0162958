"""The CPU."""


def get_cpu_capability() -> str:
    """Return the name of the instructions that PyTorch would choose: NumPy chooses its own."""
    return "DEFAULT"
