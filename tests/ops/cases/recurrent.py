"""Recurrent layers: every kind, sequences of different lengths in both directions, projections."""

from minigrad.ops.recurrent import recurrent_layer
from tests.ops.case import case, normal

SIZES = (3, 2, 2)  # of the steps: one sequence of one step, two of three
PYTORCH = "it has no such function; the layers are compared in tests/nn/test_recurrent.py"


def _run(mode, reverse, with_c=False, projected=False):
    def function(m, x, w_ih, w_hh, b_ih, b_hh, *rest):
        rest = list(rest)
        h = rest.pop(0)
        c = rest.pop(0) if with_c else None
        projection = rest.pop(0) if projected else None
        y, h, c = recurrent_layer(mode, x, h, c, (w_ih, w_hh, b_ih, b_hh), projection, SIZES, reverse)
        return (y, h) if c is None else (y, h, c)

    return function


def _inputs(gates, out=2):
    return normal(7, 2), normal(2 * gates, 2), normal(2 * gates, out), normal(2 * gates), normal(2 * gates)


CASES = [
    *(
        case(f"recurrent_layer {mode} {reverse}", _run(mode, reverse), *_inputs(gates), normal(3, 2), torch=PYTORCH)
        for mode, gates in (("rnn_tanh", 1), ("rnn_relu", 1), ("gru", 3))
        for reverse in (False, True)
    ),
    case("recurrent_layer lstm", _run("lstm", False, True), *_inputs(4), normal(3, 2), normal(3, 2), torch=PYTORCH),
    case(
        "recurrent_layer lstm projected", _run("lstm", True, True, True), *_inputs(4, 1), normal(3, 1), normal(3, 2),
        normal(1, 2), torch=PYTORCH,
    ),
]  # fmt: skip
