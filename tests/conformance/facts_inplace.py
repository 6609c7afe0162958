"""In-place changes: what they may do to leaves, views, saved values, shapes and dtypes."""

from tests.conformance.facts import fact


def x_of(m, *values):
    return m.tensor(values if len(values) != 1 else values[0], requires_grad=True)


# ---- detach ----------------------------------------------------------------------------------------------------------


@fact([5.0, 2.0])
def detach_shares_memory(m):
    x = m.tensor([1.0, 2.0])
    x.detach()[0] = 5
    return x


@fact([5.0, 2.0])
def data_shares_memory(m):
    x = x_of(m, 1.0, 2.0)
    x.data[0] = 5
    return x


@fact(RuntimeError)
def detached_copy_changed_after_being_saved(m):
    x = x_of(m, 1.0, 2.0)
    y = x * 1
    z = y * y
    y.detach().add_(1)
    z.sum().backward()


@fact(RuntimeError)
def leaf_changed_under_no_grad_after_being_saved(m):
    x = x_of(m, 2.0)
    y = x * x
    with m.no_grad():
        x.add_(1)
    y.backward()


@fact([1.0])
def leaf_changed_under_no_grad_where_nothing_needs_it(m):
    x = x_of(m, 2.0)
    y = x + 1
    with m.no_grad():
        x.add_(1)
    y.backward()
    return [x.grad]


@fact([False, True])
def detach_in_place(m):
    y = x_of(m, 2.0) * 2
    y.detach_()
    return y.requires_grad, y.is_leaf


# ---- leaves ----------------------------------------------------------------------------------------------------------


@fact(RuntimeError)
def leaf_in_place(m):
    x_of(m, 1.0).add_(1)


@fact(RuntimeError)
def leaf_in_place_by_operator(m):
    x = x_of(m, 1.0)
    x += 1


@fact(RuntimeError)
def leaf_in_place_by_assignment(m):
    x_of(m, 1.0, 2.0)[0] = 3


@fact(RuntimeError)
def view_of_a_leaf_in_place(m):
    x_of(m, 1.0, 2.0)[0].add_(1)


@fact(RuntimeError)
def reshaped_leaf_in_place(m):
    x_of(m, 1.0, 2.0).reshape(2, 1).zero_()


@fact([[2.0, 2.0], True, True])
def leaf_in_place_under_no_grad(m):
    x = x_of(m, 1.0, 1.0)
    with m.no_grad():
        x += 1
    return x, x.requires_grad, x.is_leaf


@fact([[2.0, 3.0], False])
def without_gradients_all_is_allowed(m):
    x = m.tensor([1.0, 2.0])
    x += 1
    return x, x.requires_grad


@fact([True, False, [6.0, 6.0]])
def in_place_with_what_requires_grad(m):
    w = x_of(m, 2.0)
    x = m.tensor([1.0, 2.0])
    x.mul_(w)
    (x * 2).sum().backward()
    return x.requires_grad, x.is_leaf, [w.grad, w.grad]


# ---- values that backward needs --------------------------------------------------------------------------------------


@fact(RuntimeError)
def saved_input_changed(m):
    y = x_of(m, 2.0) * 1
    z = y * y
    y.add_(1)
    z.backward()


@fact(RuntimeError)
def saved_output_changed(m):
    y = x_of(m, 2.0).exp()
    y.add_(1)
    y.backward()


@fact(2.0)
def output_changed_that_is_not_saved(m):
    x = x_of(m, 2.0)
    y = x * 2
    y.add_(1)
    y.backward()
    return x.grad


@fact(16.0)
def input_changed_that_is_not_saved(m):
    x = x_of(m, 2.0)
    y = x * 2
    z = y + 1
    y.mul_(3)
    (z * 5 + y).backward()
    return x.grad


@fact(RuntimeError)
def view_of_a_saved_value_changed(m):
    y = x_of(m, 1.0, 2.0) * 1
    z = y * y
    y[0] = 7.0
    z.sum().backward()


