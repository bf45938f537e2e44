"""Fuzzes one parser, or every parser: `python -m tests.fuzz.run NAME|all [--seconds N] [--keep FOLDER]`.

Guided by coverage where atheris is installed (`uv sync --extra fuzz`), by plain mutation elsewhere. What breaks a
parser is written to `tests/fuzz/cases/NAME/`, where the tests find it; `--keep` collects inputs that reached new code.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import importlib.util
import random
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.fuzz.target import Target

HERE: Final = Path(__file__).resolve().parent
CASES: Final = HERE / "cases"
CORPUS: Final = HERE / "corpus"

SLOW: Final = 5.0
"""Seconds for one input; more is a finding as well: no input that fits a parser's cap takes a tenth of that."""

MOST: Final = 8_192
"""Bytes of an input; the caps of the parsers have tests of their own."""

_PIECES: Final = (
    b"\x00",
    b"\xff" * 4,
    b"\x7f\xff\xff\xff",
    b"<",
    b">",
    b'"',
    b"{",
    b"}",
    b"[" * 50,
    b";",
    b"\r\n",
    b"-1",
)


def load_targets() -> Mapping[str, Target]:
    """Every target by name, its seeds with those that lie about their length."""
    from tests.fuzz.file_targets import make_file_targets
    from tests.fuzz.helper_targets import make_helper_targets
    from tests.fuzz.lies import make_lies
    from tests.fuzz.targets import TARGETS

    lies = make_lies()
    targets = {**TARGETS, **make_file_targets(), **make_helper_targets()}
    return {name: replace(one, seeds=(*one.seeds, *lies.get(name, ()))) for name, one in targets.items()}


def read_corpus(name: str) -> list[bytes]:
    """The inputs kept for a target: one line of base64 each."""
    path = CORPUS / f"{name}.txt"
    return [base64.b64decode(line) for line in path.read_text("ascii").split()] if path.exists() else []


def read_cases(name: str) -> list[bytes]:
    """Inputs that broke a parser once."""
    folder = CASES / name
    return [path.read_bytes() for path in sorted(folder.iterdir())] if folder.is_dir() else []


def mutate(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """A few cuts, doublings, flips and splices."""
    held = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(held) + 1)
        length = rng.randint(1, 32)
        match rng.randrange(6):
            case 0:
                del held[at : at + length]
            case 1:
                held[at:at] = held[at : at + length] * rng.randint(1, 20)
            case 2 if held:
                held[at % len(held)] ^= 1 << rng.randrange(8)
            case 3:
                held[at:at] = rng.choice(_PIECES)
            case 4:
                held[at : at + length] = rng.randbytes(length)
            case _:
                other = rng.choice(others)
                start = rng.randrange(len(other) + 1)
                held[at : at + length] = other[start : start + rng.randint(1, 64)]
    return bytes(held[:MOST])


def make_inputs(target: Target, kept: Sequence[bytes], rng: random.Random) -> Iterator[bytes]:
    """First everything that is known, then mutations without end."""
    known = [*target.seeds, *kept]
    yield from known
    while True:
        yield mutate(rng.choice(known), known, rng)


def run_plainly(name: str, target: Target, seconds: float, seed: int) -> int:
    """Mutate until the time is over; returns the number of inputs. A finding goes up with its input written."""
    rng = random.Random(seed)
    until, count = time.monotonic() + seconds, 0
    for data in make_inputs(target, [*read_corpus(name), *read_cases(name)], rng):
        try_one(name, target, data)
        count += 1
        if time.monotonic() > until:
            break
    return count


def try_one(name: str, target: Target, data: bytes) -> None:
    """Give a target one input; whatever goes wrong is kept as a case and goes up."""
    began = time.process_time()
    try:
        target.run(data)
        if (took := time.process_time() - began) > SLOW:
            raise TimeoutError(f"{name} took {took:.1f} s for {len(data)} bytes")
    except BaseException:
        print(f"{name}: {keep_case(name, data)}", file=sys.stderr)
        raise


