"""`camcensus bundle` and `verify`: seal the evidence of a run, prove it, judge it again. Touches no network."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from reports.visible import visible
from scanner.bundle import Verification, build_bundle, verify_bundle
from scanner.census import Means, compile_holdings
from scanner.commands.check_list import read_file
from scanner.commands.judge import parse_day, read_inventory
from scanner.data_file import DataError
from scanner.exits import Exit, UsageError
from scanner.fingerprint_files import load_library
from scanner.holdings import StoredRecord
from scanner.makers import Makers
from scanner.makers_file import load_makers
from scanner.outputs import RECORD_NAME, find_record, write_whole
from scanner.policy_files import DEFAULT_POLICY, read_policy, read_selection
from scanner.policy_list import Policy
from scanner.shelf import Shelf
from scanner.stored_zip import hold, measure, read_pieces

REPORT_NAME: Final = "report.json"
INVENTORY_NAMES: Final = {".xlsx": "inventory.xlsx", ".csv": "inventory.csv"}


@dataclass(frozen=True, slots=True)
class Wishes:
    """By what to judge, and the private key to sign with."""

    policies: tuple[str, ...] = ()
    as_of: str | None = None
    key: Path | None = None
    inventory: Path | None = None


def pack(run: Path, out: Path, wishes: Wishes) -> Exit:
    """Write record, report, lists and fingerprints used as one sealed file; it appears whole or not at all."""
    as_of = parse_day(wishes.as_of)
    key = _private_key(wishes.key) if wishes.key is not None else None
    library, makers = load_library(), load_makers()
    record = find_record(run)
    lists = _list_members(wishes.policies or (DEFAULT_POLICY,))
    inventory = _inventory_member(wishes.inventory)
    about = {
        "tool": f"camcensus {version('camcensus')}",
        "as_of": wishes.as_of or "",
        "policies": " ".join(lists),
        "fingerprints": library.digest,
        "inventory": " ".join(inventory),
    }
    acquired = read_inventory(wishes.inventory) if wishes.inventory is not None else {}
    means = Means(library, makers, _read_policies(lists, makers), as_of, acquired)
    small = {**lists, **inventory, **_fingerprint_members()}
    members = {name: hold(data) for name, data in small.items()}
    members[RECORD_NAME] = measure(lambda: _read_file(record))
    with closing(Shelf(out.parent if out.parent.is_dir() else None)) as shelf:
        places = [shelf.put(piece) for piece in _judge(record, means, shelf)]
        members[REPORT_NAME] = measure(lambda: map(shelf.take, places))
        write_whole(out, build_bundle(members, about, key))
    print(f"{out}: {len(members)} files sealed{'' if key is None else ' and signed'}")
    return Exit.CLEAN


def verify(file: Path, key: Path | None = None) -> Exit:
    """Say what was altered, or that nothing was, and whether the record judged again gives the same report."""
    trusted = _public_key(key) if key is not None else None
    try:
        stream = file.open("rb")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    with stream:
        return _verify(file, verify_bundle(stream, trusted))


def _verify(file: Path, checked: Verification) -> Exit:
    for alteration in checked.alterations:
        print(f"{file}: {visible(str(alteration))}", file=sys.stderr)
    if not checked.whole:
        return Exit.USAGE
    signed = f"signed by {checked.signer}" if checked.signer else "not signed"
    print(f"{file}: {len(checked.members)} files as they were sealed, {signed}")
    return _judge_again(file, checked)


def _judge_again(file: Path, checked: Verification) -> Exit:
    if RECORD_NAME not in checked.members or REPORT_NAME not in checked.members:
        print(f"{file}: holds no record with a report, so nothing was judged again")
        return Exit.CLEAN
    tool, own = checked.about.get("tool", ""), f"camcensus {version('camcensus')}"
    with tempfile.TemporaryDirectory() as name, closing(Shelf(Path(name))) as shelf:
        folder = Path(name)
        try:
            again = measure(lambda: _judge(folder / RECORD_NAME, _means_inside(checked, folder), shelf))
        except (DataError, KeyError, FileNotFoundError) as error:
            made = (
                f"its fingerprints or lists cannot be read here; use {tool or 'the version it was made with'}: {error}"
            )
            print(f"{file}: not judged again, since {visible(made)}")
            return Exit.CLEAN
    if again.digest == checked.members[REPORT_NAME].digest:
        print(f"{file}: judged again, the record gives the same report, byte for byte")
        return Exit.CLEAN
    if tool != own:
        asked = visible(f"{tool} made it and is to be asked")
        print(f"{file}: judged again by {own}, the record gives another report; {asked}")
        return Exit.CLEAN
    print(f"{file}: judged again, the record gives another report than the one sealed", file=sys.stderr)
    return Exit.USAGE


def _means_inside(checked: Verification, folder: Path) -> Means:
    """What the bundle itself brings to judge by, written where the readers of files find it."""
    write_whole(folder / RECORD_NAME, checked.members[RECORD_NAME].pieces())
    home = folder / "fingerprints"
    home.mkdir()
    for name, member in checked.members.items():
        if name.startswith("fingerprints/") and name.count("/") == 1:
            write_whole(home / Path(name).name, member.pieces())
    library, makers = load_library(home=home), load_makers(home)
    lists = {name: checked.members[name].read() for name in checked.about.get("policies", "").split()}
    acquired: Mapping[str, date] = {}
    for name in checked.about.get("inventory", "").split():
        write_whole(folder / name, checked.members[name].pieces())
        acquired = read_inventory(folder / name)
    as_of = parse_day(checked.about.get("as_of") or None)
    return Means(library, makers, _read_policies(lists, makers), as_of, acquired)


def _judge(record: Path, means: Means, shelf: Shelf) -> Iterator[bytes]:
    """The report as JSON, piece by piece; what a very large one puts aside meanwhile stands on the shelf."""
    from reports import RenderOptions, load_renderers

    with closing(StoredRecord(record)) as stored:
        report = compile_holdings(stored, means, shelf)
    return load_renderers()["json"].pieces(report, RenderOptions())


def _read_file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from read_pieces(stream)


def _read_policies(lists: Mapping[str, bytes], makers: Makers) -> tuple[Policy, ...]:
    policies = []
    for name, text in lists.items():
        policy, problems = read_policy(text.decode("utf-8-sig"), name, makers)
        if policy is None:
            raise DataError(problems)
        policies.append(policy)
    return tuple(policies)


def _inventory_member(path: Path | None) -> dict[str, bytes]:
    """The inventory under a name of ours: its own name may be anything."""
    if path is None:
        return {}
    return {INVENTORY_NAMES.get(path.suffix.lower(), "inventory.csv"): read_file(path)}


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
