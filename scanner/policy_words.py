"""The sentences of findings: one plain sentence each, with dates and reference. Decides nothing.

A sentence says what kind of act the list is, so that an export control is never read as a ban on use.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from scanner.dates import days_apart
from scanner.model import Identity
from scanner.policy_list import Entity, Kind, Policy

KIND_WORDS: Final[dict[Kind, str]] = {
    Kind.USE_BAN: "a ban on buying and using for those it binds",
    Kind.PURCHASE_BAN: "a ban on buying for those it binds",
    Kind.NAMED_LIST: "a list of names with consequences for contracts or subsidies, not a ban on use",
    Kind.MARKET_BAN: "a ban on authorising, importing and selling new equipment, not on using what is installed",
    Kind.EXPORT_CONTROL: "an export control towards the company, not a ban on buying or using its goods",
    Kind.INVESTMENT_BAN: "a ban on dealing in the company's securities, not on buying or using its goods",
    Kind.ASSET_FREEZE: "a freeze of assets, not a ban on using equipment",
    Kind.REMOVAL: "a decision of one government or body on its own sites, not a law",
    Kind.GUIDANCE: "guidance with a criterion that names no company",
    Kind.COUNTRY_CRITERION: "a rule by country that names no company",
    Kind.OWN_RULE: "a rule of the organisation itself",
    Kind.TESTING: "a duty to have equipment tested",
    Kind.LOCAL_DECISION: "decisions of local bodies, not a national list",
    Kind.COMMITMENT: "a political commitment",
    Kind.LAW_WITHOUT_NAMES: "a law that names no maker",
    Kind.DRAFT: "a draft, not a rule",
    Kind.PROPOSAL: "a proposal, not a rule",
    Kind.HISTORIC: "a list that is no longer kept",
}
"""How a sentence says what kind of act a list is."""

LABEL: Final = "the label and the model plate"


def say_named(policy: Policy, entity: Entity) -> str:
    """'named as "…" on … (…) since …, a ban on …'"""
    says = f'named as "{entity.name}" on {policy.short} ({entity.reference}) since {entity.since.isoformat()}'
    scope = f", listed for {entity.scope_in_short}" if entity.scope_in_short else ""
    return f"{says}{scope}; this is {KIND_WORDS[policy.kind]}"


def say_when(policy: Policy, entity: Entity, as_of: date, acquired: date | None) -> str:
    """The clauses on dates: effect still to come, and the purchase seen from the effective date."""
    effective = policy.effective(entity)
    clauses = ""
    if as_of < effective:
        clauses += f"; on {as_of.isoformat()} its effect on buyers lay ahead ({effective.isoformat()})"
    if acquired is None:
        return clauses
    apart = days_apart(acquired, effective)
    place = "on the effective date itself" if apart == "on" else f"{apart} the effective date {effective.isoformat()}"
    clauses += f"; bought on {acquired.isoformat()}, {place}"
    if acquired < effective and policy.covers is not None and policy.covers.existing_equipment:
        clauses += f" (equipment bought before: {policy.covers.existing_equipment})"
    return clauses


def say_not_named(name: str, policy: Policy, *, sure: bool) -> str:
    """The reason for a maker that the list does not name."""
    copy = f"{policy.short} (copy of {policy.copy_date.isoformat()})"
    if sure:
        return f"Made by {name}, which {copy} does not name."
    return f"Probably made by {name}, which {copy} does not name; while the maker is not sure, this clears nothing."


def say_perhaps_named(name: str, policy: Policy, entity: Entity) -> str:
    """The reason for a maker of whom we only heard that the list names it."""
    doubt = f" ({entity.notes.rstrip('.')})" if entity.notes else ""
    return f'Made by {name}, which {policy.short} may name as "{entity.name}"; this was not checked{doubt}.'


def say_not_in_force(name: str, policy: Policy, entity: Entity, as_of: date) -> str:
    """The reason where the naming had not begun, or had ended."""
    where = f'as "{entity.name}" on {policy.short} ({entity.reference})'
    if as_of < entity.since:
        since, day = entity.since.isoformat(), as_of.isoformat()
        return f"Made by {name}, which was not yet named on {day}: it is named {where} from {since}."
    ended = entity.until.isoformat() if entity.until else ""
    return (
        f"Made by {name}, which is no longer named: it was named {where} from {entity.since.isoformat()} until {ended}."
    )


def say_what_to_check(identity: Identity) -> str:
    """What a person can look at."""
    known = ", ".join(
        f"{key} {value}" for key, value in (("model", identity.model), ("serial", identity.serial)) if value
    )
    shown = f" (it says {known})" if known else ""
    return f"Read {LABEL} of the device{shown}, and the maker and the date on the invoice or delivery note."


WOULD_CHANGE: Final[dict[str, str]] = {
    "covered": "Proof that another company built this unit, or a copy of the list without this name.",
    "suspected-maker": "A second, independent sign of the maker settles it; proof of another maker clears it.",
    "suspected-list": "A clear statement of the list, or of those who apply it, on this case.",
    "component": "The parts list or the maker's statement on the parts inside.",
    "conflict": "Evidence that only one of the two makers could give, such as the model plate.",
    "brand": "An answer of the device itself, or its model plate, that shows who built it.",
    "not-named": "Evidence of another maker, or a later copy of the list.",
    "dates": "Another reference date.",
    "unknown": "Any answer that a fingerprint knows, or the model plate.",
    "silent": "An answer of the device: ask again when it is switched on, or from inside its segment.",
    "goods": "Proof that it is a camera, a recorder or network equipment after all.",
    "criterion": "Proof that the maker's seat is elsewhere, or a decision of those who apply the criterion.",
}
"""What would change our mind, by the reason a status rests on."""
