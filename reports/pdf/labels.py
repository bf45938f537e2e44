"""The headings and fixed sentences of the PDF; the same messages as on the HTML page."""

from __future__ import annotations

from reports.messages import Texts


def make_labels(_: Texts) -> dict[str, str | list[str]]:
    """Every heading and every fixed sentence of the pages, by the name the template knows it by."""
    return {
        "seen": _("What could be seen, and what could not"),
        "not_seen": _("Not seen"),
        "no_gap": _("No gap is known."),
        "recorders": _("Recorders, and the cameras they may hide"),
        "no_recorder": _("No recorder was seen."),
        "coaxial": _("Coaxial cameras have no address, and no scan finds them."),
        "closed": _("Is the network closed?"),
        "no_setting": _("No device told anything of its settings."),
        "sign": [_("Examined by: name, date, signature"), _("Received by: name, date, signature")],
        "makers": _("Makers"),
        "no_device": _("No device was seen."),
        "applied": _("Lists applied"),
        "no_list": _("No list was applied."),
        "coverage": _("Coverage in full"),
        "sweeps": _("Sweeps by interface"),
        "sweep_heads": [
            _("Sweep"), _("Interface"), _("Outcome"), _("Asked"), _("Answered"), _("Packets"), _("Dropped"),
            _("Seconds"),
        ],
        "notes": _("Notes of the run"),
        "lists": _("The lists, and what they do not say"),
        "words": _("How to read this"),
        "both": _("Maker and brand"),
        "both_text": _(
            "The maker built the device; the brand is the name on it. They are two answers with evidence of their own."
        ),
        "confidence": _("Confidence"),
        "confidence_text": _(
            "How sure the maker is if the independent groups of signals are right. It is no probability that a list "
            "applies."
        ),
        "silent": _("What this report does not say"),
        "silent_text": _(
            "“Covered” is the term of the lists. Whether a device may be bought, kept or used is decided by the law "
            "that binds its owner."
        ),
        "devices": _("Devices"),
        "device_heads": [_("Status"), _("Device"), _("Maker"), _("Address"), _("Serial number"), _("Lists")],
        "cards": _("Devices in full"),
        "findings": _("What the lists say"),
        "evidence": _("Evidence"),
        "evidence_heads": [_("Says"), _("What was read"), _("Weighs")],
        "no_evidence": _("No fingerprint matched anything it sent."),
        "whole": _(
            "The JSON report beside this file holds every value in full; the run record holds the raw bytes under "
            "their SHA-256."
        ),
    }  # fmt: skip
