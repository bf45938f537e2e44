"""Judges one entry of a paper list by its brand and its model name; says "on paper" in every reason.

A name on paper is a seller's or a clerk's statement. The maker's own brand, or a form that only this maker uses, names
the maker; the brand of a company that sells other makers' goods does not, and is suspected at most. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from scanner.goods import Goods, goods_of
from scanner.grammar import Ability, Firmness, ModelReading
from scanner.makers import Brand, Makers, Relation
from scanner.model import Conflict, Evidence, Finding, Identity, Standing, Status, replace
from scanner.paper.entries import Entry
from scanner.policy import judge_lists, overall_status
from scanner.policy_list import Policy
from scanner.sentence import say

OWN_NAMES: Final = frozenset({Relation.OWN, Relation.SUBSIDIARY})
"""Relations in which the brand itself names the maker."""

CONFIDENCE: Final = {Standing.IDENTIFIED: 0.9, Standing.SUSPECTED: 0.6}
"""A name on paper is never surer than this."""

ABILITIES: Final = {
    Ability.FACES: "Models of this line may be able to recognise faces; the data sheet decides.",
    Ability.PLATES: "Models of this line may be able to read number plates; the data sheet decides.",
}

NEVER_SEEN: Final = (
    "A coaxial camera (HDCVI, HD-TVI, AHD) has no address and can never be found on the network; "
    "its recorder and the recorder's channels stand for it."
)


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One entry and what follows from it. `visible`: whether a scan can find it (None: not known)."""

    entry: Entry
    identity: Identity
    findings: tuple[Finding, ...]
    status: Status
    visible: bool | None
    of_interest: bool  # False for disks, cables, mounts, work: no device of their own
    notes: tuple[str, ...]


def judge_entry(entry: Entry, policies: Sequence[Policy], makers: Makers, as_of: date) -> PaperRow:
    """What the lists say of one entry on the day `as_of`; the entry's own date is compared with theirs."""
    entry = _drop_foreign_form(entry, makers)
    identity = identify(entry, makers)
    findings = judge_lists(identity, policies, makers, as_of, entry.acquired)
    findings = tuple(_on_paper(finding, identity) for finding in findings)
    return PaperRow(
        entry=entry,
        identity=identity,
        findings=findings,
        status=overall_status(findings),
        visible=_visible(entry),
        of_interest=goods_of(entry.kind) is not Goods.PART,
        notes=_notes(entry, identity, makers),
    )


def identify(entry: Entry, makers: Makers) -> Identity:
    """Who made the thing, as far as brand and model on paper tell."""
    brand = makers.brand(entry.brand) if entry.brand else None
    own = _named_by_brand(entry.brand, brand, makers)
    reading = entry.reading
    if reading is not None and reading.maker is not None:
        return _by_model(entry, reading, own, makers)
    if own is not None:
        standing = Standing.IDENTIFIED
        return _identity(entry, own, _brand_id(entry, makers), standing, f"maker={own}", "the brand is the maker's own")
    return _identity(entry, None, _brand_id(entry, makers), Standing.UNRECOGNISED, "", "")


def _named_by_brand(text: str, brand: Brand | None, makers: Makers) -> str | None:
    """The maker whose own name or brand stands on paper; None for a name that others' goods carry."""
    if not text:
        return None
    maker = makers.maker(text)
    if maker is not None:
        return maker.id
    if brand is None or brand.relation not in OWN_NAMES:
        return None
    return brand.deciding[0].maker if brand.deciding else None


def _by_model(entry: Entry, reading: ModelReading, own: str | None, makers: Makers) -> Identity:
    maker = reading.maker or ""
    brand = _brand_id(entry, makers) or reading.brand
    if own is not None and own != maker and _is_foreign(maker, brand, makers):
        return _torn(entry, reading, own, makers)
    if makers.relation(maker, brand) in OWN_NAMES:
        sure = reading.strength is Firmness.STRONG or own is not None
    else:
        sure = reading.strength is Firmness.STRONG
    standing = Standing.IDENTIFIED if sure else Standing.SUSPECTED
    return _identity(entry, maker, brand, standing, f"maker={maker}", "the form of the model name")


def _drop_foreign_form(entry: Entry, makers: Makers) -> Entry:
    """A form that others use too yields to a maker's own brand that is known to be another's."""
    reading = entry.reading
    if reading is None or reading.maker is None or reading.strength is Firmness.STRONG:
        return entry
    own = _named_by_brand(entry.brand, makers.brand(entry.brand) if entry.brand else None, makers)
    if own is None or own == reading.maker or not _is_foreign(reading.maker, _brand_id(entry, makers), makers):
        return entry
    return replace(entry, reading=None, channels=None)


