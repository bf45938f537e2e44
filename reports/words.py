"""The words for the values of the model: one word for one value, in every format; never a judgement of their own."""

from __future__ import annotations

from reports.messages import Texts
from reports.visible import visible
from scanner.model import Outcome, Standing, Status


def status_word(_: Texts, status: Status) -> str:
    """A status as people read it. "Covered" is the lists' own term and says nothing of the law."""
    match status:
        case Status.COVERED:
            return _("Covered")
        case Status.SUSPECTED:
            return _("Suspected")
        case Status.UNDETERMINED:
            return _("Undetermined")
        case Status.NOT_COVERED:
            return _("Not covered")


def status_meaning(_: Texts, status: Status) -> str:
    """What a status claims, in one sentence."""
    match status:
        case Status.COVERED:
            return _("A list that was applied names the maker, and the evidence is shown.")
        case Status.SUSPECTED:
            return _("There are signs of a listed maker, but they do not suffice.")
        case Status.UNDETERMINED:
            return _("It cannot be said from here: too little was answered, or the answers contradict.")
        case Status.NOT_COVERED:
            return _("No list that was applied names it.")


def standing_word(_: Texts, standing: Standing) -> str:
    """How sure the maker is, as people read it."""
    match standing:
        case Standing.IDENTIFIED:
            return _("identified")
        case Standing.SUSPECTED:
            return _("suspected")
        case Standing.UNRECOGNISED:
            return _("answered, not recognised")
        case Standing.UNDETERMINED:
            return _("undetermined")


def outcome_word(_: Texts, outcome: Outcome) -> str:
    """How an attempt ended, as people read it."""
    match outcome:
        case Outcome.ANSWERED:
            return _("answered")
        case Outcome.REFUSED:
            return _("refused")
        case Outcome.SILENT:
            return _("no answer")
        case Outcome.GARBLED:
            return _("not understood")
        case Outcome.SKIPPED:
            return _("not asked")
        case Outcome.BROKEN:
            return _("failed on our side")


def statement_word(_: Texts, statement: str) -> str:
    """Why a list applies: five different claims, never mixed."""
    return {
        "named": _("the list names the maker"),
        "affiliate": _("the maker belongs to an entity the list names"),
        "rebadge": _("made by an entity the list names, sold under another brand"),
        "component": _("contains a part of an entity the list names"),
        "criterion": _("the list names nobody; its criterion applies"),
        "none": "",
    }.get(statement, visible(statement))


def list_kind_word(_: Texts, kind: str) -> str:
    """What kind of act a list is, as people read it: an export control is never to be read as a ban on use."""
    known = {
        "procurement-and-use-ban": _("ban on purchase and use"),
        "procurement-ban": _("ban on purchase"),
        "named-list": _("list of names, not a ban on use"),
        "import-market-ban": _("ban on new equipment, not on what is installed"),
        "export-control": _("export control, not a ban on use"),
        "investment-ban": _("ban on securities, not on equipment"),
        "asset-freeze": _("freeze of assets, not a ban on use"),
        "removal-decision": _("decision of one body on its own sites"),
        "guidance-with-criterion": _("guidance, names no company"),
        "country-criterion": _("rule by country, names no company"),
        "organisation-rule": _("rule of the organisation itself"),
        "testing-requirement": _("duty to test"),
        "local-decision": _("decisions of local bodies"),
        "political-commitment": _("political commitment, not a rule"),
        "country-law-without-names": _("law that names no maker"),
        "draft": _("draft, not a rule"),
        "proposal": _("proposal, not a rule"),
        "historic": _("no longer kept"),
    }
    return known.get(kind) or visible(kind.replace("-", " "))


def strength_word(_: Texts, strength: str) -> str:
    """How much one piece of evidence weighs, as people read it."""
    known = {
        "decisive": _("decisive"),
        "strong": _("strong"),
        "good": _("good"),
        "supportive": _("supportive"),
        "weak": _("weak"),
    }
    return known.get(strength) or visible(strength)


def pace_word(_: Texts, pace: str) -> str:
    """How fast a run was, as people read it; a number of packets a second stands as it is."""
    known = {"gentle": _("gentle"), "normal": _("normal"), "fast": _("fast"), "lab": _("laboratory pace")}
    return known.get(pace) or visible(pace)


def kind_word(_: Texts, kind: str | None) -> str:
    """What a thing is, as people read it; an unknown kind stands as the fingerprint wrote it."""
    if not kind:
        return ""
    known = {
        "camera": _("Camera"),
        "thermal": _("Thermal camera"),
        "recorder": _("Recorder"),
        "encoder": _("Encoder"),
        "door-station": _("Door station"),
        "intercom": _("Intercom"),
        "access-control": _("Access control"),
        "access-point": _("Access point"),
        "accessory": _("Accessory"),
        "alarm": _("Alarm system"),
        "media": _("Media player"),
        "nas": _("Network storage"),
        "other": _("Other device"),
        "phone": _("Telephone"),
        "printer": _("Printer"),
        "radio": _("Radio"),
        "router": _("Router"),
        "server": _("Server"),
        "software": _("Software"),
        "switch": _("Switch"),
    }
    return known.get(kind) or visible(kind[:1].upper() + kind[1:])
