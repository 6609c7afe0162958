"""Work for MyGrad, HIPS/autograd and JAX: the same nets and steps, each as the library's own users write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .nets import Layer, task, weights
from .torchlike import LR, MOMENTUM, WEIGHT_DECAY

Functions = dict[str, Callable[..., Any]]


class Unsupported(Exception):
    """The library, or what is written for it here, has no such thing."""


def apply(functions: Functions, resolved: list[Layer], params: list[Any], x: Any) -> Any:
    """Return the net's output from functions of the library: those with parameters are given weight and bias."""
    rest: Iterator[Any] = iter(params)
    for kind, *numbers in resolved:
        if kind not in functions:
            raise Unsupported(kind)
        if kind == "conv":
            x = functions[kind](x, next(rest), next(rest), numbers[3])
        elif kind == "linear":
            x = functions[kind](x, next(rest), next(rest))
        else:
            x = functions[kind](x, *numbers)
    return x


def common(xp: Any) -> Functions:
    """Return layers that NumPy's names are enough for."""

    def pool(reduce: Callable[..., Any]) -> Callable[..., Any]:
        def pooled(x: Any, k: int) -> Any:
            n, c, h, w = x.shape
            if h % k or w % k:
                raise Unsupported(f"pooling of {h}x{w} by {k}")
            return reduce(xp.reshape(x, (n, c, h // k, k, w // k, k)), (3, 5))

        return pooled

    return {
        "linear": lambda x, w, b: xp.matmul(x, w.T) + b,
        "tanh": xp.tanh,
        "relu": lambda x: xp.maximum(x, np.float32(0)),
        "flatten": lambda x: xp.reshape(x, (x.shape[0], -1)),
        "avg_pool": pool(xp.mean),
        "max_pool": pool(xp.max),
    }


def sgd(params: list[np.ndarray]) -> Callable[[list[np.ndarray]], None]:
    """Take a step of SGD with momentum and weight decay, in place, for libraries without optimizers."""
    buffers = [np.zeros_like(p) for p in params]

    def update(gradients: list[np.ndarray]) -> None:
        for p, g, b in zip(params, gradients, buffers, strict=True):
            b *= MOMENTUM
            b += g + WEIGHT_DECAY * p
            p -= LR * b

    return update


# ---- MyGrad ----------------------------------------------------------------------------------------------------------


def _mygrad() -> Functions:
    import mygrad
    from mygrad.nnet.layers import conv_nd

    def conv(x: Any, w: Any, b: Any, padding: int) -> Any:
        return conv_nd(x, w, stride=1, padding=padding) + mygrad.reshape(b, (1, -1, 1, 1))

    return {**common(mygrad), "conv": conv}


def mygrad_training(net: str, batch: int, image_size: int | None = None) -> Callable[[], Any]:
    import mygrad
    from mygrad.nnet.losses import softmax_crossentropy

    resolved, x, labels = task(net, batch, image_size)
    functions, params = _mygrad(), [mygrad.tensor(w) for w in weights(resolved)]
    update = sgd([p.data for p in params])

    def step() -> float:
        loss = softmax_crossentropy(apply(functions, resolved, params, x), labels)
        loss.backward()
        update([p.grad for p in params])
        return loss.item()

    return step


def mygrad_inference(net: str, batch: int) -> Callable[[], Any]:
    import mygrad

    resolved, x, _ = task(net, batch)
    functions, params = _mygrad(), [mygrad.tensor(w, constant=True) for w in weights(resolved)]

    def step() -> Any:
        with mygrad.no_autodiff:
            return apply(functions, resolved, params, x).data

    return step


def mygrad_overhead(what: str) -> Callable[[], Any]:
    import mygrad

    a, b = mygrad.tensor(np.ones((8, 8), np.float32), constant=what == "forward"), np.ones((8, 8), np.float32)
    return (lambda: (a * a).sum().backward()) if what == "square_sum" else (lambda: a * b)


# ---- HIPS/autograd ---------------------------------------------------------------------------------------------------


def _autograd() -> Functions:
    import autograd.numpy as anp
    from autograd.scipy.signal import convolve

    def conv(x: Any, w: Any, b: Any, padding: int) -> Any:
        if padding:
            x = anp.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), "constant")
        flipped = w[:, :, ::-1, ::-1]  # a convolution proper turns the kernel around
        return convolve(x, flipped, axes=([2, 3], [2, 3]), dot_axes=([1], [1]), mode="valid") + b[None, :, None, None]

    return {**common(anp), "conv": conv}


def autograd_training(net: str, batch: int, image_size: int | None = None) -> Callable[[], Any]:
    import autograd
    import autograd.numpy as anp

    resolved, x, labels = task(net, batch, image_size)
    functions, params = _autograd(), weights(resolved)
    update, rows = sgd(params), np.arange(batch)

    def loss_of(params: list[Any]) -> Any:
        logits = apply(functions, resolved, params, x)
        logits = logits - anp.max(logits, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(logits), axis=1)) - logits[rows, labels])

    value_and_gradients = autograd.value_and_grad(loss_of)

    def step() -> float:
        loss, gradients = value_and_gradients(params)
        update(gradients)
        return float(loss)

    return step


