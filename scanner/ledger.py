"""Counts what was sent to each host and what came back; never decides anything by it."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.model import Ledger


@dataclass(slots=True)
class _Account:
    packets: int = 0
    connections: int = 0
    requests: int = 0
    sent: int = 0
    received: int = 0


class Books:
    """One account per address. Numbers are what reached the wire as far as a program can see it."""

    def __init__(self) -> None:
        self._accounts: dict[str, _Account] = {}

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
        account = self._accounts.setdefault(address, _Account())
        account.packets += packets
        account.connections += connections
        account.requests += requests
        account.sent += sent
        account.received += received

    def ledger_of(self, address: str) -> Ledger:
        """The account as a value; all zeros for an address that was never contacted."""
        account = self._accounts.get(address) or _Account()
        return Ledger(account.packets, account.connections, account.requests, account.sent, account.received)

    def addresses(self) -> tuple[str, ...]:
        """Every address that has an account, in the order of first contact."""
        return tuple(self._accounts)
