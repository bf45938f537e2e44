"""Writes the bill of materials of a release: what camcensus and each of its dependencies need, as CycloneDX 1.6 JSON.

`python tools/sbom.py [FILE]` (standard output by default); `--requirements` writes the same packages as pinned lines,
for programs that look up known vulnerabilities. Contacts nobody: versions are the pins of pyproject.toml, names and
licences stand in the installed packages. Development tools are not in it, since they are not in a release.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parent.parent

EXTRAS: Final = ("pdf",)
"""Extras that a user may install; the others are for those who work on the program."""

_NAMESPACE: Final = uuid.UUID("c0a5a0c6-6a52-5b0e-8d4b-0a3f5de0d0b7")
_REDUNDANT: Final = "License :: OSI Approved :: "

LICENCES: Final[Mapping[str, str]] = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "GNU General Public License (GPL)": "GPL-3.0-or-later",  # python-nmap: its file gpl-3.0.txt
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""What packages call a licence → its SPDX name."""


class Unpinned(ValueError):
    """What is installed is not what the project pins."""


@dataclass(frozen=True, slots=True)
class Package:
    """One package of a release."""

    name: str
    version: str
    licence: str  # an SPDX expression; empty where the package states none
    needs: tuple[str, ...]
    optional: bool  # only with an extra

    @property
    def purl(self) -> str:
        """The package URL, which is the reference within the document too."""
        return f"pkg:pypi/{self.name}@{self.version}"


def read_project() -> Mapping[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def read_pins(project: Mapping[str, Any]) -> Mapping[str, str]:
    """Package name → exact version."""
    pairs = (pin.split("==") for pin in project["tool"]["uv"]["constraint-dependencies"])
    return {canonicalize_name(name): version for name, version in pairs}


def gather(project: Mapping[str, Any]) -> list[Package]:
    """Every package of a release by name. Raises Unpinned for one whose installed version is another than the pin."""
    pins = read_pins(project)
    needed = [Requirement(text) for text in project["project"]["dependencies"]]
    extra = [Requirement(text) for name in EXTRAS for text in project["project"]["optional-dependencies"][name]]
    found: dict[str, Package] = {}
    for requirements, optional in ((needed, False), (extra, True)):
        for one, names in _follow(requirements):
            name = canonicalize_name(one.name)
            version = distribution(one.name).version
            if pins.get(name) != version:
                raise Unpinned(f"{name} {version} is installed, {pins.get(name, 'nothing')} is pinned: run `uv sync`")
            known = found.get(name)
            needs = tuple(sorted({*names, *(known.needs if known else ())}))
            licence = read_licence(distribution(one.name))
            found[name] = Package(name, version, licence, needs, known.optional if known else optional)
    return sorted(found.values(), key=lambda package: package.name)


def _follow(requirements: Iterable[Requirement]) -> Iterator[tuple[Requirement, tuple[str, ...]]]:
    """Each requirement and all that follow from it, once, with the names of what it needs itself."""
    waiting = list(requirements)
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        one = waiting.pop()
        key = (canonicalize_name(one.name), frozenset(one.extras))
        if key not in seen:
            seen.add(key)
            inner = list(_needs(distribution(one.name), one.extras))
            waiting += inner
            yield one, tuple(canonicalize_name(each.name) for each in inner)


def _needs(installed: Distribution, extras: Iterable[str]) -> Iterator[Requirement]:
    """What a package requires here, with these of its extras."""
    for text in installed.requires or ():
        one = Requirement(text)
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield one


def read_licence(installed: Distribution) -> str:
    """The licence as an SPDX expression."""
    said = installed.metadata.get("License-Expression")
    if said:
        return said
    classified = [
        value.removeprefix(_REDUNDANT)
        for value in installed.metadata.get_all("Classifier") or ()
        if value.startswith(_REDUNDANT)
    ]
    names = classified or (installed.metadata.get("License") or "").splitlines()[:1]
    return " AND ".join(sorted({LICENCES.get(name, name) for name in names}))


def build(project: Mapping[str, Any], packages: Iterable[Package]) -> Mapping[str, Any]:
    """The document. Equal packages make an equal document: it holds no time and no chance."""
    packages = list(packages)
    own = project["project"]
    root = f"pkg:pypi/{own['name']}@{own['version']}"
    known = {package.name: package.purl for package in packages}
    asked = [*own["dependencies"], *(text for name in EXTRAS for text in own["optional-dependencies"][name])]
    direct = [canonicalize_name(Requirement(text).name) for text in asked]
    content = json.dumps([package.purl for package in packages])
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, root + content)}",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "build"}],
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": own["name"],
                "version": own["version"],
                "description": own["description"],
                "licenses": [{"expression": own["license"]}],
                "purl": root,
            },
        },
        "components": [_component(package) for package in packages],
        "dependencies": [
            {"ref": root, "dependsOn": [known[name] for name in sorted(direct)]},
            *({"ref": package.purl, "dependsOn": [known[name] for name in package.needs]} for package in packages),
        ],
        "compositions": [{"aggregate": "complete", "dependencies": [root]}],
    }


def _component(package: Package) -> Mapping[str, Any]:
    return {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "scope": "optional" if package.optional else "required",
        **({"licenses": [{"expression": package.licence}]} if package.licence else {}),
        "purl": package.purl,
    }


def main(arguments: list[str]) -> int:
    """Write the document or the pinned lines; 2 when what is installed is not what is pinned."""
    parser = argparse.ArgumentParser(prog="sbom.py", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--requirements", action="store_true", help="name==version, a line each, instead")
    wishes = parser.parse_args(arguments)
    project = read_project()
    try:
        packages = gather(project)
    except Unpinned as error:
        print(error, file=sys.stderr)
        return 2
    text = json.dumps(build(project, packages), indent=2) + "\n"
    if wishes.requirements:
        text = "".join(f"{package.name}=={package.version}\n" for package in packages)
    if wishes.file is None:
        sys.stdout.write(text)
        return 0
    wishes.file.parent.mkdir(parents=True, exist_ok=True)
    wishes.file.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
