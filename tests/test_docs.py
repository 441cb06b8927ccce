"""What the pages say of the code and of the program is true, as far as it can be checked."""

from __future__ import annotations

import doctest
import importlib
import json
import re
import shlex
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from packaging.metadata import Metadata, RawMetadata
from packaging.requirements import Requirement

from docs import generate
from ragpg.cli.app import COMMANDS
from ragpg.markdown.anchors import find_sections
from tests.conftest import RENEW_SNAPSHOTS
from tests.support import pages
from tests.test_readme import ANSWER, POLICY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import Project

LONGEST_PATH = 25
"""Lines in which a command's main path is shown."""
CASES = """\
[[case]]
id = "encash"
question = "Can I encash leave at year end?"
doc = "leave_policy.md"
contains = "5 unused days"
"""
LINKED = [*pages.PAGES, pages.ROOT / "CHANGELOG.md"]
WITH_EXAMPLES = [page for page in pages.PAGES if pages.EXAMPLE.search(pages.read(page))]
PROJECT = tomllib.loads((pages.ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def name_of(page: Path) -> str:
    """Return a page's path as a test's name."""
    return page.relative_to(pages.ROOT).as_posix()


@pytest.mark.parametrize("page", pages.PAGES, ids=name_of)
def test_what_is_taken_from_the_code_is_as_it_is_there(page: Path) -> None:
    """Diagrams, functions, tables of constants and statements are up to date: `make docs`."""
    text = pages.read(page)
    assert generate.render(text) == text


def test_the_main_path_of_each_command_is_short() -> None:
    """The architecture shows a piece of code for each command, of 25 lines at most."""
    text = pages.read(pages.ROOT / "docs" / "architecture.md")
    section = text.partition("\n## The main path of each command\n")[2].partition("\n## ")[0]
    paths = dict(re.findall(r"^### `ragpg (\w+)`\n.*?^```python\n(.*?)^```", section, re.M | re.S))
    assert set(paths) == set(COMMANDS)
    assert all(code.count("\n") <= LONGEST_PATH for code in paths.values())


def test_every_package_is_described() -> None:
    """The architecture says what each package and module of `ragpg/` holds."""
    text = pages.read(pages.ROOT / "docs" / "architecture.md")
    files = (pages.ROOT / "ragpg").glob("[a-z]*")
    packages = {name_of(path) for path in files if path.is_dir() or path.suffix == ".py"}
    assert {name for name in packages if f"`{name}`" not in text} == set()


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=name_of)
def test_json_in_pages_is_what_is_printed(page: Path, project: Project) -> None:
    """Each JSON example has exactly the keys and values that the command prints."""
    project.write("leave_policy.md", POLICY.read_bytes())
    project.write("answer.txt", ANSWER)
    project.write("cases.toml", CASES)
    text = pages.read(page)
    if "json: ragpg ingest" not in text:
        project.ok("ingest", "leave_policy.md")
    for example in pages.EXAMPLE.finditer(text):
        result = project.run(*shlex.split(example["command"]))
        if example["command"].startswith("eval"):
            project.write("baseline.json", result.out)
        shown = pages.shorten(pages.pick(result.json, example["part"]))
        if RENEW_SNAPSHOTS:
            renewed = example[0].replace(example["block"], pages.layout(shown) + "\n")
            page.write_text(pages.read(page).replace(example[0], renewed), "utf-8")
        else:
            assert_alike(json.loads(example["block"]), shown)


def assert_alike(expected: Any, actual: Any) -> None:
    """Compare JSON values: keys and their order, texts and whole numbers, and rounded others."""
    if isinstance(actual, dict):
        assert list(expected) == list(actual)
        for key in actual:
            assert_alike(expected[key], actual[key])
    elif isinstance(actual, list):
        assert len(expected) == len(actual)
        for expected_item, actual_item in zip(expected, actual, strict=True):
            assert_alike(expected_item, actual_item)
    elif isinstance(actual, float):
        assert expected == pytest.approx(actual, abs=2e-4)
    else:
        assert expected == actual


@pytest.mark.parametrize("page", pages.PAGES, ids=name_of)
def test_calculations_in_pages_are_right(page: Path) -> None:
    """Every Python session gives what is written below it."""
    blocks = [block for block in pages.fenced(pages.read(page), "python") if ">>> " in block]
    session: dict[str, Any] = {}
    for block in blocks:
        test = doctest.DocTestParser().get_doctest(block, session, page.name, None, None)
        assert doctest.DocTestRunner().run(test, clear_globs=False).failed == 0
        session.update(test.globs)


@pytest.mark.parametrize("page", LINKED, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file leads to one that is there, and to a heading in it."""
    for target in re.findall(r"\]\(([^)\s]+)\)", pages.read(page)):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), target
        if anchor:
            assert anchor in {section.anchor for section in find_sections(pages.read(file))}, target


@pytest.mark.parametrize("page", pages.PAGES, ids=name_of)
def test_names_in_pages_exist(page: Path) -> None:
    """Every path, module, function, command and target that a page names is there."""
    makefile = (pages.ROOT / "Makefile").read_text("utf-8")
    for code in pages.inline_code(pages.read(page)):
        if re.fullmatch(r"(ragpg|tests|docs|benchmarks|packaging|\.github)/[\w./*-]*", code):
            assert list(pages.ROOT.glob(code.rstrip("/"))), code
        elif re.fullmatch(r"(ragpg|tests)(\.\w+)+", code):
            assert resolves(code), code
        elif command := re.match(r"ragpg ([a-z]+)", code):
            assert command[1] in COMMANDS, code
        elif target := re.match(r"make ([a-z]+)", code):
            assert f"\n{target[1]}: " in makefile, code


def resolves(name: str) -> bool:
    """Return whether a dotted name is a module or something in one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            value: Any = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for attribute in parts[end:]:
            if attribute in getattr(value, "__dataclass_fields__", {}):
                return True
            if not hasattr(value, attribute):
                return False
            value = getattr(value, attribute)
        return True
    return False


def test_python_versions_are_those_that_are_tested() -> None:
    """The classifiers name the versions that CI runs, and the oldest is the one required."""
    workflow = yaml.safe_load((pages.ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    tested = workflow["jobs"]["check"]["strategy"]["matrix"]["python"]
    pattern = r"Programming Language :: Python :: (3\.\d+)"
    named = [match[1] for c in PROJECT["classifiers"] if (match := re.fullmatch(pattern, c))]
    assert named == tested
    assert PROJECT["requires-python"] == f">={named[0]}"


def test_the_metadata_is_valid() -> None:
    """What a package index checks of the metadata holds; `make build` checks the classifiers."""
    raw: RawMetadata = {
        "metadata_version": "2.4",
        "name": PROJECT["name"],
        "version": PROJECT["version"],
        "summary": PROJECT["description"],
        "keywords": PROJECT["keywords"],
        "license_expression": PROJECT["license"],
        "license_files": PROJECT["license-files"],
        "classifiers": PROJECT["classifiers"],
        "requires_python": PROJECT["requires-python"],
        "requires_dist": PROJECT["dependencies"],
        "project_urls": PROJECT["urls"],
    }
    metadata = Metadata.from_raw(raw)
    assert set(metadata.project_urls or {}) == {"Homepage", "Documentation", "Changelog", "Issues"}


def test_every_dependency_is_for_every_platform() -> None:
    """Nothing is left out on Windows: the embedded PostgreSQL has wheels there, too.

    Only OpenVINO, which numpy and PyTorch can stand in for, has wheels for some processors alone.
    """
    required = map(Requirement, PROJECT["dependencies"])
    limited = [r.name for r in required if "platform" in str(r.marker)]
    assert limited == ["openvino"]


def test_the_changelog_has_the_version() -> None:
    """The version of the package has an entry of its own, below that of what comes next."""
    changelog = (pages.ROOT / "CHANGELOG.md").read_text("utf-8")
    headings = re.findall(r"^## \[(.*?)\]", changelog, re.MULTILINE)
    assert headings[:2] == ["Unreleased", PROJECT["version"]]
