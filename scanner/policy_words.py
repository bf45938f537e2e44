"""The sentences of findings: one plain sentence each, with dates and reference. Decides nothing.

A sentence says what kind of act the list is, so that an export control is never read as a ban on use. Every sentence is
a template with values, so that a report in another language can say it; words of a list's own file are values.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from scanner.model import Identity
from scanner.policy_list import Criterion, Entity, Kind, Policy, Rule
from scanner.sentence import Sentence, Value, say, say_all, say_count

KIND_WORDS: Final[dict[Kind, Sentence]] = {
    Kind.USE_BAN: say("a ban on buying and using for those it binds"),
    Kind.PURCHASE_BAN: say("a ban on buying for those it binds"),
    Kind.NAMED_LIST: say("a list of names with consequences for contracts or subsidies, not a ban on use"),
    Kind.MARKET_BAN: say("a ban on authorising, importing and selling new equipment, not on using what is installed"),
    Kind.EXPORT_CONTROL: say("an export control towards the company, not a ban on buying or using its goods"),
    Kind.INVESTMENT_BAN: say("a ban on dealing in the company's securities, not on buying or using its goods"),
    Kind.ASSET_FREEZE: say("a freeze of assets, not a ban on using equipment"),
    Kind.REMOVAL: say("a decision of one government or body on its own sites, not a law"),
    Kind.GUIDANCE: say("guidance with a criterion that names no company"),
    Kind.COUNTRY_CRITERION: say("a rule by country that names no company"),
    Kind.OWN_RULE: say("a rule of the organisation itself"),
    Kind.TESTING: say("a duty to have equipment tested"),
    Kind.LOCAL_DECISION: say("decisions of local bodies, not a national list"),
    Kind.COMMITMENT: say("a political commitment"),
    Kind.LAW_WITHOUT_NAMES: say("a law that names no maker"),
    Kind.DRAFT: say("a draft, not a rule"),
    Kind.PROPOSAL: say("a proposal, not a rule"),
    Kind.HISTORIC: say("a list that is no longer kept"),
}
"""How a sentence says what kind of act a list is."""

WOULD_CHANGE: Final[dict[str, Sentence]] = {
    "covered": say("Proof that another company built this unit, or a copy of the list without this name."),
    "suspected-maker": say("A second, independent sign of the maker settles it; proof of another maker clears it."),
    "suspected-list": say("A clear statement of the list, or of those who apply it, on this case."),
    "component": say("The parts list or the maker's statement on the parts inside."),
    "conflict": say("Evidence that only one of the two makers could give, such as the model plate."),
    "brand": say("An answer of the device itself, or its model plate, that shows who built it."),
    "not-named": say("Evidence of another maker, or a later copy of the list."),
    "dates": say("Another reference date."),
    "purchase": say("The date of purchase."),
    "unknown": say("Any answer that a fingerprint knows, or the model plate."),
    "silent": say("An answer of the device: ask again when it is switched on, or from inside its segment."),
    "goods": say("Proof that it is a camera, a recorder or network equipment after all."),
    "criterion": say("Proof that the maker's seat is elsewhere, or a decision of those who apply the criterion."),
}
"""What would change our mind, by the reason a status rests on."""

NOTHING: Final = Sentence("")
"""A clause that is not there."""

NO_ANSWER: Final = say("It did not answer enough to tell who made it.")
NOTHING_KNOWN: Final = say("It answered, but nothing it said is known, so no maker can be named.")
TORN_UNNAMED: Final = say("The evidence contradicts itself, and no maker it points to is named here.")


def say_made_by(maker: str, *, sure: bool) -> Sentence:
    """How a sentence on a maker begins."""
    return say("Made by {maker}", maker=maker) if sure else say("Probably made by {maker} (not proven)", maker=maker)


def say_named(policy: Policy, entity: Entity) -> Sentence:
    """'named as "…" on … (…) since …, a ban on …'"""
    values: dict[str, Value] = _naming(policy, entity) | {"since": entity.since, "kind": KIND_WORDS[policy.kind]}
    if not entity.scope_in_short:
        return say('named as "{entity}" on {list} ({reference}) since {since}; this is {kind}', **values)
    return say(
        'named as "{entity}" on {list} ({reference}) since {since}, listed for {scope}; this is {kind}',
        **values,
        scope=say(entity.scope_in_short),
    )


def _naming(policy: Policy, entity: Entity) -> dict[str, Value]:
    return {"entity": entity.name, "list": say(policy.short), "reference": entity.reference}


def say_when(policy: Policy, entity: Entity, as_of: date, acquired: date | None) -> Sentence:
    """The clauses on dates: effect still to come, and the purchase seen from the effective date."""
    effective = policy.effective(entity)
    ahead = bought = existing = NOTHING
    if as_of < effective:
        ahead = say("; on {day} its effect on buyers lay ahead ({effective})", day=as_of, effective=effective)
    if acquired is not None:
        bought = _say_bought(acquired, effective)
        if acquired < effective and policy.covers is not None and policy.covers.existing_equipment:
            existing = say(" (equipment bought before: {rule})", rule=say(policy.covers.existing_equipment))
    return say("{ahead}{bought}{existing}", ahead=ahead, bought=bought, existing=existing)


def _say_bought(acquired: date, effective: date) -> Sentence:
    days = (acquired - effective).days
    if days == 0:
        return say("; bought on {day}, on the effective date itself", day=acquired)
    if days < 0:
        return say_count(
            "; bought on {day}, {n} day before the effective date {effective}",
            "; bought on {day}, {n} days before the effective date {effective}",
            -days,
            day=acquired,
            effective=effective,
        )
    return say_count(
        "; bought on {day}, {n} day after the effective date {effective}",
        "; bought on {day}, {n} days after the effective date {effective}",
        days,
        day=acquired,
        effective=effective,
    )


# The maker is named.


def say_own(made: str, policy: Policy, entity: Entity, when: str, *, affiliate: bool) -> Sentence:
    """The maker itself is named, or an affiliate that stands for it."""
    values: dict[str, Value] = {"made": made, "named": say_named(policy, entity), "when": when}
    if affiliate:
        return say("{made}, whose goods the list means by its affiliate {named}{when}.", **values)
    return say("{made}, which is {named}{when}.", **values)


def say_subsidiary(made: str, brand: str, tie: str, policy: Policy, entity: Entity, rule: Rule, when: str) -> Sentence:
    """A brand or a subsidiary of the maker that is named."""
    return say(
        "{made} under the name {brand}, {tie}, which is {named}; subsidiaries and affiliates: {rule}{when}.",
        made=made,
        brand=brand,
        tie=tie,
        named=say_named(policy, entity),
        rule=say(rule.words),
        when=when,
    )


def say_tie(maker: str, *, sure: bool) -> Sentence:
    """How the name on the box hangs together with the maker."""
    if sure:
        return say("a brand or subsidiary of {maker}", maker=maker)
    return say("successor to a business of {maker}, ownership not confirmed", maker=maker)


def say_sold(maker: str, until: str, *, after: bool) -> Sentence:
    """An aside on a subsidiary that was sold."""
    if after:
        return say(" ({maker}'s own until {until}; bought after the sale)", maker=maker, until=until)
    return say(
        " ({maker}'s own until {until}; no purchase date shows whether before or after the sale)",
        maker=maker,
        until=until,
    )


def say_rebadge(made: str, brand: str, aside: str, policy: Policy, entity: Entity, rule: Rule, when: str) -> Sentence:
    """Goods of the maker under another company's name."""
    return say(
        "{made} and sold as {brand}{aside}; the maker is {named}; re-badged goods: {rule}{when}.",
        made=made,
        brand=brand,
        aside=aside,
        named=say_named(policy, entity),
        rule=say(rule.words),
        when=when,
    )


