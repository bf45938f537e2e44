"""Counts what was sent to each host and what came back; never decides anything by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from scanner.model import Attempt, Ledger, Outcome

CLOSING: Final = "sweeps"
"""`Attempt.by` of the entry that brings a host's attempts up to what it was really sent."""

CLOSING_DETAIL: Final = "asked among many: link-layer requests and datagrams of the sweeps"


class Account(Struct, gc=False):
    """Of one address; whoever adds to it by each exchange keeps it at hand."""

    packets: int = 0
    connections: int = 0
    requests: int = 0
    sent: int = 0
    received: int = 0


class Books:
    """One account per address. Numbers are what reached the wire as far as a program can see it."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}

    def enter(
        self,
        address: str,
        *,
        packets: int = 0,
        connections: int = 0,
        requests: int = 0,
        sent: int = 0,
        received: int = 0,
    ) -> None:
        """Add to the account of one address; `sent` and `received` are bytes of payload."""
        account = self.account(address)
        account.packets += packets
        account.connections += connections
        account.requests += requests
        account.sent += sent
        account.received += received

    def account(self, address: str) -> Account:
        """The account of one address, opened where there is none."""
        account = self._accounts.get(address)
        if account is None:
            account = self._accounts[address] = Account()
        return account

    def ledger_of(self, address: str) -> Ledger:
        """The account as a value; all zeros for an address that was never contacted."""
        account = self._accounts.get(address) or Account()
        return Ledger(account.packets, account.connections, account.requests, account.sent, account.received)

    def addresses(self) -> tuple[str, ...]:
        """Every address that has an account, in the order of first contact."""
        return tuple(self._accounts)


class Balance:
    """Writes attempts on and, at the end of a run, one more for each host whose attempts are less than its account.

    So the sum of a host's attempts in the record is what the host was sent, by whomever and however it ended.
    """

    def __init__(self, books: Books, sink: Callable[[Attempt], None]) -> None:
        self._books = books
        self._sink = sink
        self._written = Books()

    def note(self, attempt: Attempt) -> None:
        """Write an attempt."""
        self._written.enter(
            attempt.address,
            packets=attempt.packets,
            connections=attempt.connections,
            requests=attempt.requests,
            sent=attempt.sent,
            received=attempt.received,
        )
        self._sink(attempt)

    def close(self, at: float) -> None:
        """Write what no attempt has told."""
        for attempt in self._missing(at):
            self._sink(attempt)

    def _missing(self, at: float) -> Iterator[Attempt]:
        for address in self._books.addresses():
            was, told = self._books.ledger_of(address), self._written.ledger_of(address)
            rest = Ledger(
                max(0, was.packets - told.packets),
                max(0, was.connections - told.connections),
                max(0, was.requests - told.requests),
                max(0, was.sent - told.sent),
                max(0, was.received - told.received),
            )
            if rest != Ledger():
                yield Attempt(
                    CLOSING, address, None, Outcome.ANSWERED, CLOSING_DETAIL, at,
                    requests=rest.requests, connections=rest.connections, packets=rest.packets,
                    sent=rest.sent, received=rest.received,
                )  # fmt: skip
