"""Windows of signals against SciPy's formulas written out, and against PyTorch."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.signal import windows

OPTIONS = {
    "exponential": {"tau": 2.5},
    "gaussian": {"std": 1.5},
    "general_cosine": {"a": [0.4, 0.3, 0.2, 0.1]},
    "general_hamming": {"alpha": 0.6},
    "kaiser": {"beta": 8.0},
}


@pytest.mark.parametrize("name", windows.__all__)
def test_windows_are_symmetric_or_periodic(name):
    make, options = getattr(windows, name), OPTIONS.get(name, {})
    for count in (0, 1, 2, 7, 8):
        whole = make(count, dtype=mg.float64, **options)
        assert whole.shape == (count,) and whole.dtype == mg.float64
        np.testing.assert_allclose(whole.numpy(), whole.numpy()[::-1], atol=1e-12)
        if count > 2 and name != "cosine":
            np.testing.assert_allclose(make(count - 1, sym=False, dtype=mg.float64, **options), whole[:-1], atol=1e-12)
    assert make(5, **options).dtype == mg.float32 and make(5, requires_grad=True, **options).requires_grad


@pytest.mark.parametrize("name", windows.__all__)
@pytest.mark.parametrize("sym", [True, False])
def test_windows_are_pytorchs(name, sym):
    torch = pytest.importorskip("torch")
    for count in (0, 1, 2, 3, 10, 11):
        options = {**OPTIONS.get(name, {}), "sym": sym}
        expected = getattr(torch.signal.windows, name)(count, dtype=torch.float64, **options)
        np.testing.assert_allclose(
            getattr(windows, name)(count, dtype=mg.float64, **options), expected.numpy(), atol=1e-7
        )


def test_a_center_of_an_exponential_window():
    k = np.arange(6)
    window = windows.exponential(6, center=1.5, tau=2.0, sym=False, dtype=mg.float64)
    np.testing.assert_allclose(window, np.exp(-np.abs(k - 1.5) / 2))


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: windows.hann(-1), ValueError, "hann: expected a length of 0 or more"),
        (lambda: windows.hann(2.5), TypeError, "hann"),
        (lambda: windows.hann(3, dtype=mg.int64), ValueError, "a floating dtype"),
        (lambda: windows.hann(3, dtype=mg.float16), ValueError, "hann: expected a dtype of float32 or float64"),
        (lambda: windows.gaussian(3, std=0), ValueError, "gaussian: expected a positive std, got 0"),
        (lambda: windows.exponential(3, tau=-1), ValueError, "exponential: expected a positive tau"),
        (lambda: windows.exponential(3, center=1), ValueError, "no center for a symmetric window"),
        (lambda: windows.kaiser(3, beta=-1), ValueError, "kaiser: expected a beta of 0 or more"),
        (lambda: windows.general_cosine(3, a=1), TypeError, "general_cosine: expected a list of numbers"),
        (lambda: windows.general_cosine(3, a=[]), ValueError, "general_cosine: expected one number or more"),
        (lambda: mg.hann_window(-1), RuntimeError, "hann_window: expected a length of 0 or more"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
