"""What changes midway: grad mode, leaves, bases of views, gradients, generators, while a graph is being made."""

from tests.conformance.facts import fact


def x_of(m, *values):
    return m.tensor(list(values), requires_grad=True)


# ---- views made under no_grad ----------------------------------------------------------------------------------------


@fact(RuntimeError)
def view_made_under_no_grad_changed_outside(m):
    x = x_of(m, 1.0, 2.0) * 1
    with m.no_grad():
        v = x[:1]
    v.mul_(2)


@fact(RuntimeError)
def filled_instead(m):
    x = x_of(m, 1.0, 2.0) * 1
    with m.no_grad():
        v = x[:1]
    v.zero_()


@fact(RuntimeError)
def assigned_instead(m):
    x = x_of(m, 1.0, 2.0) * 1
    with m.no_grad():
        v = x[:1]
    v[0] = 5.0


@fact([1.0, 1.0])
def changed_under_no_grad_too(m):
    z = x_of(m, 1.0, 2.0)
    x = z * 1
    with m.no_grad():
        x[:1].mul_(2)
    x.sum().backward()
    return z.grad


@fact(RuntimeError)
def the_base_changed_and_the_view_used(m):
    x = x_of(m, 1.0, 2.0) * 1
    with m.no_grad():
        v = x[:1]
    x.mul_(2)
    (v * 3).sum().backward()


@fact(RuntimeError)
def view_of_a_view_made_under_no_grad(m):
    x = m.ones(6)
    with m.no_grad():
        matrix = x.reshape(2, 3)
    row = matrix.requires_grad_()[0]
    row += 1


@fact(RuntimeError)
def what_requires_grad_put_into_a_view_made_under_no_grad(m):
    x = m.ones(6)
    with m.no_grad():
        matrix = x.reshape(2, 3)
    matrix[0] += x_of(m, 1.0, 1.0, 1.0)


@fact([3.0, 3.0])
def where_nothing_requires_grad_all_is_allowed(m):
    x = m.ones(2)
    with m.no_grad():
        v = x.reshape(2, 1)
    v.mul_(2)[0].add_(0)
    v += 1
    return x


@fact([[4.0, 4.0], [4.0]])
def view_made_in_inference_mode(m):
    x = m.ones(2)
    with m.inference_mode():
        v = x[:1]
    x.add_(3)
    return x, v


# ---- leaves that stop to be, or begin --------------------------------------------------------------------------------


@fact([None, [1.0]])
def requires_grad_switched_off_after_recording(m):
    w, v = x_of(m, 1.0), x_of(m, 2.0)
    loss = (w * v).sum()
    w.requires_grad_(False)
    loss.backward()
    return w.grad, v.grad


@fact([3.0])
def switched_off_and_on(m):
    w = x_of(m, 1.0)
    loss = (w * 3).sum()
    w.requires_grad = False
    w.requires_grad = True
    loss.backward()
    return w.grad


@fact([None, False])
def leaf_detached_in_place(m):
    w = x_of(m, 1.0)
    loss = (w * 3).sum()
    w.detach_()
    loss.backward()
    return w.grad, w.requires_grad


@fact(RuntimeError)
def requires_grad_set_on_a_result(m):
    y = x_of(m, 1.0) * 2
    y.requires_grad = True


@fact(RuntimeError)
def view_that_is_a_leaf_changed(m):
    v = m.zeros(4)[:2].requires_grad_()
    v.add_(1)


@fact(RuntimeError)
def view_of_a_view_that_is_a_leaf_changed(m):
    v = m.zeros(4)[:2].requires_grad_()
    v[:1].add_(1)


@fact([[2.0, 2.0], False])
def view_that_is_a_leaf(m):
    base = m.zeros(4)
    v = base[:2].requires_grad_()
    (v * 2).sum().backward()
    return v.grad, base.requires_grad


# ---- detach_ ---------------------------------------------------------------------------------------------------------


@fact([[3.0, 3.0], True, False])
def base_detached_after_its_view_was_changed(m):
    u = x_of(m, 1.0, 1.0)
    base = m.zeros(3)
    v = base[:2]
    v.add_(u)
    base.detach_()
    (v * 3).sum().backward()
    return u.grad, v.requires_grad, base.requires_grad


@fact([2.0, 0.0])
def base_detached(m):
    u = x_of(m, 1.0, 1.0)
    base = u * 2
    v = base[:1]
    base.detach_()
    v.sum().backward()
    return u.grad


