"""Sums of products by labels. Everything is brought down to one matrix product for each two operands.

A label names a dimension: a letter, an int, or for the dimensions of an ellipsis their place counted from the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.tensor import Tensor
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.linalg import check_operands
from minigrad.ops.primitives.diagonal import diagonal
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.primitives.products import matmul
from minigrad.ops.primitives.shape import permute, reshape
from minigrad.ops.primitives.summation import sum_over

__all__ = ["einsum", "tensordot", "chain_matmul"]

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

Labels = list[Any]
Labelled = tuple[Any, Labels]


# ---- two operands ----------------------------------------------------------------------------------------------------


def _arranged(t: Any, labels: Labels, order: Labels) -> Any:
    """Return `t` with its dimensions in another order."""
    return t if labels == order else permute(t, tuple(labels.index(label) for label in order))


def _shaped(t: Any, shape: tuple[int, ...]) -> Any:
    return t if tuple(t.shape) == shape else reshape(t, shape)


def _contracted(first: Labelled, second: Labelled, kept: Any) -> Labelled:
    """Return the product of two operands, summed over the labels of both that are not in `kept`."""
    (a, of_a), (b, of_b) = first, second
    lengths = dict(zip([*of_a, *of_b], [*a.shape, *b.shape], strict=True))
    shared = [label for label in of_a if label in of_b]
    batch = [label for label in shared if label in kept]
    summed = [label for label in shared if label not in kept]
    rows, columns = [[label for label in x if label not in shared] for x in (of_a, of_b)]
    a, b = _arranged(a, of_a, batch + rows + summed), _arranged(b, of_b, batch + summed + columns)
    lead, m, k, n = (tuple(lengths[label] for label in group) for group in (batch, rows, summed, columns))
    if summed:
        length = int(np.prod(k, dtype=np.int64))
        a = _shaped(a, (*lead, int(np.prod(m, dtype=np.int64)), length))
        b = _shaped(b, (*lead, length, int(np.prod(n, dtype=np.int64))))
        y = matmul(a, b)
    else:
        y = _shaped(a, (*lead, *m, *(1,) * len(n))) * _shaped(b, (*lead, *(1,) * len(m), *n))
    return _shaped(y, lead + m + n), batch + rows + columns


# ---- what the caller wrote -------------------------------------------------------------------------------------------


def _parsed(args: tuple[Any, ...]) -> tuple[list[Any], list[Labels], Labels | None]:
    """Return the operands, their labels, and the output's (None leaves them to the rule). ... is Ellipsis."""
    if isinstance(args[0], str):
        equation, *operands = args
        if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
            operands = list(operands[0])
        if not operands:
            raise ValueError(f"einsum: expected an operand for each term of {equation!r}, got none")
        left, arrow, right = equation.replace(" ", "").partition("->")
        terms = [_letters(term) for term in left.split(",")]
        if len(terms) != len(operands):
            raise RuntimeError(f"einsum: {equation!r} has {len(terms)} terms, got {len(operands)} operands")
        return operands, terms, _letters(right) if arrow else None
    operands, terms = list(args[: len(args) // 2 * 2 : 2]), [list(labels) for labels in args[1::2]]
    return operands, terms, list(args[-1]) if len(args) % 2 else None


def _letters(term: str) -> Labels:
    labels: Labels = list(term.replace("...", "\0"))
    for c in labels:
        if c != "\0" and c not in LETTERS:
            raise RuntimeError(f"einsum: expected letters and ..., got {c!r} in {term!r}")
    return [Ellipsis if c == "\0" else c for c in labels]


def _without_ellipsis(i: int, t: Any, labels: Labels) -> Labels:
    """Return `labels` with one for each dimension of operand `i`."""
    extra = len(t.shape) - sum(label is not Ellipsis for label in labels)
    dots = labels.count(Ellipsis)
    if dots > 1 or extra < 0 or extra and not dots:
        raise RuntimeError(f"einsum: {len(labels)} labels do not fit operand {i} of shape {tuple(t.shape)}")
    if not dots:
        return labels
    place = labels.index(Ellipsis)
    return labels[:place] + [(Ellipsis, -d) for d in range(extra, 0, -1)] + labels[place + 1 :]


def _output(terms: list[Labels], output: Labels | None) -> Labels:
    """Return the labels of the output: those given, or the ellipsis and then, sorted, the labels that occur once."""
    every = [label for term in terms for label in term]
    dots = sorted({label for label in every if isinstance(label, tuple)}, key=lambda label: label[1])
    if output is None:
        return dots + sorted(label for label in every if not isinstance(label, tuple) and every.count(label) == 1)
    output = [label for given in output for label in (dots if given is Ellipsis else [given])]
    for label in output:
        if label not in every or output.count(label) > 1:
            raise RuntimeError(f"einsum: expected label {label!r} of the output once there and in an operand at least")
    return output


def _lengths(operands: list[Any], terms: list[Labels]) -> dict[Any, int]:
    """Return the length that each label stands for; one of 1 gives way to another."""
    lengths: dict[Any, int] = {}
    for i, (t, labels) in enumerate(zip(operands, terms, strict=True)):
        check_operands("einsum", operands[0], t)
        for label, n in zip(labels, t.shape, strict=True):
            if lengths.setdefault(label, n) == 1:
                lengths[label] = n
            if n not in (1, lengths[label]):
                raise RuntimeError(f"einsum: label {label!r} has length {lengths[label]}, but {n} in operand {i}")
    return lengths


# ---- one operand -----------------------------------------------------------------------------------------------------


def _single(t: Any, labels: Labels, lengths: dict[Any, int]) -> Labelled:
    """Return `t` with each label once, and without the dimensions of length 1 that others' broadcast."""
    for label in {label for label in labels if labels.count(label) > 1}:
        while labels.count(label) > 1:
            i = labels.index(label)
            j = labels.index(label, i + 1)
            if t.shape[i] != t.shape[j]:
                raise RuntimeError(f"einsum: {label!r} has lengths {t.shape[i]} and {t.shape[j]} in one operand")
            t = diagonal(t, 0, i, j)
            labels = [x for d, x in enumerate(labels) if d not in (i, j)] + [label]
    stay = [d for d, label in enumerate(labels) if t.shape[d] == lengths[label]]
    return _shaped(t, tuple(t.shape[d] for d in stay)), [labels[d] for d in stay]


def _summed(t: Any, labels: Labels, kept: Any) -> Labelled:
    """Return `t` summed over the labels that are not in `kept`."""
    gone = tuple(d for d, label in enumerate(labels) if label not in kept)
    return (sum_over(t, gone, False) if gone else t), [label for label in labels if label in kept]


def _path(parts: list[Labelled], output: Labels) -> list[tuple[int, ...]]:
    """Return the order of products as places in a list: two factors leave it, their product is appended."""
    if len(parts) <= 2:
        return [(0, 1)] * (len(parts) - 1)
    names = dict.fromkeys(label for _, labels in parts for label in labels)
    letter = dict(zip(names, LETTERS, strict=False))
    terms = ["".join(letter[label] for label in labels) for labels in (*[p[1] for p in parts], output)]
    shapes = [np.broadcast_to(np.float32(0), tuple(t.shape)) for t, _ in parts]
    path = np.einsum_path(f"{','.join(terms[:-1])}->{terms[-1]}", *shapes, optimize="greedy")[0][1:]
    return [tuple(sorted(step)) for step in path]


@rounded_once
def einsum(*args: Any) -> Tensor:
    """Return the sum of products that `equation` describes (Einstein, 1916).

    Parameters
    ----------
    equation : str
        For each operand a letter for each dimension, with commas between them: dimensions of one letter run together.
        After ``->`` the letters of the result; over all others is summed. Without it the result has the letters that
        occur once, sorted. ``...`` stands for dimensions that are broadcast.
    operands : Tensors, or one list of them
        Instead of an equation, each operand may be followed by a list of ints (and ``...``), and all by that of the
        output.

    Raises
    ------
    RuntimeError
        If the equation does not fit the operands, or lengths or dtypes differ.

    Examples
    --------
    >>> a, b = mg.tensor([[1.0, 2.0], [3.0, 4.0]]), mg.tensor([1.0, 10.0])
    >>> mg.einsum("ij,j->i", a, b), mg.einsum("ii", a), mg.einsum(a, [0, 1], [1, 0])
    (tensor([21., 43.]), tensor(5.), tensor([[1., 3.],
            [2., 4.]]))
    """
    operands, terms, output = _parsed(args)
    terms = [_without_ellipsis(i, t, labels) for i, (t, labels) in enumerate(zip(operands, terms, strict=True))]
    output = _output(terms, output)
    lengths = _lengths(operands, terms)
    parts = [_single(t, labels, lengths) for t, labels in zip(operands, terms, strict=True)]
    for step in _path(parts, output):
        chosen = [parts.pop(i) for i in reversed(step)][::-1]
        while len(chosen) > 1:
            first, second, *rest = chosen
            others = {*output, *[label for _, labels in parts + rest for label in labels]}
            first, second = _summed(*first, {*others, *second[1]}), _summed(*second, {*others, *first[1]})
            chosen = [_contracted(first, second, others), *rest]
        parts += chosen
    y, labels = _summed(*parts[0], output)
    return _arranged(y, labels, output)


@rounded_once
def tensordot(a: Operand, b: Operand, dims: int | Sequence[Sequence[int]] | Sequence[int] = 2) -> Tensor:
    """Return the sums of products over pairs of dimensions of `a` and `b`.

    Parameters
    ----------
    dims : int, or two lists of ints
        How many, the last of `a` and the first of `b`; or which of `a` and which of `b`. One of length 1 fits any.

    Returns
    -------
    Tensor
        With the other dimensions of `a`, then those of `b`.

    Raises
    ------
    RuntimeError
        If the dimensions do not match in length.
    ValueError
        If `dims` is neither an int nor two lists of ints.

    Examples
    --------
    >>> mg.tensordot(mg.ones(2, 3, 4), mg.ones(4, 3, 5), dims=([1, 2], [1, 0])).shape
    Size([2, 5])
    """
    check_operands("tensordot", a, b)
    given: Any = dims
    na, nb = len(a.shape), len(b.shape)
    if not isinstance(given, Sequence) and getattr(given, "ndim", 0) == 0:
        count = as_int("tensordot", "dims", given)
        if not 0 <= count <= min(na, nb):
            raise RuntimeError(f"tensordot: expected dims from 0 to {min(na, nb)}, got {count}")
        pairs: Any = (range(na - count, na), range(count))
    elif len(given) != 2:
        raise ValueError(f"tensordot: expected dims to be an int or two lists of ints, got {given}")
    else:
        pairs = [d if isinstance(d, (list, tuple)) else (d,) for d in given]
    first = [one_dim("tensordot", d, na) for d in pairs[0]]
    second = [one_dim("tensordot", d, nb) for d in pairs[1]]
    if len(first) == len(second):
        # a dimension of length 1 meets the sum over another
        of_one = [(i, j) for i, j in zip(first, second, strict=True) if (a.shape[i] == 1) != (b.shape[j] == 1)]
        a = sum_over(a, tuple(i for i, _ in of_one), True) if of_one else a
        b = sum_over(b, tuple(j for _, j in of_one), True) if of_one else b
    if [a.shape[d] for d in first] != [b.shape[d] for d in second] or len({*first}) + len({*second}) != 2 * len(first):
        raise RuntimeError(
            f"tensordot: dims {first} of shape {tuple(a.shape)} and {second} of {tuple(b.shape)} do not match"
        )
    of_b: Labels = [first[second.index(d)] if d in second else na + d for d in range(nb)]
    return _contracted((a, list(range(na))), (b, of_b), ())[0]


@rounded_once
def chain_matmul(*matrices: Operand) -> Tensor:
    """Return the product of several matrices, in an order that keeps the products small.

    Examples
    --------
    >>> mg.chain_matmul(mg.ones(2, 3), mg.ones(3, 4), mg.ones(4, 1))
    tensor([[12.],
            [12.]])
    """
    args: list[Any] = []
    for i, matrix in enumerate(matrices):
        args += [matrix, [i, i + 1]]
    return einsum(*args, [0, len(matrices)])
