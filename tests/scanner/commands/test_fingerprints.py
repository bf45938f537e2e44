"""The commands for authors of rules: refused with file and line, begun from one observation, advised."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from scanner.commands.fingerprints import check, list_rules, new, show
from scanner.exits import Exit, UsageError

RULE = """\
maker: axis
about: a maker for this test
fingerprints:
  - id: axis-own
    field: http.title
    pattern: 'Grey {0}'
    strength: weak
    reason: only they send it
    reference: this test
    examples:
      - {{value: 'Grey 1', origin: invented}}
    counterexamples:
      - {{value: 'Red 1', origin: invented}}
"""


@pytest.mark.parametrize(
    ("old", "put", "said"),
    [
        ("    strength: weak", "    strength: weak\n    colour: red", ":8: axis-own: unknown key 'colour'"),
        ("Grey {0}'", "(?=Grey)Grey 1'", ":6: axis-own: not a pattern RE2 takes (look-around"),
        ("Grey {0}'", "(?<!x)Grey 1'", ":6: axis-own: not a pattern RE2 takes (look-around"),
        ("Grey {0}'", "(?:Grey 1)?'", ":6: axis-own: matches the empty string"),
        ("Grey {0}'", ".*'", ":6: axis-own: matches the empty string"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_file_and_line(
    old: str, put: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(RULE.replace(old, put).replace("{{", "{").replace("}}", "}"), "utf-8")
    assert check([path]) == Exit.USAGE
    assert capsys.readouterr().err.startswith(f"{path}{said}")


def test_a_sound_file_is_said_to_be_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(RULE.format(r"\d"), "utf-8")
    assert check([path]) == Exit.CLEAN
    assert capsys.readouterr().out == "1 file checked, nothing wrong\n"


def test_rules_are_listed_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert list_rules("2n") == Exit.CLEAN
    assert "2n-mac-block" in capsys.readouterr().out
    assert show("2n-mac-block") == Exit.CLEAN
    assert "counterexample:" in capsys.readouterr().out
    with pytest.raises(UsageError, match="no rule is called 'none'"):
        show("none")


def test_a_rule_is_begun_and_its_author_advised(capsys: pytest.CaptureFixture[str]) -> None:
    assert new("http", "server-header", "App-webs/", "hikvision") == Exit.CLEAN
    out, err = capsys.readouterr()
    assert out.startswith("maker: hikvision\n")
    assert "fingerprints/hikvision.yaml exists" in err
    rule_id = out.split("  - id: ")[1].split("\n")[0]
    with pytest.raises(UsageError):
        show(rule_id)  # no rule has it yet
    assert "hikvision-http-server-webs hits it already (http.server-header, strong, hikvision)" in err


def test_finer_fields_are_pointed_out(capsys: pytest.CaptureFixture[str]) -> None:
    new("rtsp", "www-authenticate", 'Digest realm="Login to 3C00F12PAN7A2B9"', "dahua")
    assert "rules can also read rtsp.realm, serial.value out of it" in capsys.readouterr().err


def test_long_values_come_by_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("<p>Grey\ncamera</p>\n"))
    assert new("http", "body", "-", "axis") == Exit.CLEAN
    assert '"<p>Grey\\ncamera</p>"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("http.titel", "x", "no observation is called http.titel (did you mean 'http.title'?)"),
        ("http.title", " ", "the value is empty"),
        ("mac.mac", "zz", "'zz' is no hardware address"),
    ],
)
def test_what_no_rule_can_be_made_of_is_refused(name: str, value: str, says: str) -> None:
    protocol, _, field = name.partition(".")
    with pytest.raises(UsageError) as refused:
        new(protocol, field, value, "axis")
    assert says in str(refused.value)


def test_a_new_maker_is_said_to_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    new("http", "title", "Grey 1", "grey")
    assert "grey is not in fingerprints/makers.yaml" in capsys.readouterr().err
