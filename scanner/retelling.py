"""Finds the template behind a sentence that the sensing half wrote into the record as text; changes no letter of it.

A record keeps text alone, so that any program can read it. What was told from a template known here is a Sentence
again, which a report in another language can say; everything else stays the text it is.
"""

from __future__ import annotations

import re
from typing import Final

from scanner.sentence import Sentence, say

LONGEST: Final = 400
"""Characters of one clause looked at; a longer one is a stranger's text, and stays as it is."""

_CLAUSE: Final = "; "
"""What joins the notes of one sweep."""

TEMPLATES: Final = (
    say("{interface} has no hardware addresses to ask for"),
    say("{interface} has no address to ask from"),
    say("{interface} has no {family} address, so none of its hosts was asked by it"),
    say(
        "answers from addresses outside the networks of {interface} are dropped by this machine's reverse-path filter "
        "(net.ipv4.conf.*.rp_filter): they reach link-listen only, which needs raw sockets"
    ),
    say("{interface} has no address in this network, and there is no raw right"),
    say("no address of the scope is on the wire of {interface}"),
    say("nothing could be overheard: {why}"),
    say("no interface of the scope has a link layer"),
    say("the kernel's neighbour table was used instead of own ARP requests: {why}"),
    say("no right to open raw sockets ({why})"),
    say("raw sockets were not wanted"),
    say("no socket could be opened for it"),
    say("nothing could be sent"),
    say("multicast DNS over IPv6 could not be opened: {why}"),
    say("multicast DNS could not be opened: {why}"),
    say("{address} could not be asked: {why}"),
    say("{number} sources outside the scope answered and were not contacted"),
    say("{number} addresses outside the scope were heard and not contacted"),
    say("{number} answers came after it had stopped waiting: others may be missing"),
    say("answers that came from then on were not heard"),
    say("{number} datagrams were no answers (questions of others)"),
    say("{number} addresses had answered the interrupted run and were not asked again"),
    say("{address} has a fixed entry in the neighbour table, which proves nothing"),
    say("{trouble}: {number} addresses could not be asked"),
    say("{number} announced names are no service names and were not asked about"),
    say("{number} service types that devices list were not asked for"),
    say("{number} questions were held back: they would have been too many"),
    say("{number} datagrams of a flood were not kept"),
    say("{number} frames of a flood were counted only"),
    say("the send queue was full {number} times, so the sweep waited"),
    say("sweep {sweep} was not finished"),
    say("{number} hosts were found and not examined to the end"),
    say("{number} addresses behind a router were not asked at all"),
    say("{trouble} ({number} times)"),
    say("own neighbour table full (raise net.ipv4.neigh.default.gc_thresh3 or lower the pace)"),
    say("own neighbour table full (raise net.ipv4.neigh.default.gc_thresh3)"),
    say("out of file handles: raise the limit (ulimit -n) or lower the pace"),
    say("no route from this machine"),
    say("the interface is down"),
    say("the interface is gone"),
    say("forbidden by this machine's own firewall or rights"),
    say("connection refused"),
    say("connection reset"),
    say("host unreachable"),
    say("no answer to the connection request"),
    say("the handshake was not finished in time"),
    say("no answer"),
    say("no answer to an HTTP request"),
    say("it gave no answer to an HTTP request there"),
    say("open"),
    say("the maker was decided already"),
    say("shown when a page was asked for"),
    say("its front page is that of port {port}, which was asked for these"),
    say("its front page is that of port {port}"),
)
"""What sweeps, probes and the engine say of how an attempt ended."""

_NAME: Final = re.compile(r"\{(\w+)\}")


def _pattern(template: str) -> re.Pattern[str]:
    parts = _NAME.split(template)
    return re.compile("".join(f"(?P<{part}>.+?)" if n % 2 else re.escape(part) for n, part in enumerate(parts)), re.S)


_PATTERNS: Final = tuple((told.template, _pattern(told.template)) for told in TEMPLATES)


def retell(text: str) -> str:
    """The text, as a Sentence as far as its clauses are known; always equal to what came in."""
    told: str = ""
    for clause in text.split(_CLAUSE):
        one = _retell_clause(clause)
        told = say("{first}; {second}", first=told, second=one) if told else one
    return told if told == text else text


def _retell_clause(text: str) -> str:
    if len(text) > LONGEST:
        return text
    for template, pattern in _PATTERNS:
        found = pattern.fullmatch(text)
        if found is not None:
            return Sentence(template, tuple((name, _inner(value)) for name, value in found.groupdict().items()))
    return text


def _inner(value: str) -> str:
    """A clause within a clause, such as the reason behind the failure."""
    return next((told for told in TEMPLATES if told == value), value)
