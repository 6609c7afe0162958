"""Gradients, grad modes, hooks: when they add up, when they stay away, what is an error."""

import threading

from tests.conformance.facts import fact


def x_of(m, *values):
    return m.tensor(values if len(values) != 1 else values[0], requires_grad=True)


# ---- accumulation ----------------------------------------------------------------------------------------------------


@fact([12.0, "float32", []])
def two_backwards_accumulate(m):
    x = x_of(m, 3.0)
    (x * x).backward()
    (x * x).backward()
    return x.grad, x.grad.dtype, list(x.grad.shape)


@fact(["float64", [2]])
def grad_has_the_dtype_and_shape_of_the_leaf(m):
    x = m.ones(2, dtype=m.float64, requires_grad=True)
    (x.float() * 2).sum().backward()
    return x.grad.dtype, list(x.grad.shape)


@fact([None, True])
def interior_grad_stays_none(m):
    y = x_of(m, 3.0) * 2
    (y * y).backward()
    return y.grad, y.requires_grad


@fact([12.0])
def retained_grad(m):
    y = x_of(m, 3.0) * 2
    y.retain_grad()
    (y * y).backward()
    return [y.grad]


@fact([3.0])
def retained_grad_is_that_of_the_value_after_in_place(m):
    y = x_of(m, 3.0) * 2
    y.retain_grad()
    y.mul_(5)
    (y * 3).backward()
    return [y.grad]


@fact([30.0])
def retained_grad_comes_after_hooks(m):
    y = x_of(m, 3.0) * 2
    y.retain_grad()
    y.register_hook(lambda g: g * 10)
    (y * 3).backward()
    return [y.grad]


@fact(4.0)
def a_node_reached_twice_counts_twice(m):
    a = x_of(m, 1.0)
    b = a + a
    (b + b).backward()
    return a.grad


@fact([None, 2.0])
def unused_parameters_keep_none(m):
    x, y = x_of(m, 1.0), x_of(m, 1.0)
    (y * 2).backward()
    return x.grad, y.grad


@fact([False, True])
def accumulated_grad_is_the_same_tensor(m):
    x = x_of(m, 1.0)
    (x * 2).backward()
    first = x.grad
    (x * 2).backward()
    return first.requires_grad, first is x.grad


@fact([7.0])
def grad_may_be_assigned(m):
    x = x_of(m, 1.0)
    x.grad = m.tensor(5.0)
    (x * 2).backward()
    return [x.grad]


@fact(RuntimeError)
def assigned_grad_must_have_the_shape(m):
    x_of(m, 1.0, 2.0).grad = m.ones(3)


@fact(TypeError)
def assigned_grad_must_be_a_tensor(m):
    x_of(m, 1.0).grad = 3.0


@fact([0.0, None])
def grad_can_be_zeroed_or_dropped(m):
    x = x_of(m, 1.0)
    (x * 2).backward()
    x.grad.zero_()
    zeroed = x.grad.item()
    x.grad = None
    return zeroed, x.grad


# ---- what backward wants ---------------------------------------------------------------------------------------------


@fact(RuntimeError)
def backward_of_several_elements(m):
    (x_of(m, 1.0, 2.0) * 2).backward()


@fact([[3.0]])
def backward_of_one_element_of_any_shape(m):
    x = m.ones(1, 1, requires_grad=True)
    (x * 3).backward()
    return x.grad


@fact(RuntimeError)
def gradient_of_the_wrong_shape(m):
    (x_of(m, 1.0, 2.0) * 2).backward(m.ones(3))


@fact([2.0, 20.0])
def gradient_given(m):
    x = x_of(m, 1.0, 2.0)
    (x * 2).backward(m.tensor([1.0, 10.0]))
    return x.grad


@fact(RuntimeError)
def backward_without_requires_grad(m):
    m.ones(1).backward()


@fact(RuntimeError)
def second_backward(m):
    y = x_of(m, 2.0).exp()
    y.backward()
    y.backward()