@fact([[1.0], [1.0]])
def view_made_under_no_grad_of_what_was_detached(m):
    u = x_of(m, 1.0, 1.0)
    base = m.zeros(2)
    with m.no_grad():
        v = base[:1]
    base.add_(u)
    base.detach_()
    return v * 1, v


@fact(RuntimeError)
def view_detached_in_place(m):
    (x_of(m, 1.0, 1.0) * 2)[:1].detach_()


@fact([1.0, 1.0])
def detached_after_retain_grad(m):
    y = x_of(m, 1.0, 2.0) * 2
    y.retain_grad()
    z = y.sum()
    y.detach_()
    z.backward()
    return y.grad


# ---- data and grad ---------------------------------------------------------------------------------------------------


@fact(RuntimeError)
def gradient_added_after_data_got_another_shape(m):
    w = x_of(m, 1.0, 2.0)
    (w * 3).sum().backward()
    w.data = m.tensor([5.0, 6.0, 7.0])
    (w * 3).sum().backward()


@fact([[1.0, 1.0, 1.0, 1.0], [8.0, 1.0]])
def view_that_was_given_other_data(m):
    base, other = m.ones(4), m.ones(2)
    v = base[:2]
    v.data = other
    v[0] = 8
    return base, other


@fact(RuntimeError)
def a_tensor_as_its_own_gradient(m):
    x = m.ones(2)
    x.grad = x


@fact([[1.0, 2.0], None])
def grad_assigned_and_deleted(m):
    x = x_of(m, 3.0, 4.0)
    x.grad = m.tensor([1.0, 2.0])
    kept = x.grad
    del x.grad
    return kept, x.grad


@fact([[2.0, 4.0], [2.0, 4.0]])
def swapped_gradients(m):
    x = x_of(m, 1.0, 2.0)
    (x * x).sum().backward()
    before, x.grad = x.grad, m.zeros(2)
    (x * x).sum().backward()
    return before, x.grad


@fact([3.0, 3.0])
def added_to_a_gradient_that_is_expanded(m):
    x = x_of(m, 1.0, 2.0)
    x.grad = m.ones(1).expand(2).clone()
    (x * 2).sum().backward()
    return x.grad


@fact([True, False, False])
def retains_grad(m):
    x = x_of(m, 1.0)
    y, z = x * 2, x * 3
    y.retain_grad()
    x.retain_grad()
    return y.retains_grad, z.retains_grad, x.retains_grad


@fact(RuntimeError)
def grad_for_no_inputs(m):
    m.autograd.grad((x_of(m, 1.0) * 2).sum(), [])


# ---- freed values ----------------------------------------------------------------------------------------------------

TWICE = {
    "gather": lambda m, x: x.gather(0, m.tensor([0])),
    "index": lambda m, x: x[m.tensor([0])],
    "mask": lambda m, x: x[m.tensor([True, False])],
    "index_select": lambda m, x: x.index_select(0, m.tensor([0])),
    "index_add": lambda m, x: m.zeros(2).index_add(0, m.tensor([0, 0]), x),
    "scatter": lambda m, x: m.zeros(2).scatter(0, m.tensor([0, 1]), x),
    "take_along_dim": lambda m, x: x.take_along_dim(m.tensor([0]), 0),
    "masked_fill": lambda m, x: x.masked_fill(m.tensor([True, False]), 1.0),
    "sort": lambda m, x: x.sort()[0],
    "max": lambda m, x: x.max(0)[0],
    "cross_entropy": lambda m, x: m.nn.functional.cross_entropy(x[None], m.tensor([0])),
    "nll_loss": lambda m, x: m.nn.functional.nll_loss(x[None], m.tensor([0])),
    "embedding": lambda m, x: m.nn.functional.embedding(m.tensor([0]), x[None]),
    "dropout": lambda m, x: m.nn.functional.dropout(x, 0.5),
}


def twice(name):
    def second_backward(m):
        y = TWICE[name](m, x_of(m, 1.0, 2.0)).sum()
        y.backward()
        y.backward()

    second_backward.__name__ = f"second_backward_through_{name}"
    return second_backward


for name in TWICE:
    fact(RuntimeError)(twice(name))


@fact([-2.0, -2.0])
def second_backward_where_nothing_was_kept(m):
    x = x_of(m, 1.0, 2.0)
    y = 2 - (x + x).reshape(2, 1).mean()
    y.backward()
    y.backward()
    return x.grad


# ---- hooks -----------------------------------------------------------------------------------------------------------


