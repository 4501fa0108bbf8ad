"""The distribution: no other one provides its generic top-level names, and its data files ship."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, distributions, packages_distributions, version
from importlib.resources import files
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.cases import Cases
from tests.conftest import PROJECT

cases = Cases(__file__)

PACKAGES = ("app", "ingest", "vectorstore", "prompts", "evals")
OWN = "untoc"
CONFIG = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
_LINES = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
CONSTRAINTS = [line for each in _LINES if (line := each.split("#")[0].strip())]


provided = cache(packages_distributions)


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_is_ours_alone_and_typed_and_named_as_wheels_keep_it(name: str) -> None:
    assert {*provided().get(name, ())} <= {OWN}
    assert (PROJECT / name / "__init__.py").samefile(str(files(name) / "__init__.py"))
    assert (PROJECT / name / "py.typed").is_file()
    # The wheel of Chroma drops every folder of this name.
    assert not list((PROJECT / name).rglob("schemas"))


def test_the_wheel_takes_every_package_and_nothing_leads_astray() -> None:
    assert {*CONFIG["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]} == {*PACKAGES}
    assert not (PROJECT / "app.py").exists()
    assert not list((PROJECT / "tests").rglob("__init__.py"))


def test_wheel_holds_the_data_files() -> None:
    builder = pytest.importorskip("hatchling.builders.wheel", reason="needs the build backend: pip install hatchling")
    shipped = {each.distribution_path for each in builder.WheelBuilder(str(PROJECT)).recurse_included_files()}
    for path in cases["test_wheel_holds_the_data_files"]:  # fmt: skip
        assert path in shipped


@pytest.mark.slow
def test_what_is_imported_is_installed_for_users() -> None:
    project = CONFIG["project"]
    extras = [line for extra, lines in project["optional-dependencies"].items() if extra != "dev" for line in lines]
    required = [Requirement(line) for line in (*project["dependencies"], *extras)]
    seen: set[tuple[str, str]] = set()
    brought: set[str] = set().union(*(_brought(each.name, each.extras, seen) for each in required))
    modules = [path for name in PACKAGES for path in (PROJECT / name).rglob("*.py")]
    imported = {(path.relative_to(PROJECT).as_posix(), name) for path in modules for name in _imported(path)}
    absent = {(path, name) for path, name in imported if not brought & {_name(by) for by in provided().get(name, ())}}
    assert imported and absent == set()


def _imported(path: Path) -> set[str]:
    """Returns the top-level modules of other distributions that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        found |= {name.split(".")[0] for name in names}
    return found - set(sys.stdlib_module_names) - set(PACKAGES)


def test_constraints_pin_every_direct_dependency_but_torch() -> None:
    constrained = {_name(line): line for line in CONSTRAINTS}
    direct = {_name(requirement) for requirement in CONFIG["project"]["dependencies"]}
    assert direct - constrained.keys() == set()
    assert {name for name in direct if "==" not in constrained[name]} == set()
    assert "==" not in constrained.get("torch", "")
    installed = {_name(each.metadata["Name"]): each.version for each in distributions()}
    wrong = {
        name: installed[name]
        for name in direct & installed.keys()
        if f"=={installed[name]}" not in constrained[name].replace(" ", "").split(";")[0]
    }
    assert wrong == {}


def test_constraints_pin_what_dependencies_bring() -> None:
    pins = map(Requirement, CONSTRAINTS)
    pinned = {_name(line.name) for line in pins if line.marker is None or line.marker.evaluate()}
    assert _brought(OWN, {"dev"}, seen=set()) - {OWN} - pinned == set()


def _brought(name: str, extras: set[str], seen: set[tuple[str, str]]) -> set[str]:
    """Returns a distribution and what it requires on this Python, except what torch does, which differs by build."""
    try:
        requirements = distribution(name).requires or []
    except PackageNotFoundError:
        return set()
    found = {_name(name)}
    if found == {"torch"}:
        return found
    for requirement in map(Requirement, requirements):
        for extra in {"", *extras}:
            wanted = requirement.marker is None or requirement.marker.evaluate({"extra": extra})
            if wanted and (requirement.name, extra) not in seen:
                seen.add((requirement.name, extra))
                found |= _brought(requirement.name, requirement.extras, seen)
    return found


def test_the_changelog_has_the_version_and_says_nothing_twice() -> None:
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[?([^\]\n]+?)\]?(?: [-–] \d{4}-\d{2}-\d{2})?$", changelog, flags=re.MULTILINE)
    released = [heading for heading in headings if heading != "Unreleased"]
    assert released[0] == version(OWN)
    entries = re.findall(r"^- .+$", changelog, flags=re.MULTILINE)
    assert len(set(entries)) == len(entries) > 0


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None, requirement
    return re.sub(r"[-_.]+", "-", match.group()).lower()
