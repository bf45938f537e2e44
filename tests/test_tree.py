"""Rules about the tree itself: who may import whom, what may be called what, which file wears which test."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("scanner", "probes", "fingerprints", "policies", "reports", "simulator")

PURE = (
    "scanner.model", "scanner.scope", "scanner.record", "scanner.matching", "scanner.judging", "scanner.details",
    "scanner.devices", "scanner.identify", "scanner.coverage", "scanner.census", "scanner.policy", "scanner.makers",
    "scanner.fingerprint", "scanner.announcements", "scanner.grammar", "scanner.strict_yaml", "scanner.sentence",
    "scanner.input_lines",
)  # fmt: skip
"""The thinking half: no socket, no event loop, no process."""

IO_MODULES = {
    "asyncio",
    "socket",
    "ssl",
    "subprocess",
    "select",
    "aiohttp",
    "zeroconf",
    "scapy",
    "nmap",
    "onvif",
    "zeep",
}

ONE_IMPORTER = {
    "scapy": ("scanner.rawhelper",),
    "zeroconf": ("probes.mdns_sweep", "simulator"),
    "nmap": ("probes.nmap_opinion", "scanner.importing"),
    "onvif": ("probes.onvif_credentials", "scanner.onvif_reader"),
    "aiohttp": ("scanner.http_client",),
}
"""Libraries that open their own sockets, and the one place of each (a test of each holds it to the scope)."""

FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager", "misc"}


def allowed(importer: str, imported: str) -> bool:
    """The direction table of docs/architecture.md."""
    if imported.split(".")[0] == importer.split(".")[0] == "simulator":
        return True
    if importer.startswith("scanner.codec"):
        return imported.startswith("scanner.codec")
    if importer == "scanner.model":
        return False
    if importer.startswith("scanner.dissect"):
        return imported.startswith(("scanner.codec", "scanner.dissect", "scanner.model"))
    if importer.startswith("reports"):
        return imported.startswith(("scanner.model", "scanner.sentence")) or (
            imported.startswith("reports") and ".to_" not in imported
        )
    if importer.startswith("probes."):
        return imported.startswith(("scanner", "probes")) and not imported.startswith(
            ("scanner.engine", "scanner.cli", "scanner.commands", "scanner.judging", "scanner.policy", "scanner.record")
        ) and (imported in ("probes",) or not imported.startswith("probes."))  # fmt: skip
    if importer in ("scanner.engine", "scanner.host"):
        return imported.startswith("scanner.") or imported == "probes"
    if importer in PURE:
        return imported.startswith("scanner.") and not imported.startswith(
            (
                "scanner.net",
                "scanner.sweeping",
                "scanner.rawhelper",
                "scanner.engine",
                "scanner.commands",
                "scanner.cli",
            )
        )
    if importer.startswith("scanner.commands") or importer in ("scanner.cli", "scanner.assembly", "scanner.__main__"):
        return True
    if importer.startswith("simulator"):
        return imported.startswith(("scanner.codec", "scanner.strict_yaml"))
    return not imported.startswith(("scanner.cli", "scanner.commands", "reports.to_", "simulator"))


def modules() -> Iterator[tuple[str, Path]]:
    for top in OURS:
        for path in sorted((ROOT / top).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path


def imports_of(path: Path) -> Iterator[str]:
    """Dotted names a file imports, those inside functions too; type-checking blocks count as well."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            top = ROOT / Path(*node.module.split("."))
            for alias in node.names:
                if (top / f"{alias.name}.py").exists() or (top / alias.name / "__init__.py").exists():
                    yield f"{node.module}.{alias.name}"


def wrong_imports(name: str, path: Path) -> list[str]:
    ours = {imported for imported in imports_of(path) if imported.split(".")[0] in OURS}
    return [
        f"{name} imports {imported}" for imported in sorted(ours) if not allowed(name, imported) and imported != name
    ]


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_imports_go_in_the_allowed_direction(name: str, path: Path) -> None:
    assert wrong_imports(name, path) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("probes.http_banner", "from scanner.engine import Engine"),
        ("probes.http_banner", "from probes.rtsp_banner import PROBE"),
        ("probes.http_banner", "from scanner.judging import judge_device"),
        ("reports.to_csv", "from reports.to_json import RENDERER"),
        ("reports.to_csv", "from scanner.record import read_record"),
        ("scanner.engine", "from probes.arp_sweep import SWEEP"),
        ("scanner.codec.rtsp", "from scanner.model import Observation"),
        ("scanner.judging", "from scanner.net import NetLink"),
        ("scanner.model", "from scanner.scope import Scope"),
    ],
)
def test_a_planted_forbidden_import_is_seen(name: str, text: str, tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text(text)
    assert wrong_imports(name, planted)


@pytest.mark.parametrize("name", [n for n, _ in modules() if n in PURE])
def test_the_thinking_half_imports_no_network(name: str) -> None:
    path = dict(modules())[name]
    assert {imported.split(".")[0] for imported in imports_of(path)} & IO_MODULES == set()


@pytest.mark.parametrize("library", sorted(ONE_IMPORTER))
def test_each_network_library_has_one_place(library: str) -> None:
    users = {name for name, path in modules() if library in {i.split(".")[0] for i in imports_of(path)}}
    strangers = {user for user in users if not user.startswith(ONE_IMPORTER[library])}
    assert strangers == set()


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [path for _, path in modules() if path.stem in FORBIDDEN_NAMES] == []


def test_a_target_is_made_in_the_scope_only() -> None:
    users = [name for name, path in modules() if name != "scanner.scope" and "Target(" in path.read_text("utf-8")]
    assert users == []


def test_every_module_says_what_it_does() -> None:
    silent = [
        n
        for n, p in modules()
        if p.read_text("utf-8").strip() and not ast.get_docstring(ast.parse(p.read_text("utf-8")))
    ]
    assert silent == []