def say_other_goods(kind: str, goods: Iterable[str], policy: Policy, entity: Entity, *, sure: bool) -> Sentence:
    """The maker is named, but not for such things."""
    values: dict[str, Value] = _naming(policy, entity) | {"kind": say(kind), "since": entity.since}
    if sure:
        return say(
            'A thing of the kind {kind} is by itself not the {goods} equipment that "{entity}" on {list} ({reference}, '
            "since {since}) is named for.",
            **values,
            goods=say_all(say(name) for name in goods),
        )
    return say(
        'A thing of the kind {kind}: its brand points to "{entity}" on {list} ({reference}, since {since}); who '
        "built it and whether it is meant is open.",
        **values,
    )


# The maker is not named, or not now.


def say_not_named(name: str, policy: Policy, *, sure: bool) -> Sentence:
    """The reason for a maker that the list does not name."""
    values: dict[str, Value] = {"maker": name, "list": say(policy.short), "copy": policy.copy_date}
    if sure:
        return say("Made by {maker}, which {list} (copy of {copy}) does not name.", **values)
    return say(
        "Probably made by {maker}, which {list} (copy of {copy}) does not name; while the maker is not sure, this "
        "clears nothing.",
        **values,
    )


def say_perhaps_named(name: str, policy: Policy, entity: Entity) -> Sentence:
    """The reason for a maker of whom we only heard that the list names it."""
    values: dict[str, Value] = {"maker": name, "list": say(policy.short), "entity": entity.name}
    if not entity.notes:
        return say('Made by {maker}, which {list} may name as "{entity}"; this was not checked.', **values)
    return say(
        'Made by {maker}, which {list} may name as "{entity}"; this was not checked ({doubt}).',
        **values,
        doubt=say(entity.notes.rstrip(".")),
    )


