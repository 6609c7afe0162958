"""Transforms left to chance: how often, in which order, and that a seed repeats them."""

import itertools

import numpy as np
import pytest

import minigrad as mg
from minigrad.vision.transforms import Compose, RandomApply, RandomChoice, RandomOrder

STEPS = [lambda word: word + "a", lambda word: word + "b", lambda word: word + "c"]


def drawn(transform, count=600):
    return [transform("") for _ in range(count)]


def shares(words):
    return {word: words.count(word) / len(words) for word in words}


@pytest.mark.parametrize(
    "make, expected",
    [
        (lambda g: RandomApply(STEPS, 0.25, g), {"": 0.75, "abc": 0.25}),
        (lambda g: RandomApply(STEPS, 1, g), {"abc": 1}),
        (lambda g: RandomChoice(STEPS, generator=g), dict.fromkeys("abc", 1 / 3)),
        (lambda g: RandomChoice(STEPS, [1, 0, 3], g), {"a": 0.25, "c": 0.75}),
        (lambda g: RandomOrder(STEPS, g), {"".join(order): 1 / 6 for order in itertools.permutations("abc")}),
    ],
)
def test_each_outcome_comes_as_often_as_it_should(make, expected):
    first, again = (drawn(make(mg.Generator().manual_seed(3))) for _ in range(2))
    assert first == again
    assert shares(first) == pytest.approx(expected, abs=0.08)
    assert not Compose([make(None)]).batched and repr(make(None)).startswith(type(make(None)).__name__)


@pytest.mark.parametrize(
    "error, call",
    [
        (TypeError, lambda: RandomApply(3)),
        (TypeError, lambda: RandomOrder([3])),
        (ValueError, lambda: RandomApply(STEPS, 2)),
        (ValueError, lambda: RandomChoice(STEPS, [1, 2])),
        (ValueError, lambda: RandomChoice(STEPS, np.array([1, -1, 1]))),
        (ValueError, lambda: RandomChoice([])),
    ],
)
def test_bad_arguments_are_refused(error, call):
    with pytest.raises(error, match="Random(Apply|Choice|Order): expected"):
        call()
