"""Reads and checks the policy files; every refusal names the file and the line. Touches no network, judges nothing.

One YAML file per official list in `policies/`, one per profile in `policies/profiles/`. `load_policies` is what the
program uses, `check_policy_file` is what an author runs. An organisation's own list is one more file, given by path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from scanner.data_file import DataError, Place, Problem, read_shape
from scanner.dates import DateError, parse_span
from scanner.makers import Confidence, Makers
from scanner.makers_file import load_makers
from scanner.policy_list import CRITERION_KINDS, SILENT_KINDS, Kind, Policy, Profile, Rule
from scanner.rule_faults import suggest
from scanner.strict_yaml import LARGEST_FILE, YamlError, load_with_lines
from scanner.strict_yaml import Path as NodePath

DEFAULT_POLICY: Final = "us-ndaa-889"
"""The list applied where none is chosen."""

SHORTEST_SAYING: Final = 20
"""Letters that `says_not` needs at least: "n/a" protects nobody."""


def load_policies(selection: Iterable[str] = (DEFAULT_POLICY,), makers: Makers | None = None) -> tuple[Policy, ...]:
    """The lists chosen by id, by profile id or by path of a .yaml file, each once, in the order given.

    Raises DataError where a name is unknown or a file is unsound.
    """
    known = makers if makers is not None else load_makers()
    chosen: list[Policy] = []
    problems: list[Problem] = []
    for name, text in read_selection(selection):
        policy, found = read_policy(text, name, known)
        problems += found
        chosen += [policy] if policy is not None else []
    if problems:
        raise DataError(problems)
    return tuple(chosen)


def read_selection(selection: Iterable[str]) -> list[tuple[str, str]]:
    """File name and text of every list chosen, each once, profiles resolved. What an evidence bundle keeps.

    Raises DataError for two lists of one name: which of them was meant is not ours to guess, and one would go unsaid.
    """
    held: dict[str, tuple[str, str]] = {}
    for name, text in _read_chosen(selection):
        first, known = held.setdefault(Path(name).stem, (name, text))
        if known != text:
            raise DataError(
                [Problem(name, 0, f"{first} is applied already and has the same id; leave one of them out")]
            )
    return list(held.values())


def _read_chosen(selection: Iterable[str]) -> list[tuple[str, str]]:
    shipped, profiles = _shipped("policies"), _shipped("policies/profiles")
    texts: list[tuple[str, str]] = []
    for chosen in selection:
        if chosen in shipped:
            texts.append((f"policies/{chosen}.yaml", shipped[chosen].read_text("utf-8")))
        elif chosen in profiles:
            texts += _read_chosen(entry.id for entry in load_profile(chosen).policies)
        elif chosen.endswith((".yaml", ".yml")):
            texts += _read_own_file(chosen)
        else:
            raise DataError([Problem(chosen, 0, _unknown_words(shipped, profiles))])
    return texts


def _read_own_file(chosen: str) -> list[tuple[str, str]]:
    """An organisation's own list as it is, or the lists of its own profile."""
    text = _read_own(Path(chosen))
    if not is_profile(text):
        return [(chosen, text)]
    profile, problems = read_profile(text, chosen)
    if profile is None:
        raise DataError(problems)
    texts: list[tuple[str, str]] = []
    for entry in profile.policies:
        if not _is_path(entry.id):
            texts += _read_chosen([entry.id])
            continue
        path = Path(chosen).parent / entry.id
        text = _read_own(path)
        if is_profile(text):  # it might name itself, and go on for ever
            raise DataError([Problem(chosen, 0, f"{entry.id} is a profile; a profile names lists")])
        texts.append((str(path), text))
    return texts


def is_profile(text: str) -> bool:
    """True for the text of a profile: it lists policies, which no list does."""
    try:
        value, _ = load_with_lines(text, "")
    except YamlError:
        return False
    return isinstance(value, dict) and "policies" in value and "kind" not in value


def _is_path(name: str) -> bool:
    return name.endswith((".yaml", ".yml"))


def list_policies() -> tuple[str, ...]:
    """Ids of the shipped lists, sorted."""
    return tuple(sorted(_shipped("policies")))