@fact(8.0)
def second_backward_with_retain_graph(m):
    x = x_of(m, 2.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    return x.grad


@fact(8.0)
def second_backward_where_nothing_was_kept(m):
    x = x_of(m, 2.0)
    y = (x + x) + (x + x)
    y.backward()
    y.backward()
    return x.grad


@fact([2.0, None])
def backward_into_chosen_inputs(m):
    x, y = x_of(m, 2.0), x_of(m, 2.0)
    (x * y).backward(inputs=[x])
    return x.grad, y.grad


# ---- autograd.grad ---------------------------------------------------------------------------------------------------


@fact([[4.0], None, False])
def grad_leaves_grad_alone(m):
    x = x_of(m, 2.0)
    g = m.autograd.grad(x * x, x)
    return g, x.grad, g[0].requires_grad


@fact(RuntimeError)
def unused_input(m):
    m.autograd.grad(x_of(m, 1.0) * 2, x_of(m, 1.0))


@fact([None])
def unused_input_allowed(m):
    return m.autograd.grad(x_of(m, 1.0) * 2, x_of(m, 1.0), allow_unused=True)


@fact([0.0])
def unused_input_materialized(m):
    return m.autograd.grad(x_of(m, 1.0) * 2, x_of(m, 1.0), materialize_grads=True)


@fact(ValueError)
def materialized_and_not_allowed(m):
    m.autograd.grad(x_of(m, 1.0) * 2, x_of(m, 1.0), materialize_grads=True, allow_unused=False)


@fact(RuntimeError)
def grad_for_what_does_not_require_it(m):
    m.autograd.grad(x_of(m, 1.0) * 2, m.ones(1))


@fact([[3.0, 30.0]])
def grad_outputs(m):
    x = x_of(m, 1.0, 2.0)
    return m.autograd.grad(x * 3, x, grad_outputs=m.tensor([1.0, 10.0]))


@fact([27.0, 18.0, 6.0])
def higher_orders(m):
    x = x_of(m, 3.0)
    first = m.autograd.grad(x**3, x, create_graph=True)[0]
    second = m.autograd.grad(first, x, create_graph=True)[0]
    return first, second, m.autograd.grad(second, x)[0]


@fact([27.0, True])
def create_graph_fills_a_differentiable_grad(m):
    x = x_of(m, 3.0)
    (x**3).backward(create_graph=True)
    result = x.grad.item(), x.grad.requires_grad
    x.grad = None
    return result


@fact(1.0)
def grad_of_a_leaf_by_itself(m):
    x = x_of(m, 3.0)
    return m.autograd.grad(x, x)[0]


@fact([[2.0, 0.0], [0.0, 4.0]])
def batched_grads(m):
    x = x_of(m, 1.0, 2.0)
    return m.autograd.grad(x * x, x, m.eye(2), is_grads_batched=True)[0]


# ---- modes -----------------------------------------------------------------------------------------------------------


@fact([False, True, True, False])
def no_grad_and_factories(m):
    x = x_of(m, 1.0)
    with m.no_grad():
        return (x * 2).requires_grad, m.ones(1, requires_grad=True).requires_grad, x.requires_grad, m.is_grad_enabled()


@fact([False, True, True])
def modes_nest(m):
    with m.no_grad():
        outer = m.is_grad_enabled()
        with m.enable_grad():
            inner = m.is_grad_enabled()
    return outer, inner, m.is_grad_enabled()


@fact([False, True])
def no_grad_decorates(m):
    @m.no_grad()
    def inside():
        return m.is_grad_enabled()

    return inside(), m.is_grad_enabled()


@fact([False, True])
def no_grad_decorates_without_parentheses(m):
    @m.no_grad
    def inside():
        return m.is_grad_enabled()

    return inside(), m.is_grad_enabled()


@fact([[False, False], True])
def no_grad_decorates_generators(m):
    @m.no_grad()
    def inside():
        yield m.is_grad_enabled()
        yield m.is_grad_enabled()

    outside = []
    seen = []
    for enabled in inside():
        seen.append(enabled)
        outside.append(m.is_grad_enabled())
    return seen, all(outside)


@fact([False, True])
def mode_is_restored_after_an_error(m):
    try:
        with m.no_grad():
            before = m.is_grad_enabled()
            raise KeyError
    except KeyError:
        return before, m.is_grad_enabled()


@fact([False, True, True])
def set_grad_enabled_as_a_block(m):
    with m.set_grad_enabled(False):
        off = m.is_grad_enabled()
        with m.set_grad_enabled(True):
            on = m.is_grad_enabled()
    return off, on, m.is_grad_enabled()


@fact([False, True])
def set_grad_enabled_as_a_call(m):
    m.set_grad_enabled(False)
    off = m.is_grad_enabled()
    m.set_grad_enabled(True)
    return off, m.is_grad_enabled()


@fact([True, False, True])
def set_grad_enabled_as_a_decorator(m):
    @m.set_grad_enabled(False)
    def inside():
        return m.is_grad_enabled()

    return m.is_grad_enabled(), inside(), m.is_grad_enabled()


@fact([False, False])
def inference_mode(m):
    x = x_of(m, 1.0)
    with m.inference_mode():
        return (x * 2).requires_grad, m.is_grad_enabled()


@fact([True, False])
def modes_belong_to_threads(m):
    seen = []
    with m.no_grad():
        thread = threading.Thread(target=lambda: seen.append(m.is_grad_enabled()))
        thread.start()
        thread.join()
        return [*seen, m.is_grad_enabled()]


# ---- leaves ----------------------------------------------------------------------------------------------------------


@fact([True, True, False, True, True])
def who_is_a_leaf(m):
    x = x_of(m, 1.0)
    with m.no_grad():
        unrecorded = x * 2
    return x.is_leaf, m.ones(1).is_leaf, (x * 2).is_leaf, unrecorded.is_leaf, (x * 2).detach().is_leaf


@fact(RuntimeError)
def integers_cannot_require_grad(m):
    m.tensor([1, 2], requires_grad=True)


@fact(RuntimeError)
def bools_cannot_require_grad(m):
    m.tensor([True]).requires_grad_()


@fact(RuntimeError)
def requires_grad_false_on_an_interior_tensor(m):
    (x_of(m, 1.0) * 2).requires_grad = False


@fact(True)
def requires_grad_true_on_an_interior_tensor(m):
    y = x_of(m, 1.0) * 2
    return y.requires_grad_().requires_grad


@fact(RuntimeError)
def numpy_of_what_requires_grad(m):
    x_of(m, 1.0).numpy()


@fact([1.0, 2.0])
def numpy_by_force(m):
    return x_of(m, 1.0, 2.0).numpy(force=True).tolist()


@fact([3.0, False])
def detached_factor_is_a_constant(m):
    x = x_of(m, 3.0)
    y = x.detach()
    (x * y).backward()
    return x.grad, y.requires_grad


@fact(RuntimeError)
def deepcopy_of_an_interior_tensor(m):
    import copy

    copy.deepcopy(x_of(m, 1.0) * 2)


@fact([1.0, 2.0, True, False])
def deepcopy_of_a_leaf(m):
    import copy

    x = x_of(m, 1.0)
    (x * 2).backward()
    y = copy.deepcopy(x)
    return y, y.grad, y.requires_grad, y.data_ptr() == x.data_ptr()


# ---- hooks -----------------------------------------------------------------------------------------------------------


@fact([[1.0, 1.0], [10.0, 10.0], [11.0, 11.0]])
def hook_replaces_and_is_removed(m):
    x = x_of(m, 1.0, 2.0)
    seen = []
    handle = x.register_hook(lambda g: seen.append(g.tolist()) or g * 10)
    x.sum().backward()
    first = x.grad.tolist()
    handle.remove()
    x.sum().backward()
    return seen[0], first, x.grad


@fact([5.0])
def hook_of_a_leaf_sees_the_whole_gradient(m):
    x = x_of(m, 1.0)
    seen = []
    x.register_hook(lambda g: seen.append(g.item()))
    (x * 2 + x * 3).backward()
    return seen


@fact([["new", 3.0], ["old", 6.0]])
def hooks_before_and_after_an_in_place_change(m):
    y = x_of(m, 1.0) * 1
    seen = []
    y.register_hook(lambda g: seen.append(["old", g.item()]))
    y.mul_(2)
    y.register_hook(lambda g: seen.append(["new", g.item()]))
    (y * 3).backward()
    return seen


@fact([216.0, 360.0])
def hook_runs_in_the_second_pass_too(m):
    x = x_of(m, 3.0)
    y = x * x
    y.register_hook(lambda g: g * 2)
    g = m.autograd.grad(y * y, x, create_graph=True)[0]
    return g, m.autograd.grad(g, x)[0]


@fact(TypeError)
def hook_that_returns_a_number(m):
    x = x_of(m, 1.0)
    x.register_hook(lambda g: 3.0)
    (x * 2).backward()


@fact(RuntimeError)
def hook_that_returns_another_shape(m):
    x = x_of(m, 1.0, 2.0)
    x.register_hook(lambda g: g.sum())
    x.sum().backward()


@fact(RuntimeError)
def hook_on_what_has_no_gradient(m):
    m.ones(1).register_hook(print)


@fact([2.0, 4.0])
def post_accumulate_hook(m):
    x = x_of(m, 1.0)
    seen = []
    x.register_post_accumulate_grad_hook(lambda t: seen.append(t.grad.item()))
    (x * 2).backward()
    (x * 2).backward()
    return seen
