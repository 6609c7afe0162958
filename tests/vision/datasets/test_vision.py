"""The base of users' data sets, noise, and folders of files of any kind."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.utils.data import DataLoader
from minigrad.vision.datasets import DatasetFolder, FakeData, VisionDataset


class Mine(VisionDataset):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return self.transforms(index, index)

    def extra_repr(self):
        return "Split: all"


def test_a_base_with_one_transform_or_two():
    one = Mine("data", transform=lambda x: x + 1)
    assert one[1] == (2, 1) and one.transform(1) == 2 and one.target_transform is None and one.root == "data"
    assert Mine(target_transform=lambda t: -t)[1] == (1, -1)
    assert Mine(transforms=lambda x, t: (t, x + 5))[1] == (1, 6)
    lines = repr(one).splitlines()
    assert lines[:4] == ["Dataset Mine", "    Number of datapoints: 2", "    Root location: data", "    Split: all"]
    assert lines[4].startswith("    StandardTransform(transform=")
    with pytest.raises(ValueError, match="Mine: expected transforms, or transform and target_transform, got both"):
        Mine(None, lambda x, t: (x, t), lambda x: x)


def test_noise_is_the_same_each_time():
    fake, other = FakeData(5, (3, 6, 7), 4), FakeData(5, (3, 6, 7), 4, random_offset=1)
    for i in range(5):
        assert mg.equal(fake[i][0], fake[i][0]) and not mg.equal(fake[i][0], other[i][0])
    assert len(fake) == 5 and {fake[i][1] for i in range(5)} <= set(range(4))
    assert mg.equal(fake[-1][0], fake[4][0])
    raw = FakeData(5, (3, 6, 7), transform=lambda image: image, target_transform=lambda t: (t,))[0]
    assert raw[0].dtype == np.uint8 and raw[0].shape == (6, 7, 3) and isinstance(raw[1], tuple)
    with pytest.raises(IndexError, match="FakeData: expected an index below 5"):
        fake[5]


def test_folders_of_arrays(tmp_path):
    for name, count in (("b", 2), ("a", 1)):
        (tmp_path / name / "deep").mkdir(parents=True)
        for i in range(count):
            np.save(tmp_path / name / "deep" / f"{i}.npy", np.full(3, i, np.float32))
        (tmp_path / name / "notes.txt").write_text("not to be taken")
    found = DatasetFolder(tmp_path, np.load, ".npy", transform=lambda x: x + 1, target_transform=lambda t: -t)
    assert found.classes == ["a", "b"] and found.targets == [0, 1, 1] and found.class_to_idx == {"a": 0, "b": 1}
    assert found[2][0].tolist() == [2, 2, 2] and found[2][1] == -1
    x, t = next(iter(DataLoader(found, 3)))
    assert x.tolist() == [[1] * 3, [1] * 3, [2] * 3] and t.tolist() == [0, -1, -1]
    by_check = DatasetFolder(tmp_path, str, is_valid_file=lambda path: path.endswith(".txt"))
    assert [path.endswith("notes.txt") for path, _ in by_check] == [True, True]
    with pytest.raises(FileNotFoundError, match="DatasetFolder: expected files to take in each .* found in a, b"):
        DatasetFolder(tmp_path, np.load, (".zip",))
    assert len(DatasetFolder(tmp_path, np.load, (".zip",), allow_empty=True)) == 0
    with pytest.raises(ValueError, match="DatasetFolder: expected either extensions or is_valid_file"):
        DatasetFolder(tmp_path, np.load)
    with pytest.raises(FileNotFoundError, match="DatasetFolder: expected a folder, but"):
        DatasetFolder(tmp_path / "none", np.load, ".npy")


def test_a_subclass_finds_its_own_classes(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.npy").touch()

    class Second(DatasetFolder):
        def find_classes(self, directory):
            return ["b"], {"b": 0}

    assert Second(tmp_path, str, ".npy").samples == [(str(tmp_path / "b" / "x.npy"), 0)]