@fact(RuntimeError)
def base_of_a_saved_view_changed(m):
    y = x_of(m, 1.0, 2.0) * 1
    z = y[0] * y[0]
    y.mul_(2)
    z.backward()


@fact([24.0, 36.0])
def in_place_chain(m):
    x = x_of(m, 2.0, 3.0)
    y = x * 2
    y.mul_(3)
    y = y * x
    y.mul_(1.0)
    y.sum().backward()
    return x.grad


@fact(12.0)
def square_of_itself_in_place(m):
    x = x_of(m, 3.0)
    y = x * 1
    y *= 2.0
    (y * x).backward()
    return x.grad


@fact([0.75, 0.75])
def sigmoid_in_place_keeps_its_output(m):
    x = x_of(m, 0.0, 0.0)
    y = x * 3
    y.sigmoid_()
    y.sum().backward()
    return x.grad


@fact([0.0, 3.0])
def relu_in_place(m):
    x = x_of(m, -1.0, 1.0)
    y = x * 3
    y.relu_()
    y.sum().backward()
    return x.grad


@fact([0.0, 1.0, 1.0])
def masked_fill_in_place(m):
    x = x_of(m, -1.0, 1.0, 2.0)
    y = x * 1
    y.masked_fill_(y < 0, 9.0)
    y.sum().backward()
    return x.grad


@fact([4.0, 27.0])
def version_is_of_the_memory_not_of_the_tensor(m):
    x = x_of(m, 2.0, 3.0)
    y = x * 1
    z = y.clone()
    y.zero_()
    (z**2 * z).sum().backward()
    return x.grad / 3 * m.tensor([1.0, 3.0])


# ---- views -----------------------------------------------------------------------------------------------------------


@fact([[3.0, 0.0], [6.0, 2.0]])
def view_in_place_reaches_its_base(m):
    x = x_of(m, 1.0, 1.0)
    y = x * 2
    y[0].mul_(3)
    y[1].zero_().add_(2)
    y.sum().backward()
    return x.grad / 2, y


@fact([6.0, 2.0])
def base_in_place_reaches_its_view(m):
    x = x_of(m, 1.0, 1.0)
    y = x * 2
    v = y[0]
    y.mul_(3)
    (v + y.detach().sum() * 0).backward()
    return [x.grad[0], x.grad[1] + 2]


@fact([[[0.0, 0.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 1.0]]])
def view_in_another_order_of_what_a_flat_view_changed(m):
    x = m.ones(2, 2, requires_grad=True)
    gradients = []
    for places in (slice(None), slice(2, 3)):
        y = x * 1
        flat, turned = y.reshape(-1), y.T
        flat[places].zero_()
        gradients += m.autograd.grad(turned.sum(), x)
    return gradients


@fact([[10.0, 2.0], [5.0, 1.0]])
def view_of_a_view(m):
    x = x_of(m, 1.0, 1.0)
    y = (x * 2).reshape(1, 2)
    y[0][:1].mul_(5)
    y.sum().backward()
    return x.grad, x.grad / 2


@fact([6.0, 9.0])
def two_views_of_one_base(m):
    x = x_of(m, 1.0, 1.0)
    y = x * 1
    a, b = y[0], y[:1]
    a.mul_(2)
    b.mul_(3)
    (a + y.sum() * 0 + b.sum() * 0).backward()
    return [x.grad[0], x.grad[1] + 9]


@fact([[0.0, 1.0], 3.0])
def assignment_of_what_requires_grad(m):
    x, w = x_of(m, 1.0, 1.0), x_of(m, 2.0)
    y = x * 1
    y[0] = w * 3
    y.sum().backward()
    return x.grad, w.grad


@fact([True, 3.0])
def assignment_into_a_constant(m):
    w = x_of(m, 2.0)
    y = m.zeros(3)
    y[1] = w * 3
    y.sum().backward()
    return y.requires_grad, w.grad


