"""The fuzzing command: what breaks a parser is found, kept where the tests look, and told by the exit code."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.codec import Garbled
from tests.fuzz import run as subject
from tests.fuzz.run import keep_corpus, main, mutate, read_cases, read_corpus, run_plainly
from tests.fuzz.target import Target, as_text, guard


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Cases and inputs of this test go nowhere near the real ones."""
    monkeypatch.setattr(subject, "CASES", tmp_path / "cases")
    monkeypatch.setattr(subject, "CORPUS", tmp_path / "corpus")
    monkeypatch.setattr(subject, "has_atheris", lambda: False)
    return tmp_path


def use(monkeypatch: pytest.MonkeyPatch, parse: Callable[[bytes], object]) -> Target:
    target = Target(guard(parse), (b"abc",))
    monkeypatch.setattr(subject, "load_targets", lambda: {"toy": target})
    return target


def fragile(data: bytes) -> None:
    if len(data) > 4:
        raise KeyError(data)
    raise Garbled("an answer")


def test_what_breaks_a_parser_is_found_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, fragile)
    assert main(["toy", "--seconds", "20"]) == 1
    (case,) = read_cases("toy")
    assert len(case) > 4


def test_a_sound_parser_gives_no_case(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, len)
    assert main(["toy", "--seconds", "0"]) == 0
    assert read_cases("toy") == []


def test_slowness_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000, 6))
    monkeypatch.setattr(subject.time, "process_time", lambda: float(next(clock)))
    with pytest.raises(TimeoutError, match=r"toy took 6\.0 s for 3 bytes"):
        run_plainly("toy", use(monkeypatch, len), 1.0, 1)
    assert read_cases("toy") == [b"abc"]


def test_an_unknown_target_is_named_with_those_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(monkeypatch, len)
    with pytest.raises(SystemExit):
        main(["nosuch"])
    assert "no target is called 'nosuch': there are toy" in capsys.readouterr().err


def test_mutations_differ_repeat_with_their_seed_and_stay_short() -> None:
    made = [mutate(b"GET / HTTP/1.1", [b"RTSP/1.0"], random.Random(seed)) for seed in range(200)]
    assert made == [mutate(b"GET / HTTP/1.1", [b"RTSP/1.0"], random.Random(seed)) for seed in range(200)]
    assert len(set(made)) > 150
    assert max(len(mutate(b"x" * 9_000, [b"y"], random.Random(seed))) for seed in range(20)) <= subject.MOST


def test_the_smallest_inputs_are_kept(elsewhere: Path) -> None:
    found = elsewhere / "found"
    found.mkdir()
    for number in range(5):
        (found / f"{number}").write_bytes(b"x" * (number + 1))
    assert keep_corpus("toy", found, elsewhere / "corpus", 3) == 3
    assert read_corpus("toy") == [b"x", b"xx", b"xxx"]


def test_a_text_parser_is_given_broken_text_too() -> None:
    seen: list[str] = []
    as_text(seen.append)(b"a\xff")
    assert seen == ["a\udcff"]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(subject.load_targets()))
def test_a_second_of_mutation_breaks_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same inputs every time; `make fuzz` is where new ones come from."""
    monkeypatch.undo()
    assert run_plainly(name, subject.load_targets()[name], 1.0, seed=1) > 0
