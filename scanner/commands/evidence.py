"""`camcensus bundle` and `verify`: seal the evidence of a run, prove it, judge it again. Touches no network."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from scanner.bundle import LARGEST_BUNDLE, Verification, build_bundle, verify_bundle
from scanner.census import compile_report
from scanner.commands.judge import parse_day
from scanner.data_file import DataError
from scanner.exits import Exit, UsageError
from scanner.fingerprint import Library
from scanner.fingerprint_files import load_library
from scanner.makers_file import load_makers
from scanner.outputs import RECORD_NAME, find_record, write_whole
from scanner.policy_files import DEFAULT_POLICY, read_policy, read_selection
from scanner.policy_list import Policy
from scanner.record import read_record

REPORT_NAME: Final = "report.json"


@dataclass(frozen=True, slots=True)
class Wishes:
    """By what to judge, and the private key to sign with."""

    policies: tuple[str, ...] = ()
    as_of: str | None = None
    key: Path | None = None


def pack(run: Path, out: Path, wishes: Wishes) -> Exit:
    """Write record, report, lists and fingerprints used as one sealed file; it appears whole or not at all."""
    parse_day(wishes.as_of)
    key = _private_key(wishes.key) if wishes.key is not None else None
    library = load_library()
    record = find_record(run)
    lists = _list_members(wishes.policies or (DEFAULT_POLICY,))
    about = {
        "tool": f"camcensus {version('camcensus')}",
        "as_of": wishes.as_of or "",
        "policies": " ".join(lists),
        "fingerprints": library.digest,
    }
    judged = _judge(record, library, list(lists.values()), list(lists), about["as_of"])
    members = {RECORD_NAME: record.read_bytes(), REPORT_NAME: judged, **lists, **_fingerprint_members()}
    write_whole(out, build_bundle(members, about, key))
    print(f"{out}: {len(members)} files sealed{'' if key is None else ' and signed'}")
    return Exit.CLEAN


def verify(file: Path, key: Path | None = None) -> Exit:
    """Say what was altered, or that nothing was, and whether the record judged again gives the same report."""
    trusted = _public_key(key) if key is not None else None
    try:
        if file.stat().st_size > LARGEST_BUNDLE:
            raise UsageError(f"{file} is larger than a bundle can be ({LARGEST_BUNDLE} bytes)")
        checked = verify_bundle(file.read_bytes(), trusted)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    for alteration in checked.alterations:
        print(f"{file}: {alteration}", file=sys.stderr)
    if not checked.whole:
        return Exit.USAGE
    signed = f"signed by {checked.signer}" if checked.signer else "not signed"
    print(f"{file}: {len(checked.members)} files as they were sealed, {signed}")
    return _judge_again(file, checked)


def _judge_again(file: Path, checked: Verification) -> Exit:
    if RECORD_NAME not in checked.members or REPORT_NAME not in checked.members:
        print(f"{file}: holds no record with a report, so nothing was judged again")
        return Exit.CLEAN
    library = load_library()
    if checked.about.get("fingerprints") != library.digest:
        tool = checked.about.get("tool", "the version it was made with")
        print(f"{file}: not judged again, since the fingerprints installed here differ; use {tool}")
        return Exit.CLEAN
    names = checked.about.get("policies", "").split()
    texts = [checked.members[name] for name in names if name in checked.members]
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / RECORD_NAME
        record.write_bytes(checked.members[RECORD_NAME])
        again = _judge(record, library, texts, names, checked.about.get("as_of", ""))
    if again != checked.members[REPORT_NAME]:
        print(f"{file}: judged again, the record gives another report than the one sealed", file=sys.stderr)
        return Exit.USAGE
    print(f"{file}: judged again, the record gives the same report, byte for byte")
    return Exit.CLEAN


def _judge(record: Path, library: Library, texts: list[bytes], names: list[str], as_of: str) -> bytes:
    from reports import RenderOptions, load_renderers

    policies = _read_policies(texts, names)
    day = parse_day(as_of or None)
    report = compile_report(read_record(record), library, load_makers(), policies, as_of=day)
    rendered = load_renderers()["json"].render(report, RenderOptions())
    return rendered.encode() if isinstance(rendered, str) else rendered


def _read_policies(texts: list[bytes], names: list[str]) -> list[Policy]:
    makers = load_makers()
    policies = []
    for text, name in zip(texts, names, strict=True):
        policy, problems = read_policy(text.decode("utf-8-sig"), name, makers)
        if policy is None:
            raise DataError(problems)
        policies.append(policy)
    return policies


def _list_members(selection: tuple[str, ...]) -> dict[str, bytes]:
    """The lists chosen, each once, by their names in the bundle; an organisation's own stand under policies/own."""
    members: dict[str, bytes] = {}
    for name, text in read_selection(selection):
        inside = name if name.startswith("policies/") else f"policies/own/{Path(name).name}"
        members.setdefault(inside, text.encode())
    return members


def _fingerprint_members() -> dict[str, bytes]:
    folder = files("fingerprints")
    return {f"fingerprints/{e.name}": e.read_bytes() for e in folder.iterdir() if e.name.endswith(".yaml")}


def _private_key(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path} is no private key in PEM without a password") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{path} is no Ed25519 key; make one with: openssl genpkey -algorithm ed25519")
    return key


def _public_key(path: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path} is no public key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{path} is no Ed25519 key")
    return key