@fact([[1.0, 2.0, 0.0]])
def slice_assignment_broadcasts(m):
    y = m.zeros(1, 3)
    y[:, :2] = m.tensor([1.0, 2.0])
    return y


@fact([[[2.0, 1.0], [2.0, 1.0]]])
def transposed_in_place(m):
    x = m.ones(2, 2, requires_grad=True)
    y = x * 1
    y.T[0].mul_(2)
    y.sum().backward()
    return [x.grad]


@fact([[1.0, 5.0], True])
def flatten_gives_a_view(m):
    x = m.ones(1, 2)
    v = x.flatten()
    v[1] = 5
    return x[0], v.data_ptr() == x.data_ptr()


@fact(RuntimeError)
def expanded_in_place(m):
    m.ones(1).expand(3).add_(1)


@fact([True, 2.0])
def history_of_a_view_asked_for_under_no_grad(m):
    x = x_of(m, 1.0, 1.0)
    y = x * 1
    v = y[0]
    y.mul_(2)
    with m.no_grad():
        known = v.requires_grad
    v.backward()
    return known, x.grad[0]


# ---- shapes and dtypes -----------------------------------------------------------------------------------------------


@fact(RuntimeError)
def in_place_cannot_broadcast_the_left(m):
    m.ones(1).add_(m.ones(3))


@fact([2.0, 2.0])
def in_place_broadcasts_the_right(m):
    return m.ones(2).add_(m.ones(1))


@fact(RuntimeError)
def in_place_cannot_make_ints_of_floats(m):
    m.tensor([1, 2]).add_(1.5)


@fact(RuntimeError)
def in_place_division_of_ints(m):
    x = m.tensor([1, 2])
    x /= 2


@fact(RuntimeError)
def in_place_cannot_make_bools_of_ints(m):
    m.tensor([True, False]).add_(1)


@fact([[2, 3], "int32"])
def in_place_may_narrow_within_a_kind(m):
    x = m.tensor([1, 2], dtype=m.int32)
    x += m.tensor([1, 1])
    return x, x.dtype


@fact([[2.0, 3.0], "float32"])
def in_place_keeps_float32(m):
    x = m.tensor([1.0, 2.0])
    x += m.tensor([1.0, 1.0], dtype=m.float64)
    return x, x.dtype


@fact([1, 7])
def assignment_converts(m):
    x = m.tensor([1, 2])
    x[1] = 7.9
    return x


@fact([1.0, 2.0])
def nothing_is_changed_by_a_failed_in_place(m):
    x = m.tensor([1.0, 2.0])
    try:
        x.add_(m.ones(3, 2))
    except RuntimeError:
        return x


@fact([[3.0, 3.0], True])
def in_place_returns_the_tensor(m):
    x = m.ones(2)
    y = x.add_(2)
    return x, y is x


@fact([7.0, 1.0])
def swapped_data(m):
    x = x_of(m, 1.0)
    x.data = m.tensor(7.0)
    (x * 1).backward()
    return x, x.grad


@fact([5.0, 5.0])
def from_numpy_sees_changes(m):
    import numpy as np

    a = np.zeros(2, np.float32)
    t = m.from_numpy(a)
    a[0] = 5
    t[1] = 5
    return a.tolist()


@fact([8.0, 12.0])
def optimizer_step_between_two_passes(m):
    w = x_of(m, 2.0, 3.0)
    for _ in range(2):
        (w * w).sum().backward()
        with m.no_grad():
            w -= 0.0 * w.grad
    return w.grad


@fact([1.0, 2.0, 3.0])
def copy_in_place(m):
    x = m.zeros(3)
    x.copy_(m.tensor([1, 2, 3]))
    return x


@fact([[5.0, 5.0], [0.0, 0.0], [1.0, 1.0]])
def fill_and_zero_in_place(m):
    x = x_of(m, 1.0, 2.0)
    y = x * 2
    filled = y.fill_(5.0).tolist()
    zeroed = y.zero_().tolist()
    (y + x).sum().backward()
    return filled, zeroed, x.grad