def autograd_inference(net: str, batch: int) -> Callable[[], Any]:
    resolved, x, _ = task(net, batch)
    functions, params = _autograd(), weights(resolved)
    return lambda: apply(functions, resolved, params, x)


def autograd_overhead(what: str) -> Callable[[], Any]:
    import autograd
    import autograd.numpy as anp

    if what != "square_sum":
        raise Unsupported("recording alone")
    gradient, a = autograd.grad(lambda a: anp.sum(a * a)), np.ones((8, 8), np.float32)
    return lambda: gradient(a)


# ---- JAX -------------------------------------------------------------------------------------------------------------


def _jax() -> Functions:
    import jax
    import jax.numpy as jnp

    def conv(x: Any, w: Any, b: Any, padding: int) -> Any:
        y = jax.lax.conv_general_dilated(x, w, (1, 1), [(padding, padding)] * 2)
        return y + b[None, :, None, None]

    return {**common(jnp), "conv": conv}


def jax_training(net: str, batch: int, image_size: int | None = None) -> Callable[[], Any]:
    import jax
    import jax.numpy as jnp

    resolved, inputs, targets = task(net, batch, image_size)
    functions = _jax()
    x, labels = jnp.asarray(inputs), jnp.asarray(targets)
    params = [jnp.asarray(w) for w in weights(resolved)]
    state = params, [jnp.zeros_like(p) for p in params]

    def loss_of(params: list[Any]) -> Any:
        logits = jax.nn.log_softmax(apply(functions, resolved, params, x))
        return -jnp.mean(logits[jnp.arange(batch), labels])

    def change(params: list[Any], buffers: list[Any]) -> Any:
        loss, gradients = jax.value_and_grad(loss_of)(params)
        buffers = [MOMENTUM * b + g + WEIGHT_DECAY * p for p, g, b in zip(params, gradients, buffers, strict=True)]
        return loss, ([p - LR * b for p, b in zip(params, buffers, strict=True)], buffers)

    compiled = jax.jit(change)

    def step() -> Any:
        nonlocal state
        loss, state = compiled(*state)
        return jax.block_until_ready((loss, state))[0]

    return step


def jax_inference(net: str, batch: int) -> Callable[[], Any]:
    import jax

    resolved, x, _ = task(net, batch)
    functions, params = _jax(), [jax.numpy.asarray(w) for w in weights(resolved)]
    compiled = jax.jit(lambda params, x: apply(functions, resolved, params, x))
    return lambda: compiled(params, x).block_until_ready()


def jax_overhead(what: str) -> Callable[[], Any]:
    import jax
    import jax.numpy as jnp

    if what != "square_sum":
        raise Unsupported("recording alone")
    gradient, a = jax.jit(jax.grad(lambda a: jnp.sum(a * a))), jnp.ones((8, 8), jnp.float32)
    return lambda: gradient(a).block_until_ready()
