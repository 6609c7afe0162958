"""Points where a rule must choose: kinks, ties, poles, halves, and what shapes and indices mean."""

from tests.conformance.facts import fact

NAN, INF = float("nan"), float("inf")


def slope(m, function, *values):
    """The gradient of the sum of ``function(x)`` at the values, in float64."""
    x = m.tensor(values, dtype=m.float64, requires_grad=True)
    function(x).sum().backward()
    return ["nan" if g != g else g for g in x.grad.tolist()]


def shown(t):
    return ["nan" if v != v else v for v in t.tolist()]


# ---- slopes ----------------------------------------------------------------------------------------------------------


@fact([[0.0], [0.0], [0.0, 0.0], [0.0]])
def steps_and_kinks(m):
    return slope(m, m.relu, 0.0), slope(m, m.abs, 0.0), slope(m, m.sign, -1.0, 0.0), slope(m, m.round, 0.4)


@fact([[0.1], [0.01]])
def leaky_relu_at_zero(m):
    leaky_relu = m.nn.functional.leaky_relu
    return slope(m, lambda x: leaky_relu(x, 0.1), 0.0), slope(m, leaky_relu, 0.0)


@fact([[0.0, 1.0, 1.0, 1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
def clamp_passes_at_its_bounds(m):
    return (
        slope(m, lambda x: m.clamp(x, -1, 1), -2.0, -1.0, 0.0, 1.0, 2.0),
        slope(m, lambda x: m.clamp(x, min=0), -1.0, 0.0),
        slope(m, lambda x: m.clamp(x, max=0), 0.0, 1.0),
    )


@fact([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
def hardtanh_and_relu6_do_not(m):
    f = m.nn.functional
    return slope(m, f.hardtanh, -1.0, 0.0, 1.0), slope(m, f.relu6, 0.0, 3.0, 6.0)


@fact([0.5, 0.5, 0.5, 0.5])
def maximum_and_minimum_at_ties(m):
    x = m.tensor([2.0, 2.0], requires_grad=True)
    (m.maximum(x[0], x[1]) + m.minimum(x[0], x[1]) * 0).backward()
    y = m.tensor([2.0, 2.0], requires_grad=True)
    m.minimum(y[0], y[1]).backward()
    return [*x.grad.tolist(), *y.grad.tolist()]


@fact([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])
def maxima_of_a_tensor_at_ties(m):
    return (
        slope(m, lambda x: x.max(), 3.0, 3.0, 1.0),
        slope(m, lambda x: x.amax(0), 3.0, 3.0, 1.0),
        slope(m, lambda x: x.max(0).values, 3.0, 3.0, 1.0),
    )


@fact([3.0, 0])
def max_over_a_dimension_gives_values_and_indices(m):
    values, indices = m.tensor([3.0, 3.0, 1.0]).max(0)
    return values, indices


@fact([[0.0, 0.0], [0.0, 0.0]])
def norm_and_std_of_constants(m):
    return slope(m, lambda x: x.norm(), 0.0, 0.0), slope(m, lambda x: x.std(), 3.0, 3.0)


@fact([["inf"], [0.0, 0.0, 0.0], [0.0, 0.0, 6.0]])
def roots_and_powers_at_zero(m):
    return (
        [str(v) for v in slope(m, m.sqrt, 0.0)],
        slope(m, lambda x: x**0, -1.0, 0.0, 2.0),
        [*slope(m, lambda x: x**2, 0.0), *slope(m, lambda x: x**3, 0.0), *slope(m, lambda x: x**2, 3.0)],
    )


@fact([[0.0, 6.0, 0.0], [0.0, 0.0, 0.0], [3.0, 2.0]])
def prod_with_zeros(m):
    return (
        slope(m, lambda x: x.prod(), 2.0, 0.0, 3.0),
        slope(m, lambda x: x.prod(), 0.0, 0.0, 3.0),
        slope(m, lambda x: x.prod(), 2.0, 3.0),
    )


@fact([[1.0, 0.0], [0.0, 1.0], [0.0, 2.0]])
def where_lets_no_nan_through(m):
    return (
        slope(m, lambda x: m.where(x > 0, x, m.log(x) * 0 + 1).masked_fill(x < 0, 0.0), 1.0, -1.0),
        slope(m, lambda x: m.where(x < 0, m.zeros_like(x), x), -1.0, 1.0),
        slope(m, lambda x: m.where(x > 0, x * x, 0.0), -1.0, 1.0),
    )


# ---- values ----------------------------------------------------------------------------------------------------------


@fact([[0.0, 2.0, 2.0, -0.0, -2.0], [1.25, -1.2]])
def round_is_half_to_even(m):
    return m.round(m.tensor([0.5, 1.5, 2.5, -0.5, -1.5])), m.round(m.tensor([1.25, -1.25]) * 10).div(10) + m.tensor(
        [0.05, 0]
    )


@fact([[2.0, 1.0, -1.0, -2.0], [2, 1, -1, -2], [2.0, -2.0, 2.0, -2.0]])
def remainder_takes_the_sign_of_the_divisor(m):
    a, b = m.tensor([5.0, -5.0, 5.0, -5.0]), m.tensor([3.0, 3.0, -3.0, -3.0])
    return a % b, a.long() % b.long(), m.fmod(a, b)


@fact([[1, -2, 1], [1, -1]])
def integer_division(m):
    a = m.tensor([3, -3])
    return [*(a // 2).tolist(), (a // 2)[0].item()], m.div(a, 2, rounding_mode="trunc")


@fact([2.0, 1, 1.0])
def median_is_the_lower_middle(m):
    x = m.tensor([3.0, 2.0, 1.0, 4.0])
    return x.median(), x.median(0).indices, m.tensor([1.0, 2.0]).median()


@fact([[1.0, 0.5], True, 0.0])
def std_and_var_divide_by_one_less(m):
    x = m.tensor([1.0, 2.0, 3.0])
    return (
        [x.var(), m.tensor([1.0, 2.0]).var()],
        bool(m.isnan(m.tensor([1.0]).std())),
        m.tensor([1.0]).var(correction=0),
    )


@fact([[True, True, False], [True, True, True], ["nan", "nan"]])
def nan_propagates(m):
    x = m.tensor([1.0, NAN, 3.0])
    return (
        [bool(m.isnan(v)) for v in (x.max(), x.sum(), m.tensor(0.0))],
        [bool(m.isnan(v)) for v in (x.min(), x.mean(), x.max(0).values)],
        [*shown(m.maximum(x, m.tensor(0.0))[1:2]), *shown(x.relu()[1:2])],
    )


@fact([["int64", "int64", "int64"], "float32", 3])
def sums_of_integers(m):
    i, b = m.tensor([1, 2], dtype=m.int8), m.tensor([True, True, True])
    return [i.sum().dtype, b.sum().dtype, i.prod().dtype], i.float().mean().dtype, b.sum()


@fact(RuntimeError)
def mean_of_integers(m):
    m.tensor([1, 2]).mean()


@fact([["float32", "int64", "float32", "int64"], [0.5, 1.0, 1.0]])
def clamp_with_bounds_of_another_kind(m):
    i = m.tensor([0, 1, 2])
    results = i.clamp(0.5, 1.0), i.clamp(0, 1), m.tensor([1.5]).clamp(0, 1), i.clamp(max=1)
    return [r.dtype for r in results], results[0]


@fact([[0.0, 0.0, 1.0], 10000.0, [0.0, 10000.0], [0.0, 1.0], [10000.0, 0.0]])
def stable_at_ten_thousand(m):
    f, x = m.nn.functional, m.tensor([-1e4, 1e4])
    return (
        m.softmax(m.tensor([-1e4, 0.0, 1e4]), 0),
        m.logsumexp(x, 0),
        f.softplus(x),
        m.sigmoid(x),
        [f.binary_cross_entropy_with_logits(x, t).item() for t in (m.tensor([1.0, 0.0]), m.tensor([0.0, 1.0]))],
    )


@fact([[-0.158655, 0.841345], [-0.158808, 0.841192]])
def gelu_is_exact_by_default(m):
    f, x = m.nn.functional, m.tensor([-1.0, 1.0], dtype=m.float64)
    return f.gelu(x), f.gelu(x, approximate="tanh")


# ---- indices and shapes ----------------------------------------------------------------------------------------------


@fact([[2.0, 0.0, 3.0], [1, 1, 0]])
def repeated_indices_add_up_in_backward_and_apply_once_in_place(m):
    index = m.tensor([0, 0, 2, 2, 2])
    counts = m.tensor([0, 0, 0])
    counts[m.tensor([0, 0, 1])] += 1
    return slope(m, lambda x: x[index], 1.0, 2.0, 3.0), counts


@fact([[0.0, 9.0, 9.0], [5.0, 5.0, 3.0], [[1.0, 0.0, 1.0], 2.0]])
def masks(m):
    x = m.tensor([0.0, 2.0, 3.0])
    a, b = x.clone(), x.clone()
    a[a > 1] = 9.0
    b[m.tensor([True, True, False])] = m.tensor([5.0, 5.0])
    v = m.tensor(1.0, requires_grad=True)
    y = m.tensor([1.0, 1.0, 1.0], requires_grad=True)
    z = y * 1
    z[m.tensor([False, True, False])] = v * 2
    z.sum().backward()
    return a, b, [y.grad, v.grad]


@fact([[1.0, 5.0, 1.0], [3.0, 0.0, 3.0], [1, 3], [[2, 1], [3, 4]]])
def scatter_and_gather(m):
    x = m.ones(3)
    return (
        x.index_add(0, m.tensor([1, 1]), m.tensor([2.0, 2.0])),
        m.zeros(3).scatter_add(0, m.tensor([0, 2, 0, 2]), m.tensor([1.0, 1.0, 2.0, 2.0])),
        m.tensor([[1, 2], [3, 4]]).gather(1, m.tensor([[0], [0]])).flatten(),
        m.take_along_dim(m.tensor([[1, 2], [3, 4]]), m.tensor([[1, 0], [0, 1]]), dim=1),
    )


@fact([[2, 3], [6], [3, 2], [1, 6], [2, 1, 3], [], [4, 2, 3]])
def shapes(m):
    x = m.zeros(2, 3)
    return [
        list(t.shape)
        for t in (x.view(2, -1), x.flatten(), x.T, x.reshape(1, 6), x[:, None], x[0, 0], x.expand(4, 2, 3))
    ]


@fact([11, [5, 11], [5, 6], [[19, 22], [43, 50]], [2, 3, 2]])
def matmul_of_all_ranks(m):
    a, b, v = m.tensor([[1, 2], [3, 4]]), m.tensor([[5, 6], [7, 8]]), m.tensor([1, 2])
    return (
        m.matmul(v, m.tensor([3, 4])),
        m.matmul(a, v),
        m.matmul(v[:1], m.tensor([[5, 6]])),
        a @ b,
        list((m.zeros(2, 1, 3, 4) @ m.zeros(4, 2))[:, 0].shape),
    )


@fact(RuntimeError)
def view_of_a_transpose(m):
    m.zeros(2, 3).T.view(6)


@fact(IndexError)
def index_out_of_range(m):
    m.zeros(3)[5]


@fact(IndexError)
def dim_out_of_range(m):
    m.zeros(3).sum(1)


@fact(RuntimeError)
def shapes_that_do_not_broadcast(m):
    m.zeros(3) + m.zeros(2)


@fact(RuntimeError)
def shapes_that_do_not_multiply(m):
    m.zeros(2, 3) @ m.zeros(2, 3)
