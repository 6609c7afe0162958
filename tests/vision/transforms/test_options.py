"""Every option of every transform that it could not compute with is refused when it is given, by its name."""

import inspect

import numpy as np
import pytest

import minigrad as mg
from minigrad.vision import transforms

GIVEN = {
    "size": 4, "mean": 0.5, "std": 0.5, "padding": 1, "degrees": 10, "kernel_size": 3, "transforms": [abs],
    "lambd": abs, "bits": 3, "threshold": 0.5, "sharpness_factor": 2,
}  # fmt: skip
VALUES = (
    "zzz", b"x", None, -1, 0, 2, 1.5, True, [], {}, (1, 2), (2, 1), (-1, 2), (1, 2, 3, 4, 5), [1, "a"],
    object(), np.ones(2), mg.ones(1), mg.Generator,
)  # fmt: skip
IMAGE = np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)
NOT_OF_ARRAYS = ("InterpolationMode", "Transform", "ConvertImageDtype", "LinearTransformation", "AutoAugmentPolicy")
KINDS = {name: kind for name, kind in vars(transforms).items() if isinstance(kind, type) and name not in NOT_OF_ARRAYS}


@pytest.mark.parametrize("name", KINDS)
def test_a_wrong_option_is_refused_when_it_is_given(name):
    kind, refused = KINDS[name], 0
    options = inspect.signature(kind).parameters
    image = IMAGE / np.float32(255) if name == "Normalize" else IMAGE
    given = {option: GIVEN[option] for option, p in options.items() if p.default is p.empty}
    for option, parameter in options.items():
        for value in () if isinstance(parameter.default, bool) else VALUES:
            try:
                transform = kind(**{**given, option: value})
            except (TypeError, ValueError) as error:
                refused += 1
                assert str(error).startswith(name) and option in str(error), (option, value)
            else:  # what is not refused works, but for a number of channels that only an image tells
                by_channel = option in ("fill", "value", "mean", "std") and np.asarray(value).size > 1
                if not (name == "Lambda" or by_channel):
                    transform(image)
    assert refused or not options
