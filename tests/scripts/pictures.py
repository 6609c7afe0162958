"""Folders of small pictures and small CIFAR-10 files, for the scripts to be tried on."""

import numpy as np

from minigrad.vision.io import write_image

COLOURS = {"blue": (40, 60, 200), "red": (210, 50, 30), "yellow": (220, 210, 40)}


def picture(colour, rng, height=14, width=18):
    """A noisy picture in one of COLOURS."""
    noise = rng.normal(0, 40, (height, width, 3))
    return np.clip(np.array(COLOURS[colour]) + noise, 0, 255).astype(np.uint8)


def folder_of_colours(root, count, colours=("blue", "red"), seed=0):
    """`count` pictures in a folder for each colour."""
    rng = np.random.default_rng(seed)
    for colour in colours:
        (root / colour).mkdir(parents=True)
        for i in range(count):
            write_image(picture(colour, rng), root / colour / f"{i:03}.png")
    return root


def cifar_records(folder, per_file=40, seed=0):
    """The five files of the training set and the test set, as records; every class equally often."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    for name in [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]:
        labels = np.arange(per_file) % 10
        pixels = rng.integers(0, 256, (per_file, 3072)) // 4 + 19 * labels[:, None]  # the brighter, the higher
        (folder / f"{name}.bin").write_bytes(np.concatenate([labels[:, None], pixels], 1).astype(np.uint8).tobytes())
    return folder
