"""The sentences that the page's script says. Placeholders are filled there, so they stay as they are here."""

from __future__ import annotations

from reports.messages import Texts
from reports.summary import SEVERITY
from reports.words import (
    status_word,
)


def script_texts(_: Texts) -> dict[str, str]:
    """Sentences by name. A placeholder is kept by giving it its own name as value."""
    return {
        "shown": _("Shown: {shown} of {all} devices", shown="{shown}", all="{all}"),
        "nothing": _("No device fits the filters. That says nothing of what was not seen."),
        "page": _("{first} to {last} of {all}", first="{first}", last="{last}", all="{all}"),
        "open": _("Show the evidence for {device}", device="{device}"),
        "lists": _("What the lists say"),
        "evidence": _("Evidence"),
        "no-evidence": _("No fingerprint matched anything it sent."),
        "asked": _("What we asked it: {n} questions", n="{n}"),
        "since": _("since {date}", date="{date}"),
        "effective": _("in effect since {date}", date="{date}"),
        "named": _("named as {entity}", entity="{entity}"),
        "change": _("What would change this: {text}", text="{text}"),
        "check": _("Check by hand: {text}", text="{text}"),
        "conflict": _("Conflict: {text}", text="{text}"),
        "says": _("Says"),
        "read": _("What was read"),
        "where": _("Where"),
        "weighs": _("Weighs"),
        "off-scope": _("outside the scope"),
        "hides": _("hides channels"),
        "conflicting": _("conflict"),
        "printed": _(
            "Printed: {printed} of {shown} devices that fit the filters, of {all} in the report. Filters: {filters}.",
            printed="{printed}",
            shown="{shown}",
            all="{all}",
            filters="{filters}",
        ),
        "no-filters": _("none"),
        "any-maker": _("Any maker"),
        "any-kind": _("Any kind"),
        "any-list": _("Any list"),
        "unknown": _("Not known"),
        **{f"status-{status.value}": status_word(_, status) for status in SEVERITY},
    }
