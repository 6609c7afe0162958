"""Names that are imported when they are asked for are also found by scripts that look them up by name."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module, name",
    [("vision.models", "resnet18"), ("optim", "SGD"), ("optim.lr_scheduler", "StepLR"), ("nn", "ReLU")],
)
def test_names_are_in_the_dict_of_their_package(module, name):
    """In a process where nobody has asked for them before."""
    script = (
        f"import sys, minigrad.{module} as m\n"
        f"assert {name!r} in m.__dict__ and callable(vars(m)[{name!r}]) and m.{name} is m.__dict__[{name!r}]\n"
        "assert set(m.__all__) <= set(m.__dict__)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
