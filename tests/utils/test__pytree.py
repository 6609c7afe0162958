"""Trees by PyTorch's private names: what it flattens, maps and refuses, where it is installed."""

from collections import OrderedDict, defaultdict, namedtuple

import pytest

import minigrad as mg
from minigrad.utils import _pytree as ours

Pair = namedtuple("Pair", "left right")
TREES = [
    1,
    None,
    [],
    {},
    (1, [2, {"a": 3}], None),
    Pair(1, (2, 3)),
    OrderedDict(b=1, a=[2]),
    defaultdict(list, x=[1, 2], y=3),
    {"w": {"deep": [[(1,)]]}},
]


@pytest.mark.parametrize("tree", TREES, ids=repr)
def test_leaves_and_structure_make_the_tree_again(tree):
    leaves, spec = ours.tree_flatten(tree)
    again = ours.tree_unflatten(leaves, spec)
    assert again == tree and type(again) is type(tree) and spec.num_leaves == len(leaves)
    assert spec == ours.tree_structure(again) and hash(spec) == hash(ours.tree_structure(again))
    assert getattr(again, "default_factory", None) is getattr(tree, "default_factory", None)


def test_maps_over_several_trees_and_over_some_leaves():
    tree = {"x": mg.ones(2), "n": [3, "label"]}
    assert ours.tree_map(lambda a, b: (a, b), [1, (2,)], [[10, 20], (30,)]) == [(1, [10, 20]), ((2, 30),)]
    doubled = ours.tree_map_only(mg.Tensor, lambda t: t * 2, tree)
    assert doubled["x"].tolist() == [2, 2] and doubled["n"] == [3, "label"]
    assert ours.tree_map_only(lambda leaf: isinstance(leaf, int), str, tree)["n"] == ["3", "label"]
    seen = []
    assert ours.tree_map_(seen.append, tree) is tree and seen[0] is tree["x"] and seen[1:] == [3, "label"]
    assert ours.tree_leaves([(1, 2), [3]], is_leaf=lambda part: isinstance(part, tuple)) == [(1, 2), 3]
    assert ours.tree_all(bool, [1, [2]]) and not ours.tree_any(bool, [0, {"a": 0}])
    assert mg.utils._pytree is ours


@pytest.mark.parametrize("other", [[1], [1, 2, 3], (1, 2), {"a": 1, "b": 2}, 5], ids=repr)
def test_trees_of_other_structure_are_refused(other):
    assert ours.tree_structure([1, 2]) != ours.tree_structure(other)
    with pytest.raises(ValueError, match="expected a tree like"):
        ours.tree_map(lambda a, b: a, [1, 2], other)


def test_another_number_of_leaves_is_refused():
    with pytest.raises(ValueError, match="expected 2 leaves"):
        ours.tree_unflatten([1], ours.tree_structure([1, 2]))


@pytest.mark.parametrize("tree", TREES, ids=repr)
def test_pytorch_finds_the_same_leaves(tree):
    theirs = pytest.importorskip("torch.utils._pytree")
    assert ours.tree_leaves(tree) == theirs.tree_leaves(tree)
    assert ours.tree_map(str, tree) == theirs.tree_map(str, tree)
