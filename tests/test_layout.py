"""tests/README.md is true: what it names is there, and it names every folder of tests."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
PAGE = (TESTS / "README.md").read_text()
NAMED = set(re.findall(r"`([\w./]+)`", PAGE))
FOLDERS = {path.parent for path in TESTS.rglob("*.py")}


def test_what_is_named_exists():
    paths = {name for name in NAMED if name.startswith("tests/") or name.endswith((".py", ".md", ".cfg"))}
    assert len(paths) > 40
    missing = {name for name in paths if not (ROOT / name).exists() and not list(TESTS.rglob(name))}
    assert not missing


def test_every_folder_is_named():
    missing = {folder.relative_to(ROOT).as_posix() for folder in FOLDERS} - NAMED
    assert not missing, f"tests/README.md does not say what is in {sorted(missing)}"


def test_tables_are_where_it_says():
    """That is, where it says "`TABLE` in `file`", or "of", also with several of them."""
    said = re.findall(r"((?:`[A-Z]+`(?: and )?)+) (?:in|of)\s+((?:`tests/[\w./]+`(?: and )?)+)", PAGE)
    pairs = {
        (table, file)
        for ts, fs in said
        for table in re.findall("[A-Z]+", ts)
        for file in re.findall(r"tests[\w./]+", fs)
    }
    assert len(pairs) > 8
    missing = [(t, f) for t, f in pairs if not re.search(rf"^{t}\b.*=", (ROOT / f).read_text(), flags=re.M)]
    assert not missing


def test_every_folder_is_a_package():
    """Otherwise pytest cannot import two files of one name, such as kernels' and vision's test_kernels.py."""
    assert [folder for folder in FOLDERS if not (folder / "__init__.py").is_file()] == []
