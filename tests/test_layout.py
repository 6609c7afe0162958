"""The pages for contributors are true: what they name is there, every folder of tests has its line, versions agree."""

import configparser
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROOT = TESTS.parent
PAGE = (TESTS / "README.md").read_text()
NAMED = set(re.findall(r"`([\w./]+)`", PAGE))
FOLDERS = {path.parent for path in TESTS.rglob("*.py")}


def test_what_is_named_exists():
    paths = {name for name in NAMED if name.startswith(("tests/", "minigrad/")) or name.endswith((".py", ".cfg"))}
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


PAGES = [ROOT / ".github/CONTRIBUTING.md", ROOT / ".github/PULL_REQUEST_TEMPLATE.md", *ROOT.glob("docs/*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    links = re.findall(r"\]\(([^):]+)\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_versions_agree():
    """What the metadata promises, the workflow tries; the oldest Python is what ruff and mypy read the code as."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    promised = re.findall(r":: (3\.\d+)", config["metadata"]["classifiers"])
    tried = re.search(r"python: \[(.*)\]", (ROOT / ".github/workflows/ci.yml").read_text())
    assert promised == re.findall(r"[\d.]+", tried[1])
    assert (
        config["options"]["python_requires"] == f">={promised[0]}" and config["mypy"]["python_version"] == promised[0]
    )
    assert f"py{promised[0].replace('.', '')}" in (ROOT / "pyproject.toml").read_text()


def test_a_file_of_tests_is_named_after_a_module_or_explained():
    """test_train_cifar.py goes with train.py, and so on."""
    modules = {path.stem for folder in ("minigrad", "models", "scripts") for path in (ROOT / folder).rglob("*")}
    named = {Path(name).name for name in NAMED}
    files = {path.name: path.stem.removeprefix("test_") for path in TESTS.rglob("test_*.py")}
    strange = {file for file, tested in files.items() if not {tested, tested.partition("_")[0]} & modules} - named
    assert not strange, f"tests/README.md does not say what {sorted(strange)} are about"


def test_every_package_is_installed():
    """That is, listed in setup.cfg: two of them lie at the top, where no search would find them under their names."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    folders = dict(line.split(" = ") for line in config["options"]["package_dir"].split("\n")[1:])
    roots = {"minigrad": "minigrad", **folders}
    packages = {
        ".".join((package, *path.relative_to(ROOT / folder).parts[:-1]))
        for package, folder in roots.items()
        for path in (ROOT / folder).rglob("__init__.py")
    }
    assert packages == set(config["options"]["packages"].split())
    assert all((ROOT / name.replace(".", "/")).resolve() == ROOT / folder for name, folder in folders.items())
