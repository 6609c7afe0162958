"""Wrong arguments of the functions of numbers' parts, and their edges."""

import numpy as np
import pytest

import minigrad as mg

torch = pytest.importorskip("torch")

WRONG = [
    lambda m: m.gcd(m.ones(2), m.ones(2)),
    lambda m: m.lcm(m.tensor([True]), m.tensor([True])),
    lambda m: m.gcd(m.tensor([4]), 6),
    lambda m: m.nextafter(m.tensor([1]), m.tensor([2])),
    lambda m: m.nextafter(m.ones(2), 2.0),
    lambda m: m.ldexp(m.ones(2), 3),
    lambda m: m.frexp(m.tensor([1])),
    lambda m: m.copysign(1, m.ones(2)),
    lambda m: m.heaviside(m.ones(2), m.ones(2, dtype=m.float64)),
    lambda m: m.heaviside(m.ones(2), 1.0),
    lambda m: m.imag(m.ones(2)),
    lambda m: m.rsub(m.tensor([True]), m.tensor([True])),
    lambda m: m.rsub(2, m.ones(2)),
    lambda m: m.fill(m.ones(2), m.ones(1)),
    lambda m: m.ones(2).float_power_(2),
    lambda m: m.float_power(2, 3),
    lambda m: m.logaddexp2(m.tensor([1]), m.tensor([2])),
    lambda m: m.hypot(m.tensor([1]), m.tensor([2])),
    lambda m: m.maximum(m.ones(2), 1.0),
    lambda m: m.fmin(1.0, m.ones(2)),
    lambda m: m.atan2(m.ones(2), 1.0),
    lambda m: m.logical_or(m.ones(2), True),
    lambda m: m.eq(1, m.ones(2)),
    lambda m: m.fmod(1, m.ones(2)),
    lambda m: m.clamp_min(1, m.ones(2)),
    lambda m: m.floor(m.tensor([True])),
    lambda m: m.abs(m.tensor([True])),
    lambda m: m.frac(m.tensor([1])),
    lambda m: m.polygamma(-1, m.ones(2)),
    lambda m: m.polygamma(m.ones(2), 1),
    lambda m: m.mvlgamma(m.ones(2), 0),
    lambda m: m.igamma(m.tensor([1]), m.tensor([2])),
    lambda m: m.igammac(m.ones(2), 2.0),
    lambda m: m.special.zeta(2, 3),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda f: " ".join(f.__code__.co_names[:2]))
def test_what_pytorch_refuses_is_refused(wrong):
    with pytest.raises((TypeError, RuntimeError)) as theirs:
        wrong(torch)
    base = TypeError if isinstance(theirs.value, TypeError) else RuntimeError
    with pytest.raises(base, match="expected|is float64|no difference"):
        wrong(mg)


@pytest.mark.parametrize("name", ["sgn_", "arcsinh_", "deg2rad_", "square_", "bitwise_not_", "conj_physical_", "sinc_"])
def test_forms_in_place_change_the_tensor(name):
    values = np.array([1, 2]) if name == "bitwise_not_" else np.array([0.5, -2.0])
    ours, theirs = mg.tensor(values), torch.tensor(values)
    assert getattr(ours, name)() is ours
    np.testing.assert_allclose(ours.numpy(), getattr(theirs, name)().numpy())


@pytest.mark.parametrize(
    "name", ["gcd_", "lcm_", "copysign_", "nextafter_", "heaviside_", "ldexp_", "hypot_", "xlogy_"]
)
def test_forms_in_place_of_two_tensors(name):
    a, b = (np.array([12, 18]), np.array([8, 27])) if name in ("gcd_", "lcm_") else ([0.5, -2.0], [1.5, 2.0])
    ours, theirs = mg.tensor(a), torch.tensor(a)
    getattr(ours, name)(mg.tensor(b))
    np.testing.assert_allclose(ours.numpy(), getattr(theirs, name)(torch.tensor(b)).numpy())


def test_special_functions_do_not_fail_at_the_edges():
    x = mg.tensor([0.0, -1.0, np.inf, -np.inf, np.nan], dtype=mg.float64)
    for name in ("lgamma", "erfcx", "ndtr", "log_ndtr", "ndtri", "entr", "i0e", "i1e"):
        theirs = getattr(torch.special if hasattr(torch.special, name) else torch, name)(torch.tensor(x.numpy()))
        ours = getattr(mg.special if hasattr(mg.special, name) else mg, name)(x)
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-14, err_msg=name)
