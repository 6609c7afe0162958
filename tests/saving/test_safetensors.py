"""safetensors: the format to the byte, what the original library reads and writes, and broken files."""

import json
import os

import numpy as np
import pytest

import minigrad as mg
from minigrad.saving.safetensors import load_file, save_file

ARRAYS = {
    "fc.weight": np.arange(6, dtype=np.float32).reshape(2, 3).T,
    "scalar": np.array(2.5),
    "empty": np.zeros((0, 3), np.float16),
    "mask": np.array([True, False]),
    **{f"i{n}": np.array([-3, 5], f"i{n}") for n in (1, 2, 4, 8)},
    **{f"u{n}": np.array([3, 200], f"u{n}") for n in (1, 2, 4, 8)},
}


def check(tensors):
    assert tensors.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert tensors[name].dtype == array.dtype and tuple(tensors[name].shape) == array.shape
        np.testing.assert_array_equal(np.asarray(tensors[name]), array)


def written(path, header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def test_round_trip(tmp_path):
    save_file({name: mg.from_numpy(array) for name, array in ARRAYS.items()}, tmp_path / "a", {"by": "test"})
    check(load_file(tmp_path / "a"))
    assert os.listdir(tmp_path) == ["a"]


def test_with_the_original_library(tmp_path):
    theirs = pytest.importorskip("safetensors.numpy")
    save_file(ARRAYS, tmp_path / "ours", {"by": "test"})
    check(theirs.load_file(tmp_path / "ours"))
    theirs.save_file({k: np.ascontiguousarray(v).reshape(v.shape) for k, v in ARRAYS.items()}, tmp_path / "theirs")
    check(load_file(tmp_path / "theirs"))


def test_tensors_may_lie_in_any_order(tmp_path):
    header = {
        "b": {"dtype": "U8", "shape": [2], "data_offsets": [4, 6]},
        "none": {"dtype": "U8", "shape": [0], "data_offsets": [4, 4]},
        "a": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]},
    }
    tensors = load_file(written(tmp_path / "file", header, np.float32(1.5).tobytes() + b"\7\t"))
    assert {name: tensor.tolist() for name, tensor in tensors.items()} == {"a": 1.5, "b": [7, 9], "none": []}


def test_the_format(tmp_path):
    """By its description: offsets count from the end of the header; bfloat16 is the upper half of a float32."""
    data = np.array([1.5, -2.0], "<f4").tobytes() + np.array([0x3FC0, 0xC000], "<u2").tobytes()
    header = {
        "__metadata__": {"format": "pt"},
        "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
        "b": {"dtype": "BF16", "shape": [2, 1], "data_offsets": [8, 12]},
    }
    tensors = load_file(written(tmp_path / "file", header, data))
    assert tensors["a"].tolist() == [1.5, -2.0] and tensors["b"].tolist() == [[1.5], [-2.0]]
    assert tensors["b"].dtype == np.float32


def test_truncated_anywhere(tmp_path):
    save_file(ARRAYS, tmp_path / "whole")
    content = (tmp_path / "whole").read_bytes()
    for length in range(len(content)):
        (tmp_path / "part").write_bytes(content[:length])
        with pytest.raises(RuntimeError, match="part is not a whole safetensors file"):
            load_file(tmp_path / "part")


@pytest.mark.parametrize(
    "header",
    [
        b"nonsense",
        [],
        {"a": 3},
        {"a": {"dtype": "F32", "shape": [2]}},
        {"a": {"dtype": "F8_E4M3", "shape": [2], "data_offsets": [0, 2]}},
        {"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}},
        {"a": {"dtype": "F32", "shape": [2], "data_offsets": [-8, 0]}},
        {"a": {"dtype": "F32", "shape": [-2, -1], "data_offsets": [0, 8]}},
    ],
)
def test_broken_headers(tmp_path, header):
    with pytest.raises(RuntimeError, match="not a whole safetensors file"):
        load_file(written(tmp_path / "file", header, bytes(8)))


def test_what_cannot_be_saved(tmp_path):
    for tensors, metadata, error, message in [
        ({3: mg.ones(1)}, None, TypeError, "of type str, got 3"),
        ({("a",): mg.ones(1)}, None, TypeError, "of type str, got"),
        ({"__metadata__": mg.ones(1)}, None, ValueError, "__metadata__ is the format's own name"),
        ({"__metadata__": mg.ones(1)}, {"a": "b"}, ValueError, "__metadata__ is the format's own name"),
        ({"\ud800": mg.ones(1)}, None, ValueError, "expected Unicode text"),
        ({"a": mg.ones(1)}, {"a": 1}, TypeError, "of type str, got 1"),
        ({"a": mg.ones(1)}, {1: "a"}, TypeError, "of type str, got 1"),
    ]:
        with pytest.raises(error, match=message):
            save_file(tensors, tmp_path / "file", metadata)
    with pytest.raises(IsADirectoryError, match="save_file: expected the name of a file"):
        save_file({}, tmp_path)
    for value in (3, np.array(["a"]), np.array([1j])):
        with pytest.raises(TypeError, match="for 'x'"):
            save_file({"x": value}, tmp_path / "file")
    assert not os.listdir(tmp_path)