def list_profiles() -> tuple[str, ...]:
    """Ids of the shipped profiles, sorted."""
    return tuple(sorted(_shipped("policies/profiles")))


def load_profile(name: str) -> Profile:
    """A shipped profile by id. Raises DataError."""
    shipped = _shipped("policies/profiles")
    if name not in shipped:
        raise DataError([Problem(name, 0, _unknown_words((), shipped))])
    profile, problems = read_profile(shipped[name].read_text("utf-8"), f"policies/profiles/{name}.yaml")
    if profile is None:
        raise DataError(problems)
    return profile


def find_profile(chosen: str) -> Profile | None:
    """The profile that a name or a path stands for; None for a list. Raises DataError."""
    if chosen in _shipped("policies/profiles") and chosen not in _shipped("policies"):
        return load_profile(chosen)
    if not _is_path(chosen):
        return None
    text = _read_own(Path(chosen))
    if not is_profile(text):
        return None
    profile, problems = read_profile(text, chosen)
    if profile is None:
        raise DataError(problems)
    return profile


def check_policy_file(path: Path, makers: Makers | None = None) -> list[Problem]:
    """Everything wrong with one file: a list, or a profile."""
    try:
        text = _read_own(path)
    except DataError as error:
        return list(error.problems)
    if is_profile(text):
        return read_profile(text, str(path))[1]
    _, problems = read_policy(text, str(path), makers if makers is not None else load_makers())
    return problems


def read_policy(text: str, name: str, makers: Makers) -> tuple[Policy | None, list[Problem]]:
    """A policy from the text of a file, or None with what is wrong with it."""
    policy, place, problems = read_shape(Policy, text, name)
    if policy is None:
        return None, problems
    problems += [place.problem(path, message) for path, message in _check(policy, name, makers)]
    return (None if problems else policy), problems


def read_profile(text: str, name: str) -> tuple[Profile | None, list[Problem]]:
    """A profile from the text of a file, or None with what is wrong with it."""
    profile, place, problems = read_shape(Profile, text, name)
    if profile is None:
        return None, problems
    problems += _check_profile(profile, place, name)
    return (None if problems else profile), problems


def _shipped(folder: str) -> dict[str, Traversable]:
    package, *rest = folder.split("/")
    root = files(package).joinpath(*rest)
    return {entry.name.removesuffix(".yaml"): entry for entry in root.iterdir() if entry.name.endswith(".yaml")}