@fact([[10.0, 10.0], [5.0, 5.0]])
def hook_that_changes_its_gradient(m):
    x, y = x_of(m, 1.0, 1.0), x_of(m, 1.0, 1.0)
    x.register_hook(lambda g: g.mul_(5))
    y.register_hook(lambda g: None)
    (x * 2).sum().backward()
    (y * 5).sum().backward()
    return x.grad, y.grad


@fact(RuntimeError)
def hook_that_returns_another_dtype(m):
    x = x_of(m, 1.0)
    x.register_hook(lambda g: g.double())
    (x * 2).sum().backward()


@fact(TypeError)
def post_accumulate_grad_hook_that_returns_something(m):
    x = x_of(m, 1.0)
    x.register_post_accumulate_grad_hook(lambda t: 5)
    (x * 2).sum().backward()


@fact(["y", "x", "after"])
def order_of_hooks(m):
    seen, x = [], x_of(m, 1.0)
    x.register_post_accumulate_grad_hook(lambda t: seen.append("after"))
    x.register_hook(lambda g: seen.append("x"))
    y = x * 2
    y.register_hook(lambda g: seen.append("y"))
    y.sum().backward()
    return seen


# ---- the mode of generators and coroutines ---------------------------------------------------------------------------


def recorded(m, finish, catch=()):
    """Whether recording was on while a generator under no_grad was finished, and whether it is on afterwards."""
    seen = []

    @m.no_grad()
    def numbers():
        try:
            yield 1
        except catch:
            seen.append(m.is_grad_enabled())
            yield 2
        finally:
            seen.append(m.is_grad_enabled())

    finish(numbers())
    return seen, m.is_grad_enabled()


def closed(g):
    next(g)
    g.close()


def thrown_into(g):
    next(g)
    g.throw(ValueError())
    g.close()


@fact([[False], True])
def generator_closed(m):
    return recorded(m, closed)


@fact([[False], True])
def generator_forgotten(m):
    return recorded(m, next)


@fact([[False, False], True])
def generator_thrown_into(m):
    return recorded(m, thrown_into, ValueError)


@fact(["KeyError", True])
def generator_that_raises_when_closed(m):
    @m.no_grad()
    def numbers():
        try:
            yield 1
        except GeneratorExit:
            raise KeyError from None

    try:
        closed(numbers())
    except KeyError:
        return "KeyError", m.is_grad_enabled()


# ---- nodes -----------------------------------------------------------------------------------------------------------


@fact([
    "AddBackward0", "MulBackward0", "DivBackward0", "PowBackward0", "ExpBackward0", "ViewBackward0", "SelectBackward0",
    "SliceBackward0", "SumBackward0", "CloneBackward0", "UnsqueezeBackward0", "SqueezeBackward0", "TransposeBackward0",
    "PermuteBackward0", "ExpandBackward0", "DotBackward0", "ReluBackward0", "SoftmaxBackward0", "CatBackward0",
])  # fmt: skip
def classes_of_nodes(m):
    x = m.ones(1, 2, requires_grad=True)
    results = (
        x + 1, x * x, x / x, x**2, x.exp(), x.view(2), x[0], x[:1], x.sum(), x.clone(), x.unsqueeze(0), x.squeeze(),
        x.transpose(0, 1), x.permute(1, 0), x.expand(3, 2), x[0] @ x[0], x.relu(), x.softmax(1), m.cat([x, x]),
    )  # fmt: skip
    return [type(r.grad_fn).__name__ for r in results]


@fact([True, True, ["MulBackward0", "AccumulateGrad"], True])
def walk_over_a_graph(m):
    x = x_of(m, 1.0)
    y = (x * x).exp()
    other = (x * x).exp()
    product = y.grad_fn.next_functions[0][0]
    leaf = product.next_functions[0][0]
    names = [product.name(), type(leaf).__name__]
    return type(y.grad_fn) is type(other.grad_fn), y.grad_fn is y.grad_fn, names, leaf.variable is x


@fact(["done"])
def backward_inside_of_backward(m):
    class Down(m.autograd.Function):
        @staticmethod
        def forward(ctx, x, levels):
            ctx.levels = levels
            return x.clone()

        @staticmethod
        def backward(ctx, g):
            if ctx.levels:
                with m.enable_grad():
                    Down.apply(m.ones(1, requires_grad=True), ctx.levels - 1).sum().backward()
            return g, None

    Down.apply(m.ones(1, requires_grad=True), 200).sum().backward()
    return ["done"]
