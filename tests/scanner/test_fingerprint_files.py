"""Reading fingerprint files: every refusal names the file and the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.fingerprint import Asserts, PatternError, compile_pattern
from scanner.fingerprint_files import (
    Vocabulary,
    check_file,
    load_library,
    load_vocabulary,
    load_weights,
    normalise_block,
    read_rules,
)
from scanner.model import Strength

WORDS = Vocabulary({"http.server-header": "web", "mac.prefix": "link"}, frozenset({"axis"}), frozenset({"lorex"}))

SOUND = """\
maker: axis
about: a maker for this test
fingerprints:
  - id: axis-server
    field: http.server-header
    pattern: 'Axis/(?P<firmware>[0-9.]+)'
    strength: strong
    reason: only they send it
    reference: this test
    examples:
      - {value: 'Axis/1.2', origin: invented, extracts: {firmware: '1.2'}}
    counterexamples:
      - {value: 'Axis/x', origin: invented}
"""


def problems(text: str) -> list[str]:
    return [f"{p.line}: {p.message}" for p in read_rules("axis.yaml", text, WORDS)[1]]


def test_a_sound_rule_is_read() -> None:
    (rule,), wrong = read_rules("axis.yaml", SOUND, WORDS)
    assert wrong == []
    assert (rule.id, rule.maker, rule.strength, rule.asserts) == ("axis-server", "axis", Strength.STRONG, Asserts.MAKER)
    assert (rule.path, rule.line) == ("axis.yaml", 4)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("strength: strong", "strength: very", 7, "strength"),
        ("    reference: this test\n", "", 4, "axis-server: the key 'reference' is missing"),
        ("reason: only", "raeson: only", 8, "axis-server: unknown key 'raeson' (did you mean 'reason'?)"),
        ("field: http.server-header", "field: http.srv", 5, "unknown field 'http.srv'"),
        ("maker: axis", "maker: nobody", 1, "unknown maker 'nobody'"),
        ("'Axis/(?P<firmware>[0-9.]+)'", "'(?=Axis).*'", 6, "look-around"),
        ("'Axis/(?P<firmware>[0-9.]+)'", "'.*'", 6, "matches the empty string"),
        ("'Axis/(?P<firmware>[0-9.]+)'", "'Axis/(?P<shoe>.+)'", 6, "extracts ['shoe']"),
        ("'Axis/(?P<firmware>[0-9.]+)'", "'Axis'", 11, "this example is not hit"),
        ("'Axis/(?P<firmware>[0-9.]+)'", "'Axis/.+'", 11, "extracts {}, the example says {'firmware': '1.2'}"),
        ("'Axis/(?P<firmware>[0-9.]+)'", "'Axis/(?P<firmware>.+)'", 13, "this counterexample is hit"),
        (
            "    counterexamples:\n      - {value: 'Axis/x', origin: invented}\n",
            "",
            4,
            "axis-server: the key 'counterexamples' is missing",
        ),
        ("    pattern: 'Axis/(?P<firmware>[0-9.]+)'\n", "", 4, "give either pattern or blocks"),
        ("    strength: strong", "    strength: strong\n    strength: weak", 8, "is already set"),
        ("    strength: strong", "    strength: strong\n    brand: swann", 8, "unknown brand 'swann'"),
        (
            "    strength: strong",
            "    strength: strong\n    kind: spaceship",
            4,
            "axis-server: unknown kind 'spaceship'",
        ),
        (
            "    strength: strong",
            "    strength: strong\n    maker: axsi",
            8,
            "unknown maker 'axsi' (did you mean 'axis'?)",
        ),
        ("    strength: strong", "    strength: strong\n    asserts: brand", 4, "asserts a brand but names none"),
        ("maker: axis", "maker: [axis", 1, ""),
    ],
)
def test_a_fault_is_named_with_its_line(old: str, new: str, line: int, says: str) -> None:
    assert old in SOUND
    found = problems(SOUND.replace(old, new))
    assert found
    assert any(item.startswith(f"{line}: ") and says in item for item in found) or line == 1, found


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        (b"maker: axis\nabout: caf\xe9\n", 2, "the file is not UTF-8"),
        (b"- a\n", 1, "holds the keys maker, about and fingerprints"),
        (b"", 1, "the file is empty"),
    ],
)
def test_a_file_that_is_none_is_refused_wherever_it_is_read(data: bytes, line: int, says: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=f"own.yaml:{line}: .*{says}"):
        load_library([tmp_path])
    [problem] = check_file(path)
    assert (problem.line, says in problem.message) == (line, True)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert [str(problem) for problem in check_file(tmp_path / "none.yaml")] == [
        f"{tmp_path}/none.yaml:1: cannot be read: No such file or directory"
    ]


def test_a_byte_order_mark_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_bytes(b"\xef\xbb\xbf" + SOUND.encode())
    assert check_file(tmp_path / "own.yaml") == []


def test_a_claim_on_another_makers_example_stands_at_the_rule_that_claims(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        SOUND.replace("'Axis/(?P<firmware>[0-9.]+)'", "'(?:App-webs/|Axis/(?P<firmware>[0-9.]+))'"), "utf-8"
    )
    assert any(
        str(problem).startswith(f"{path}:4: axis-server: hits an example of hikvision-") for problem in check_file(path)
    )


def test_a_program_that_anybody_runs_makes_no_maker(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    pattern = "'(?:nginx.*|Axis/(?P<firmware>[0-9.]+))'"
    path.write_text(SOUND.replace("'Axis/(?P<firmware>[0-9.]+)'", pattern), "utf-8")
    assert any("hits an example of program-nginx (anybody's program" in str(problem) for problem in check_file(path))
    path.write_text(SOUND.replace("'Axis/(?P<firmware>[0-9.]+)'", pattern).replace("strong", "weak"), "utf-8")
    assert not any("program-nginx" in str(problem) for problem in check_file(path))


def test_every_fault_of_a_file_is_named_at_once() -> None:
    text = SOUND.replace("strength: strong", "strength: very").replace("    reference: this test\n", "")
    assert len(problems(text)) == 2


def test_an_id_may_stand_once(tmp_path: Path) -> None:
    (tmp_path / "again.yaml").write_text(
        SOUND.replace("axis-server", next(iter(load_library().fingerprints)).id), encoding="utf-8"
    )
    with pytest.raises(ValueError, match="this id stands already in"):
        load_library([tmp_path])


def test_a_folder_of_ones_own_is_added(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(SOUND, encoding="utf-8")
    library = load_library([tmp_path])
    assert [
        hit.extracted for hit in library.find("http.server-header", "Axis/1.2") if hit.fingerprint.id == "axis-server"
    ]


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("00:BC:99", "00bc99"),
        ("B0:B3:53:60/28", "b0b3536"),
        ("40-2C-76-10/28", "402c761"),
        ("00:1B:C5:00:10/36", "001bc5001"),
    ],
)
def test_blocks_are_cut_to_their_length(text: str, block: str) -> None:
    assert normalise_block(text) == block


@pytest.mark.parametrize(("block", "says"), [("zz:11:22", "is not a MAC block"), ("4A:C0:3F", "locally administered")])
def test_a_block_that_identifies_nobody_is_refused(block: str, says: str) -> None:
    text = SOUND.replace("field: http.server-header", "field: mac.prefix").replace(
        "pattern: 'Axis/(?P<firmware>[0-9.]+)'", f"blocks: ['{block}']"
    )
    assert any(says in item for item in problems(text))


def test_the_longest_block_wins(tmp_path: Path) -> None:
    rule = SOUND.replace("field: http.server-header", "field: mac.prefix").replace(", extracts: {firmware: '1.2'}", "")
    rule = rule.replace("'Axis/x'", "'001122334455'").replace("'Axis/1.2'", "'0aa0bb100000'")
    wide = rule.replace("pattern: 'Axis/(?P<firmware>[0-9.]+)'", "blocks: ['08:A0:BB']").replace(
        "0aa0bb100000", "08a0bb200000"
    )
    narrow = rule.replace("pattern: 'Axis/(?P<firmware>[0-9.]+)'", "blocks: ['08:A0:BB:10/28']")
    narrow = narrow.replace("axis-server", "axis-narrow").replace("0aa0bb100000", "08a0bb100000")
    (tmp_path / "wide.yaml").write_text(wide, encoding="utf-8")
    (tmp_path / "narrow.yaml").write_text(narrow, encoding="utf-8")
    library = load_library([tmp_path])
    assert [h.fingerprint.id for h in library.find("mac.prefix", "08a0bb1fffff")] == ["axis-narrow"]
    assert [h.fingerprint.id for h in library.find("mac.prefix", "08a0bb2fffff")] == ["axis-server"]
    assert [h.fingerprint.id for h in library.find("mac.prefix", "08a0bb")] == ["axis-server"]
    assert library.find("mac.prefix", "08a0bc") == ()


@pytest.mark.parametrize("name", ["none", "."])
def test_a_folder_without_a_rule_is_not_passed_over(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no fingerprint file is there"):
        load_library([tmp_path / name])


def test_a_single_file_will_do(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(SOUND, encoding="utf-8")
    assert "axis-server" in {rule.id for rule in load_library([tmp_path / "own.yaml"]).fingerprints}


def test_back_references_do_not_exist() -> None:
    with pytest.raises(PatternError, match="RE2"):
        compile_pattern(r"(a)\1")


def test_the_shipped_vocabulary_and_weights_are_read() -> None:
    assert load_vocabulary().fields["sadp.answer"] == "vendor-discovery"
    weights = load_weights()
    assert weights.weight[Strength.DECISIVE] == 0.98
    assert weights.never_alone == frozenset({"link"})