def keep_case(name: str, data: bytes) -> Path:
    """Write an input that broke a parser where the tests find it."""
    folder = CASES / name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:16]
    path.write_bytes(data)
    return path


def has_atheris() -> bool:
    """True where inputs can be guided by coverage."""
    return importlib.util.find_spec("atheris") is not None


def run_guided(name: str, seconds: int, folder: Path) -> None:
    """Fuzz in this process by atheris, which ends the process: with 0 when nothing was found."""
    import atheris

    with atheris.instrument_imports(include=["scanner"]):
        target = load_targets()[name]
    (folder / "seeds").mkdir()
    for number, data in enumerate((*target.seeds, *read_corpus(name), *read_cases(name))):
        (folder / "seeds" / f"{number}").write_bytes(data)
    (folder / "found").mkdir()

    def test_one(data: bytes) -> None:
        try_one(name, target, data)

    options = [f"-max_total_time={seconds}", f"-max_len={MOST}", "-timeout=20", "-rss_limit_mb=2048", "-verbosity=0",
               f"-artifact_prefix={folder}/", "-print_final_stats=1"]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(folder / "found"), str(folder / "seeds")], test_one)
    atheris.Fuzz()


def keep_corpus(name: str, found: Path, keep: Path, most: int) -> int:
    """Add the smallest inputs that reached new code to the kept ones; returns how many are kept now."""
    inputs = {path.read_bytes() for path in found.iterdir()} if found.is_dir() else set()
    chosen = sorted({*inputs, *read_corpus(name)}, key=lambda data: (len(data), data))[:most]
    keep.mkdir(parents=True, exist_ok=True)
    (keep / f"{name}.txt").write_text("".join(f"{base64.b64encode(one).decode()}\n" for one in chosen if one), "ascii")
    return len(chosen)


def fuzz(name: str, seconds: int, keep: Path | None, most: int) -> bool:
    """Fuzz one target for so many seconds; False when something was found."""
    if not has_atheris():
        try:
            count = run_plainly(name, load_targets()[name], seconds, seed=int(time.time()))
        except Exception:  # noqa: BLE001  whatever came out of the parser is the finding
            traceback.print_exc()
            return False
        print(f"{name}: {count} inputs by plain mutation, nothing found", flush=True)
        return True
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.fuzz.run", name, "--seconds", str(seconds), "--within", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            for path in Path(folder).glob("*-*"):  # a crash or a time-out that ended the whole process
                print(keep_case(name, path.read_bytes()))
            said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith(("INFO", "WARN"))]
            print("\n".join(said)[:6000], flush=True)
            return False
        stats = [line.split()[-1] for line in done.stderr.splitlines() if "number_of_executed_units" in line]
        kept = f", {keep_corpus(name, Path(folder) / 'found', keep, most)} inputs kept" if keep else ""
        print(f"{name}: {stats[0] if stats else '?'} inputs guided by coverage, nothing found{kept}", flush=True)
    return True


def main(arguments: Sequence[str]) -> int:
    """1 when any parser broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description=__doc__)
    parser.add_argument("name", help="a target, or all")
    parser.add_argument("--seconds", type=int, default=600, help="for each target (default 600)")
    parser.add_argument("--keep", type=Path, help="folder to keep inputs in that reached new code")
    parser.add_argument("--most", type=int, default=40, help="inputs kept of each target (default 40)")
    parser.add_argument("--within", type=Path, help=argparse.SUPPRESS)
    wishes = parser.parse_args(arguments)
    if wishes.within is not None:
        run_guided(wishes.name, wishes.seconds, wishes.within)
        return 0
    names = sorted(load_targets())
    chosen = names if wishes.name == "all" else [wishes.name]
    if unknown := set(chosen) - set(names):
        parser.error(f"no target is called {unknown.pop()!r}: there are {', '.join(names)}")
    sound = [fuzz(name, wishes.seconds, wishes.keep, wishes.most) for name in chosen]  # every one, whatever is found
    return int(not all(sound))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
