"""Every sentence of a report has its translations: complete, with the same placeholders, and compiled as they stand.

A message of the code must be translated. A text of a data file (a list, a sweep) may wait: one file is enough to add a
list. What the project's own profiles and sweeps say is translated, and that is held here too.
"""

from __future__ import annotations

import ast
import gettext
import io
from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest

from reports.messages import texts
from scanner.makers_file import load_makers
from scanner.model import Conflict, Identity, Standing
from scanner.policy import judge_lists
from scanner.policy_files import list_profiles, load_policies, load_profile
from scanner.sentence import Sentence
from tools import catalogues

LANGUAGES = catalogues.LANGUAGES
CODE = catalogues.in_code()
DATA = catalogues.in_data()
CATALOGUES = {language: catalogues.read_catalogue(language) for language in LANGUAGES}

MARKERS = {"_": 1, "plural": 2, "say": 1, "say_count": 2}

ILLEGAL = ("ilegal", "paligj", "nelegal", "nezakonit", "protivzakonit")


def forms_of(language: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for held in CATALOGUES[language]:
        if held.id:
            ids = held.id if isinstance(held.id, tuple) else (held.id,)
            yield ids, held.string if isinstance(held.string, tuple) else (held.string,)


def literals_in_code() -> Iterator[str]:
    """The texts handed to the marking functions, read from the syntax tree, which also sees into f-strings."""
    for folder in ("reports", "scanner"):
        for path in sorted((catalogues.ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    for argument in node.args[: MARKERS.get(name, 0)]:
                        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value:
                            yield argument.value


def test_the_extraction_sees_every_message_of_the_code() -> None:
    found = {text for message in CODE for text in ((message,) if isinstance(message, str) else message)}
    unseen = {text for text in literals_in_code() if text not in found and catalogues.PLACEHOLDER.sub("", text).strip()}
    assert {text for text in unseen if any(c.isalpha() for c in catalogues.PLACEHOLDER.sub("", text))} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_current(language: str) -> None:
    held = {held.id for held in CATALOGUES[language] if held.id}
    assert set(CODE) - held == set(), "run tools/catalogues.py and translate what it names"
    assert held - set(CODE) - set(DATA) == set(), "messages that nothing says any more: run tools/catalogues.py"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_of_the_code_lacks_a_translation(language: str) -> None:
    assert catalogues.wanting(CATALOGUES[language], CODE) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_our_profiles_and_sweeps_say_is_translated(language: str) -> None:
    chosen = {entry.id for name in list_profiles() for entry in load_profile(name).policies}
    assert {"us-ndaa-889", "xk-sanctions-law"} <= chosen
    ours = {f"policies/{policy}.yaml" for policy in chosen} | {"probes", "scanner/goods.py"}
    assert catalogues.wanting(CATALOGUES[language], (text for text, origins in DATA.items() if origins & ours)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_agree_in_every_form(language: str) -> None:
    for ids, strings in forms_of(language):
        wanted = {name for text in ids for name in catalogues.PLACEHOLDER.findall(text)}
        for string in strings:
            assert not string or set(catalogues.PLACEHOLDER.findall(string)) == wanted, (ids, string)
            assert not string or string.count("{") == string.count("}") == len(catalogues.PLACEHOLDER.findall(string))


@pytest.mark.parametrize(("language", "forms"), [("sq", 2), ("sr", 3)])
def test_plural_forms_are_complete(language: str, forms: int) -> None:
    assert CATALOGUES[language].num_plurals == forms
    plurals = [strings for ids, strings in forms_of(language) if len(ids) == 2]
    assert len(plurals) > 10
    assert all(len(strings) == forms and all(strings) for strings in plurals)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fragment_stays_a_fragment_and_a_sentence_a_sentence(language: str) -> None:
    """Clauses begin with the blank or the semicolon that joins them; a full stop is neither lost nor won."""
    for ids, strings in forms_of(language):
        for string in filter(None, strings):
            assert string[:1].isspace() == ids[0][:1].isspace(), string
            assert string.startswith(";") == ids[0].startswith(";"), string
            assert string == string.strip() or string[0] == " "
            assert string.endswith(".") == ids[0].endswith("."), string


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_called_illegal(language: str) -> None:
    for ids, strings in forms_of(language):
        if any(word in string.lower() for word in ILLEGAL for string in filter(None, strings)):
            assert "does not make the use of an installed camera illegal" in ids[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_one_people_read(language: str) -> None:
    kept = gettext.GNUTranslations(io.BytesIO(catalogues.path_of(language).with_suffix(".mo").read_bytes()))
    anew = gettext.GNUTranslations(io.BytesIO(catalogues.as_mo(CATALOGUES[language])))
    messages = {message for message in (*CODE, *DATA) if isinstance(message, str)}
    assert {m: kept.gettext(m) for m in messages} == {m: anew.gettext(m) for m in messages}
    for one, many in (message for message in CODE if not isinstance(message, str)):
        assert [kept.ngettext(one, many, n) for n in (1, 2, 5, 21)] == [
            anew.ngettext(one, many, n) for n in (1, 2, 5, 21)
        ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_source_is_written_as_the_tool_writes_it(language: str) -> None:
    written = catalogues.path_of(language).read_bytes()
    again = catalogues.as_po(catalogues.renew(language, {**DATA, **CODE}))
    strip = b"Generated-By: Babel"
    lines = [
        [line for line in text.splitlines() if strip not in line and not line.startswith(b"#")]
        for text in (written, again)
    ]
    assert sorted(lines[0]) == sorted(lines[1])


def untold(text: str, language: str) -> Iterator[str]:
    """The templates of a sentence, and of those inside it, that the language does not know."""
    if not isinstance(text, Sentence):
        return
    has_words = any(c.isalpha() for c in catalogues.PLACEHOLDER.sub("", text.template))
    held = CATALOGUES[language].get(text.template)
    if has_words and (held is None or not held.string):
        yield text.template
    for _name, value in text.values:
        yield from untold(value, language) if isinstance(value, Sentence) else ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_of_our_lists_can_be_told(language: str) -> None:
    """Makers, brands, kinds, standings and dates crossed: the sentence has no English left but names and quotations."""
    makers = load_makers()
    policies = load_policies(("all-lists",), makers)
    missing: set[str] = set()
    told: set[str] = set()
    names = ("hikvision", "dahua", "huawei", "hisilicon", "zte", "tiandy", "axis", "tp-link", None)
    brands = (None, "ezviz", "lorex", "abus", "unheard")
    days = ((date(2026, 11, 23), date(2018, 5, 5)), (date(2018, 12, 1), None), (date(2026, 11, 23), date(2025, 5, 5)))
    for maker, brand, kind, standing in product(names, brands, ("camera", "storage", "display"), Standing):
        torn = standing is Standing.UNDETERMINED
        conflicts = (Conflict((maker or "dahua", "axis"), "", ()),) if torn else ()
        who = Identity(maker, brand, "M1", None, "S1", kind, standing, 0.5, (), conflicts)
        for as_of, acquired in days:
            for finding in judge_lists(who, policies, makers, as_of, acquired):
                for text in (finding.reason, finding.would_change, finding.check_by_hand):
                    missing.update(untold(text, language))
                    told.add(texts(language).tell(text))
    assert missing == set()
    assert not [text for text in told if "{" in text or ".." in text]