def say_not_in_force(name: str, policy: Policy, entity: Entity, as_of: date) -> Sentence:
    """The reason where the naming had not begun, or had ended."""
    values: dict[str, Value] = _naming(policy, entity) | {"maker": name, "since": entity.since}
    if as_of < entity.since:
        return say(
            'Made by {maker}, which was not yet named on {day}: it is named as "{entity}" on {list} ({reference}) from '
            "{since}.",
            **values,
            day=as_of,
        )
    return say(
        'Made by {maker}, which is no longer named: it was named as "{entity}" on {list} ({reference}) from {since} '
        "until {until}.",
        **values,
        until=entity.until or "",
    )


def say_hidden_maker(name: str, real: str, part: str, policy: Policy) -> Sentence:
    """A company that puts its name on goods of a maker that is named."""
    return say(
        "It says {brand}, but some cameras and recorders of that name are made by {maker} ({part}), named on {list}; "
        "nothing shows which this one is.",
        brand=name,
        maker=real,
        part=part or say("part of the range"),
        list=say(policy.short),
    )


def say_component(part: str, group: str, policy: Policy, entity: Entity, rule: Rule) -> Sentence:
    """A part of a named maker inside. `group` is the company behind the maker of the part, often the same."""
    return say(
        "A part made by {whose} seems to be inside; {group} is {named}; components: {rule}; who built the device "
        "itself is another question.",
        whose=say("{part}, of {group},", part=part, group=group) if part != group else part,
        group=group,
        named=say_named(policy, entity),
        rule=say(rule.words),
    )


# The list goes by country.


def say_criterion_ahead(policy: Policy, criterion: Criterion, as_of: date) -> Sentence:
    """The rule did not hold yet."""
    return say(
        "{list} sets its criterion only from {since}, after {day}.",
        list=say(policy.short),
        since=criterion.since,
        day=as_of,
    )


def say_criterion_goods(kind: str, policy: Policy, *, sure: bool) -> Sentence:
    """The rule does not speak of such things, or may not."""
    if sure:
        return say(
            "A thing of the kind {kind}, which {list} does not speak of.", kind=say(kind), list=say(policy.short)
        )
    return say("A thing of the kind {kind}, which {list} may or may not mean.", kind=say(kind), list=say(policy.short))


def say_seat_unknown(who: str, policy: Policy) -> Sentence:
    """Nobody knows whose rule it falls under."""
    return say(
        "{list} goes by country and names nobody; the seat of {who} is not in our data.",
        list=say(policy.short),
        who=who,
    )


def say_criterion_met(who: str, country: str, policy: Policy, criterion: Criterion, *, sure: bool) -> Sentence:
    """The seat lies in a country that the rule means."""
    values: dict[str, Value] = {
        "who": who,
        "country": country,
        "list": say(policy.short),
        "words": say(criterion.words),
        "since": criterion.since,
    }
    if sure:
        return say(
            'The seat of {who} is in {country}, so it falls under the criterion of {list} ("{words}") since {since}; '
            "it names no company.",
            **values,
        )
    return say(
        'The seat of {who} is in {country}, so it probably falls under the criterion of {list} ("{words}") since '
        "{since}; it names no company.",
        **values,
    )


def say_criterion_not_met(who: str, country: str, policy: Policy) -> Sentence:
    """The seat lies elsewhere."""
    return say(
        "The seat of {who} is in {country}, outside the criterion of {list}, which goes by country and names nobody.",
        who=who,
        country=country,
        list=say(policy.short),
    )


# Nobody knows the maker.


def say_no_equipment(kind: str, policy: Policy) -> Sentence:
    """A bare part, whoever made it."""
    return say(
        "A thing of the kind {kind} is by itself not equipment that {list} speaks of.",
        kind=say(kind),
        list=say(policy.short),
    )


def say_torn(makers: Iterable[str], listed: str, policy: Policy, entity: Entity) -> Sentence:
    """Two makers at once, one of them named."""
    return say(
        "The evidence contradicts itself ({makers}); {maker} is {named}.",
        makers=say_all(makers),
        maker=listed,
        named=say_named(policy, entity),
    )


def say_brand_alone(brand: str, part: str, maker: str, policy: Policy, entity: Entity) -> Sentence:
    """Only the name on the box is known."""
    return say(
        "Sold as {brand}, whose goods ({part}) come from {maker}, {named}; a brand alone does not prove who built it.",
        brand=brand,
        part=part or say("part of the range"),
        maker=maker,
        named=say_named(policy, entity),
    )


def say_only_part(maker: str) -> Sentence:
    """Only the maker of a part shows."""
    return say("Only a part made by {maker} shows, so who made the device is not known.", maker=maker)


def say_what_to_check(identity: Identity) -> Sentence:
    """What a person can look at."""
    model = say("model {model}", model=identity.model) if identity.model else ""
    serial = say("serial {serial}", serial=identity.serial) if identity.serial else ""
    known = say("{first}, {second}", first=model, second=serial) if model and serial else model or serial
    if not known:
        return say(
            "Read the label and the model plate of the device, and the maker and the date on the invoice or delivery "
            "note."
        )
    return say(
        "Read the label and the model plate of the device (it says {known}), and the maker and the date on the invoice "
        "or delivery note.",
        known=known,
    )
