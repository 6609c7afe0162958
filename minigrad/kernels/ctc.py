"""Connectionist temporal classification: all paths through a lattice of labels and blanks, in log space.

Of an example with labels l1 l2 ... the lattice's states are: blank l1 blank l2 ... blank. A path starts in one of the
first two, ends in one of the last two, and in each step stays, goes to the next state, or leaves out a blank between
two different labels. All examples of a batch advance together; shorter ones wait, their states being impossible.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Lattice(NamedTuple):
    """The states of a batch: the class of each, (N, 2 S + 1), those that may be reached over a blank, and lengths."""

    states: np.ndarray
    skips: np.ndarray
    steps: np.ndarray  # of each example
    labels: np.ndarray  # of each example


def lattice(targets: np.ndarray, steps: np.ndarray, labels: np.ndarray, blank: int) -> Lattice:
    """Return the lattice of padded `targets`, (N, S)."""
    states = np.full((len(targets), 2 * targets.shape[1] + 1), blank)
    states[:, 1::2] = targets
    skips = np.zeros(states.shape, bool)
    skips[:, 3::2] = targets[:, 1:] != targets[:, :-1]
    return Lattice(states, skips, steps, labels)


def _log_sum(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    top = np.maximum(np.maximum(a, b), c)
    top[top == -np.inf] = 0  # all impossible: the difference would be nan
    total: np.ndarray = np.exp(a - top)
    total += np.exp(b - top)
    total += np.exp(c - top)
    np.log(total, out=total)
    total += top
    return total


def forward(log_probs: np.ndarray, lat: Lattice) -> np.ndarray:
    """Return the log-probability of each state's paths up to each step, (T, N, 2 S + 1), of `log_probs`, (T, N, C)."""
    emitted = _of_states(log_probs, lat)
    steps, count, width = emitted.shape
    no = np.full((), -np.inf, emitted.dtype)
    alpha = np.full((steps, count, width + 2), -np.inf, emitted.dtype)  # two impossible states in front
    alpha[:1, :, 2:4] = emitted[:1, :, :2]
    for t in range(1, steps):
        before = alpha[t - 1]
        over = np.where(lat.skips, before[:, :-2], no)
        alpha[t, :, 2:] = _log_sum(before[:, 2:], before[:, 1:-1], over) + emitted[t]
    return alpha[:, :, 2:]


def log_likelihood(alpha: np.ndarray, lat: Lattice) -> np.ndarray:
    """Return the log-probability of each example's labels, (N,), out of that of its states."""
    no = np.full((), -np.inf, alpha.dtype)
    nothing = np.where(lat.labels, no, alpha.dtype.type(0))  # of no steps
    if not len(alpha):
        return nothing
    rows, last = np.arange(alpha.shape[1]), 2 * lat.labels
    ends = alpha[lat.steps - 1, rows]
    final = np.logaddexp(ends[rows, last], np.where(lat.labels, ends[rows, last - 1], no))
    return np.where(lat.steps, final, nothing)


def occupancy(log_probs: np.ndarray, lat: Lattice, losses: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return the probability that the path is at each class in each step, given the labels: (T, N, C)."""
    emitted = _of_states(log_probs, lat)
    steps, count, width = emitted.shape
    no = np.full((), -np.inf, emitted.dtype)
    beta = np.full((count, width + 2), -np.inf, emitted.dtype)  # two impossible states behind
    rows, last = np.arange(count), 2 * lat.labels
    skips = np.zeros_like(lat.skips)
    skips[:, :-2] = lat.skips[:, 2:]
    there = np.empty_like(emitted)
    for t in reversed(range(steps)):
        beta[:, :-2] = _log_sum(beta[:, :-2], beta[:, 1:-1], np.where(skips, beta[:, 2:], no))
        ending = lat.steps == t + 1
        beta[rows[ending], last[ending]] = 0
        beta[rows[ending], (last - 1)[ending]] = np.where(lat.labels, 0, no)[ending]
        there[t] = alpha[t] + beta[:, :-2]  # beta without this step's emission, which is in alpha
        beta[:, :-2] += emitted[t]
    there = np.exp(there + losses[:, None])
    classes = np.zeros_like(log_probs)
    for state in range(1, width, 2):
        classes[:, rows, lat.states[:, state]] += there[:, :, state]
    if width:
        classes[:, rows, lat.states[:, 0]] += there[:, :, ::2].sum(-1)
    return classes


def _of_states(log_probs: np.ndarray, lat: Lattice) -> np.ndarray:
    return log_probs[:, np.arange(len(lat.states))[:, None], lat.states]