def _is_foreign(maker: str, brand: str | None, makers: Makers) -> bool:
    """Whether the brand is not known to carry goods of this maker."""
    known = makers.brand(brand) if brand else None
    return known is None or maker not in {row.maker for row in known.deciding}


def _torn(entry: Entry, reading: ModelReading, own: str, makers: Makers) -> Identity:
    """The brand is one maker's and the model name of another's form: nobody is named, and both are said."""
    maker = reading.maker or ""
    form = f"the model name has the form that {makers.name(maker)} uses ({reading.rule})"
    text = f"the brand says {makers.name(own)}, {form}"
    identity = _identity(entry, None, _brand_id(entry, makers), Standing.UNDETERMINED, f"maker={maker}", text)
    return replace(identity, conflicts=(Conflict((maker, own), text, (reading.rule, "paper-brand")),))


def _brand_id(entry: Entry, makers: Makers) -> str | None:
    if not entry.brand:
        return None
    brand, maker = makers.brand(entry.brand), makers.maker(entry.brand)
    return brand.id if brand is not None else maker.id if maker is not None else entry.brand


def _identity(
    entry: Entry, maker: str | None, brand: str | None, standing: Standing, says: str, reason: str
) -> Identity:
    confidence = CONFIDENCE.get(standing, 0.0)
    return Identity(
        maker=maker,
        brand=brand,
        model=entry.model or None,
        firmware=None,
        serial=entry.serial or None,
        kind=entry.kind,
        standing=standing,
        confidence=confidence,
        evidence=(_evidence(entry, says, reason, confidence),) if says else (),
        channels=entry.channels,
    )


def _evidence(entry: Entry, says: str, reason: str, weight: float) -> Evidence:
    reading = entry.reading
    return Evidence(
        says=says,
        group="paper",
        fingerprint=f"models.yaml: {reading.rule}" if reading is not None else "makers.yaml",
        strength=reading.strength.value if reading is not None else "brand",
        weight=weight,
        field="paper.model" if reading is not None else "paper.brand",
        value=(reading.name if reading is not None else entry.brand),
        request="",
        address=None,
        port=None,
        digest="",
        reason=reason,
        reference=f"{entry.table}, row {entry.row}",
    )


def _on_paper(finding: Finding, identity: Identity) -> Finding:
    """Say that the ground is paper; a thing that cannot answer did not "answer" either."""
    unknown = identity.maker is None and not identity.conflicts and finding.entity is None
    if unknown and finding.status is Status.UNDETERMINED:
        reason = say("On paper: Neither the brand nor the model name is known, so no maker can be named.")
        return replace(finding, reason=reason, would_change=say("The full model name, or the model plate."))
    return replace(finding, reason=say("On paper: {reason}", reason=finding.reason))


def _visible(entry: Entry) -> bool | None:
    """Whether the thing can show on a network."""
    goods = goods_of(entry.kind)
    if entry.coaxial or goods in (Goods.PART, Goods.DISPLAY):
        return False
    return entry.reading.ip_device if entry.reading is not None else None


def _notes(entry: Entry, identity: Identity, makers: Makers) -> tuple[str, ...]:
    notes = list(entry.notes)
    reading = entry.reading
    if entry.coaxial:
        notes.append(NEVER_SEEN)
    if entry.kind == "recorder":
        notes.append(_channel_note(entry))
    if reading is not None and reading.capability is not None:
        notes.append(ABILITIES[reading.capability])
    if reading is not None and reading.clash:
        names = ", ".join(makers.name(maker) for maker in reading.clash)
        notes.append(f"Several makers use this form of name: {names}.")
    if reading is None and entry.model and identity.maker is not None:
        notes.append("The form of the model name is not known here; the answer rests on the brand alone.")
    notes += _rumours(entry, makers)
    return tuple(notes)


def _channel_note(entry: Entry) -> str:
    if entry.channels is None:
        return "A recorder: how many cameras hide behind it does not show on paper."
    each = f"A recorder: up to {entry.channels} cameras hide behind each"
    return f"{each}, {entry.channels * entry.quantity} in all." if entry.quantity else f"{each}."


def _rumours(entry: Entry, makers: Makers) -> list[str]:
    brand = makers.brand(entry.brand) if entry.brand else None
    if brand is None or not brand.rumoured or goods_of(entry.kind) is Goods.PART:
        return []
    names = ", ".join(sorted({makers.name(row.maker) for row in brand.rumoured}))
    return [f"Unchecked directories mention {names} as a maker for {brand.name}; nothing rests on this."]
