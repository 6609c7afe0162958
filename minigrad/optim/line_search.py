"""Line search by the strong Wolfe conditions (Nocedal and Wright, Numerical Optimization, 2006, section 3.5)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

DECREASE, CURVATURE = 1e-4, 0.9  # the constants of the two conditions


class Point(NamedTuple):
    """The distance `t` along the direction, with the loss there, its gradient, and its slope along the direction."""

    t: Any
    loss: float
    gradient: np.ndarray
    slope: Any


def strong_wolfe(
    evaluate: Callable[[Any], Point], start: Point, t: Any, length: float, least_change: float, most: int
) -> Point:
    """Return a point that is low enough and flat enough, or the lowest one found.

    Parameters
    ----------
    evaluate : gives the point at a distance
    start : the point at 0
    t : the distance to try first
    length : the greatest element of the direction
    least_change : stop when the two ends are nearer to each other than this
    most : evaluations after the first one
    """

    def is_high(point: Point) -> bool:
        return point.loss > start.loss + DECREASE * point.t * start.slope

    def is_flat(point: Point) -> bool:
        return abs(point.slope) <= -CURVATURE * start.slope

    before, point = start, evaluate(t)
    ends = None
    tried = 0
    while tried < most and ends is None:
        if is_high(point) or (tried > 1 and point.loss >= before.loss):
            ends = [before, point]
        elif is_flat(point):
            return point
        elif point.slope >= 0:
            ends = [before, point]
        else:
            bounds = point.t + 0.01 * (point.t - before.t), point.t * 10
            before, point = point, evaluate(_minimum(before, point, bounds))
            tried += 1
    ends = [start, point] if ends is None else ends

    stuck = False
    low, high = _ordered(ends)
    while tried < most and abs(ends[1].t - ends[0].t) * length >= least_change:
        t, stuck = _between(ends, stuck)
        point = evaluate(t)
        tried += 1
        if is_high(point) or point.loss >= ends[low].loss:
            ends[high] = point
            low, high = _ordered(ends)
            continue
        if not is_flat(point) and point.slope * (ends[high].t - ends[low].t) >= 0:
            ends[high] = ends[low]
        ends[low] = point
        if is_flat(point):
            break
    return ends[low]


def _ordered(ends: list[Point]) -> tuple[int, int]:
    """Return the indices of the lower and of the higher one."""
    return (0, 1) if ends[0].loss <= ends[1].loss else (1, 0)


def _between(ends: list[Point], stuck: bool) -> tuple[Any, bool]:
    """Return where to look next, and whether that was too near to an end: twice is stuck, so it moves inside."""
    t = _minimum(ends[0], ends[1])
    first, last = min(end.t for end in ends), max(end.t for end in ends)
    margin = 0.1 * (last - first)
    if min(last - t, t - first) >= margin:
        return t, False
    if not (stuck or t >= last or t <= first):
        return t, True
    return (last - margin if abs(t - last) < abs(t - first) else first + margin), False


def _minimum(one: Point, other: Point, bounds: tuple[Any, Any] | None = None) -> Any:
    """Return where the cubic through two points with their slopes is lowest, within `bounds`, else between them."""
    first, last = (one, other) if one.t <= other.t else (other, one)
    least, greatest = bounds or (first.t, last.t)
    tilt = one.slope + other.slope - 3 * (one.loss - other.loss) / (one.t - other.t)
    square = tilt**2 - one.slope * other.slope
    if not square >= 0:
        return (least + greatest) / 2
    root = math.sqrt(square)
    t = last.t - (last.t - first.t) * ((last.slope + root - tilt) / (last.slope - first.slope + 2 * root))
    return min(max(t, least), greatest)
