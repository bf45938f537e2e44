"""Collect the messages of the reports, bring the catalogues up to date, compile them; translates nothing itself.

`python tools/catalogues.py` rewrites `reports/locale/*/LC_MESSAGES/camcensus.po` (new messages empty, vanished ones
gone, translations kept) and the `.mo` beside each. Both are kept in the tree, so that a clone and the wheel need no
tool to speak three languages. `--check` writes nothing and names what is missing; exit code 1 when anything is.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from probes import load_plugins
from scanner.goods import CLASSES, Goods
from scanner.makers import Confidence
from scanner.policy_files import list_policies, load_policies
from scanner.policy_list import Policy

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "reports" / "locale"
LANGUAGES = ("sq", "sr")

KEYWORDS = {"_": None, "plural": (1, 2), "say": None, "say_count": (1, 2)}
"""The calls whose literals are messages: those of `reports/messages.py` and of `scanner/sentence.py`."""

PLACEHOLDER = re.compile(r"\{(\w+)\}")

Message = str | tuple[str, str]
"""A message, or its singular and its plural."""


def in_code() -> dict[Message, set[str]]:
    """Every message that stands in the code and in the templates, with the files it stands in."""
    found: dict[Message, set[str]] = {}
    for folder, pattern, method in (
        ("reports", "*.py", "python"),
        ("scanner", "*.py", "python"),
        ("reports", "*.j2", "jinja2.ext:babel_extract"),
    ):
        for path in sorted((ROOT / folder).rglob(pattern)):
            with path.open("rb") as source:
                for _line, message, _comments, _context in extract(method, source, KEYWORDS, (), {"encoding": "utf-8"}):
                    if _has_words(message):
                        found.setdefault(message, set()).add(str(path.relative_to(ROOT)))
    return found


def _has_words(message: Message) -> bool:
    """False for what only puts other sentences side by side."""
    text = message if isinstance(message, str) else "".join(message)
    return any(character.isalpha() for character in PLACEHOLDER.sub("", text))


def of_policy(policy: Policy) -> Iterator[str]:
    """The words of one list that a report repeats; names, references and quotations stand as the list has them."""
    yield from (policy.title, policy.short, policy.says_not)
    if policy.criterion is not None:
        yield policy.criterion.words
    if policy.covers is not None:
        yield policy.covers.existing_equipment
        for rule in (*policy.covers.subsidiaries, *policy.covers.rebadge, *policy.covers.components):
            yield rule.words
    for entity in policy.entities:
        yield entity.scope_in_short
        if entity.confidence is Confidence.LOW:
            yield entity.notes.rstrip(".")


def in_data() -> dict[Message, set[str]]:
    """Texts of data that reports repeat: lists, kinds of goods, what each sweep's absence costs."""
    found: dict[Message, set[str]] = {}

    def add(origin: str, texts: Iterable[str]) -> None:
        for text in texts:
            if text:
                found.setdefault(text, set()).add(origin)

    for policy in load_policies(list_policies()):
        add(f"policies/{policy.id}.yaml", of_policy(policy))
    add("scanner/goods.py", (kind for kinds in CLASSES.values() for kind in sorted(kinds)))
    add("scanner/goods.py", (goods.value.replace("-", " ") for goods in Goods))
    add("probes", (sweep.lost.rstrip(".") for sweep in load_plugins()[0]))
    return found


def all_messages() -> dict[Message, set[str]]:
    """Code and data; a text that both have stands once."""
    found = in_code()
    for message, origins in in_data().items():
        found.setdefault(message, set()).update(origins)
    return found


def path_of(language: str) -> Path:
    """The source catalogue of one language."""
    return LOCALES / language / "LC_MESSAGES" / "camcensus.po"


def read_catalogue(language: str) -> Catalog:
    """The catalogue as it stands in the tree; empty when there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as source:
        return read_po(source, locale=language)


def renew(language: str, messages: dict[Message, set[str]]) -> Catalog:
    """The catalogue with exactly these messages, in a stable order, without any date of ours in it."""
    old = read_catalogue(language)
    new = Catalog(
        locale=language, project="camcensus", version="1", copyright_holder="", fuzzy=False,
        header_comment=f"# Messages of the reports ({language}); tools/catalogues.py keeps their list.",
        creation_date=datetime(2026, 1, 1, tzinfo=UTC), revision_date=datetime(2026, 1, 1, tzinfo=UTC),
        msgid_bugs_address="none", last_translator="camcensus contributors", language_team="camcensus contributors",
    )  # fmt: skip
    for message in sorted(messages, key=lambda m: (sorted(messages[m])[0], m if isinstance(m, str) else m[0])):
        held = old.get(message if isinstance(message, str) else message[0])
        string = held.string if held is not None and bool(held.pluralizable) == isinstance(message, tuple) else None
        new.add(message, string, [(origin, None) for origin in sorted(messages[message])])
    return new


def as_po(catalogue: Catalog) -> bytes:
    """The catalogue as people edit it."""
    out = BytesIO()
    write_po(out, catalogue, width=120, include_lineno=False)
    return out.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """The catalogue as the program reads it."""
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def wanting(catalogue: Catalog, messages: Iterable[Message]) -> list[Message]:
    """The messages without a translation, or without one of its plural forms."""
    found = []
    for message in messages:
        held = catalogue.get(message if isinstance(message, str) else message[0])
        strings = () if held is None else (held.string,) if isinstance(held.string, str) else held.string
        if not strings or not all(strings):
            found.append(message)
    return found


def main() -> int:
    """Bring every catalogue up to date, or with `--check` only say what is wanting."""
    messages = all_messages()
    missing = 0
    for language in LANGUAGES:
        catalogue = renew(language, messages)
        lacking = wanting(catalogue, messages)
        missing += len(lacking)
        for message in lacking:
            print(f"{language}: no translation of {message!r}")
        if "--check" not in sys.argv[1:]:
            path = path_of(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(as_po(catalogue))
            path.with_suffix(".mo").write_bytes(as_mo(catalogue))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