def _read_own(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DataError([Problem(str(path), 0, f"larger than {LARGEST_FILE} bytes; this is no policy file")])
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DataError([Problem(str(path), 0, f"cannot be read: {why}")]) from error


def _unknown_words(policies: Iterable[str], profiles: Iterable[str]) -> str:
    lists = ", ".join(sorted(policies))
    known = f"lists: {lists}; " if lists else ""
    return (
        f"no list or profile has this name; {known}profiles: {', '.join(sorted(profiles))}; or give the path of a .yaml"
    )


Finding = tuple[NodePath, str]


def _check(policy: Policy, name: str, makers: Makers) -> Iterator[Finding]:
    yield from _check_head(policy, name)
    yield from _check_effect(policy)
    yield from _check_entities(policy, makers)
    if policy.covers is not None:
        for matter in ("subsidiaries", "rebadge", "components"):
            yield from _check_rules(matter, getattr(policy.covers, matter))
        if not policy.covers.goods:
            yield ("covers", "goods"), "say what goods the list speaks of, or [any]"


def _check_head(policy: Policy, name: str) -> Iterator[Finding]:
    if Path(name).stem != policy.id:
        yield ("id",), f"the id {policy.id!r} and the name of the file must be the same"
    if len(policy.says_not) < SHORTEST_SAYING:
        yield ("says_not",), "say in a sentence what the list does not say; a reader will take it for more than it is"
    if not policy.sources:
        yield ("sources",), "name at least one source (publisher and title)"
    for index, source in enumerate(policy.sources):
        if source.url and not source.url.startswith("https://"):
            yield ("sources", index, "url"), "an address begins with https://"
    for index, event in enumerate(policy.dates):
        try:
            parse_span(event.date)
        except DateError as error:
            yield ("dates", index, "date"), str(error)


def _check_effect(policy: Policy) -> Iterator[Finding]:
    """A list that judges needs a day, something it covers, and somebody or something to judge by."""
    silent = policy.kind in SILENT_KINDS or policy.confidence is Confidence.LOW
    if silent and policy.effective_for_findings is not None:
        yield (
            ("effective_for_findings",),
            f"a {policy.kind.value} of confidence {policy.confidence.value} makes no finding; leave the date out",
        )
    if policy.criterion is not None:
        yield from _check_criterion(policy)
    if not policy.makes_findings:
        return
    if policy.covers is None:
        yield ("covers",), "a list that makes findings says what it covers"
    if not policy.entities and policy.criterion is None:
        yield ("entities",), "a list that makes findings names somebody or sets a criterion"
    if policy.kind is Kind.USE_BAN and policy.covers is not None and not policy.covers.existing_equipment:
        yield ("covers",), "a ban on use says what holds for existing_equipment"


def _check_criterion(policy: Policy) -> Iterator[Finding]:
    assert policy.criterion is not None, "the caller looked"
    if policy.kind not in CRITERION_KINDS:
        yield ("criterion",), f"a {policy.kind.value} judges by names, not by a criterion"
    for index, country in enumerate(policy.criterion.countries):
        if len(country) != 2 or not country.isascii() or not country.isupper():
            yield ("criterion", "countries", index), f"{country!r} is not a country code of two capital letters"


def _check_entities(policy: Policy, makers: Makers) -> Iterator[Finding]:
    known = {maker.id for maker in makers.makers}
    seen: dict[str, int] = {}
    for index, entity in enumerate(policy.entities):
        where: NodePath = ("entities", index)
        if entity.maker not in known:
            advice = suggest(entity.maker, sorted(known))
            yield (
                (*where, "maker"),
                f"unknown maker {entity.maker!r}{advice}: no device could be recognised as made by it",
            )
        if entity.name in seen and policy.entities[seen[entity.name]].since == entity.since:
            yield (*where, "name"), f"{entity.name!r} is named twice from the same day"
        seen.setdefault(entity.name, index)
        if entity.until is not None and entity.until <= entity.since:
            yield (*where, "until"), f"ends ({entity.until}) before it begins ({entity.since})"
        if entity.since > policy.copy_date:
            yield (*where, "since"), f"named from {entity.since}, after the date of this copy ({policy.copy_date})"
        if entity.effective is not None and entity.effective < entity.since:
            yield (*where, "effective"), f"takes effect ({entity.effective}) before the naming ({entity.since})"


def _check_rules(matter: str, rules: Sequence[Rule]) -> Iterator[Finding]:
    """Rules of one matter follow each other in time, so that one at most holds on a day."""
    for index, rule in enumerate(rules):
        where: NodePath = ("covers", matter, index)
        if rule.since is not None and rule.until is not None and rule.until < rule.since:
            yield where, f"ends ({rule.until}) before it begins ({rule.since})"
        if index == 0:
            continue
        before = rules[index - 1].until
        if before is None or rule.since is None or rule.since <= before:
            yield where, "begins before the rule above it ends"


def _check_profile(profile: Profile, place: Place, name: str) -> list[Problem]:
    shipped = set(_shipped("policies"))
    found: list[Finding] = []
    if Path(name).stem != profile.id:
        found.append((("id",), f"the id {profile.id!r} and the name of the file must be the same"))
    for index, entry in enumerate(profile.policies):
        if entry.id not in shipped and not _is_path(entry.id):
            found.append(
                (
                    ("policies", index, "id"),
                    f"unknown list {entry.id!r}; give the id of a shipped one, or the path of a .yaml",
                )
            )
        if entry.id in {other.id for other in profile.policies[:index]}:
            found.append((("policies", index, "id"), f"{entry.id} stands here twice"))
    if not profile.policies:
        found.append((("policies",), "a profile names at least one list"))
    return [place.problem(path, message) for path, message in found]
