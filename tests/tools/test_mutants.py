"""Mutation testing is given copies, one for each module, and reads what survived."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tools.mutants import MODULES, ROOT, find_survivors, main, prepare


def test_every_module_and_its_tests_are_there() -> None:
    for module, tests in MODULES.items():
        assert (ROOT / "scanner" / f"{module}.py").is_file()
        assert all((ROOT / "tests" / "scanner" / name).is_file() for name in tests)


def test_a_copy_says_what_is_changed_and_what_is_run(tmp_path: Path) -> None:
    prepare("scope", tmp_path / "scope")
    told = tomllib.loads((tmp_path / "scope" / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
    assert told["only_mutate"] == ["scanner/scope.py"]
    assert told["pytest_add_cli_args_test_selection"] == ["tests/scanner/test_scope.py"]
    assert (tmp_path / "scope" / "scanner" / "scope.py").read_bytes() == (ROOT / "scanner" / "scope.py").read_bytes()


def test_an_earlier_copy_is_gone_on_with(tmp_path: Path) -> None:
    prepare("scope", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_survivors_are_those_that_no_test_noticed() -> None:
    told = "    scanner.scope.x_f_1: survived\n    scanner.scope.x_f_2: timeout\n    scanner.scope.x_g_1: no tests\n"
    assert find_survivors(told) == ["scanner.scope.x_f_1", "scanner.scope.x_g_1"]


def test_an_unknown_module_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["nosuch"])
    assert f"'nosuch' is none of {', '.join(MODULES)}" in capsys.readouterr().err
