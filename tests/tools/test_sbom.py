"""The bill of materials of a release: whole, at the pinned versions, and valid by the official schema."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.cyclonedx import make_validator
from tools import sbom
from tools.sbom import Package, Unpinned, build, gather, main, read_licence, read_pins, read_project


@pytest.fixture(scope="module")
def packages() -> list[Package]:
    return gather(read_project())


def test_it_passes_the_official_schema(packages: list[Package]) -> None:
    document = build(read_project(), packages)
    assert [error.message for error in make_validator().iter_errors(document)] == []


def test_every_dependency_and_what_it_needs_is_in_it_at_its_pin(packages: list[Package]) -> None:
    project = read_project()
    names = {package.name for package in packages}
    direct = {re.split(r"[<>=]", text)[0] for text in project["project"]["dependencies"]}
    assert direct <= names
    assert {"lxml", "urllib3", "pydantic-core", "certifi"} <= names  # nobody of ours asks for them
    assert {need for package in packages for need in package.needs} <= names
    assert {package.name: package.version for package in packages}.items() <= read_pins(project).items()
    assert {package.name for package in packages if package.optional} == {"typst"}


def test_no_development_tool_is_in_it(packages: list[Package]) -> None:
    assert not {"pytest", "mypy", "ruff", "hatchling", "atheris", "babel"} & {package.name for package in packages}


def test_every_licence_is_known_by_its_spdx_name(packages: list[Package]) -> None:
    """A new dependency with a licence in other words: read it, and enter it in LICENCES."""
    word = r"[A-Za-z0-9.+-]+"
    odd = {
        one.name: one.licence for one in packages if not re.fullmatch(rf"{word}( (AND|OR|WITH) {word})*", one.licence)
    }
    assert odd == {}
    assert read_licence(distribution("python-nmap")) == "GPL-3.0-or-later"


def test_equal_packages_make_an_equal_document(packages: list[Package]) -> None:
    first, second = build(read_project(), packages), build(read_project(), packages)
    assert first == second
    other = [replace(packages[0], version="0"), *packages[1:]]
    assert build(read_project(), other)["serialNumber"] != first["serialNumber"]


def test_another_version_than_the_pinned_one_is_refused() -> None:
    project = json.loads(json.dumps(read_project()))
    pins = project["tool"]["uv"]["constraint-dependencies"]
    project["tool"]["uv"]["constraint-dependencies"] = [pin.replace("jinja2==", "jinja2==9") for pin in pins]
    with pytest.raises(Unpinned, match=r"jinja2 .* is installed, 9.* is pinned"):
        gather(project)


def test_the_command_writes_the_document_or_the_pinned_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main([str(tmp_path / "dist" / "bom.json")]) == 0
    assert json.loads((tmp_path / "dist" / "bom.json").read_text())["bomFormat"] == "CycloneDX"
    assert main(["--requirements"]) == 0
    assert re.fullmatch(r"([a-z0-9-]+==[0-9][\w.]*\n)+", capsys.readouterr().out)
    monkeypatch.setattr(sbom, "read_pins", lambda _: {})
    assert main([]) == 2
    assert "run `uv sync`" in capsys.readouterr().err
