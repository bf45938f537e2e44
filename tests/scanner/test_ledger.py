"""The ledger adds up per address and says zero for whom nothing was sent."""

from __future__ import annotations

from scanner.ledger import CLOSING, Balance, Books
from scanner.model import Attempt, Ledger, Outcome


def test_entries_of_one_address_add_up() -> None:
    books = Books()
    books.enter("127.0.0.1", connections=1, requests=2, sent=100, received=5000)
    books.enter("127.0.0.1", packets=3, connections=1, requests=1, sent=20)
    books.enter("127.0.0.2", packets=1, sent=60)
    assert books.ledger_of("127.0.0.1") == Ledger(packets=3, connections=2, requests=3, sent=120, received=5000)
    assert books.ledger_of("127.0.0.2") == Ledger(packets=1, sent=60)
    assert books.addresses() == ("127.0.0.1", "127.0.0.2")


def test_an_address_never_contacted_has_an_empty_ledger_and_gets_no_account() -> None:
    books = Books()
    assert books.ledger_of("127.0.0.9") == Ledger()
    assert books.addresses() == ()


def sum_of(attempts: list[Attempt]) -> Ledger:
    return Ledger(
        *(sum(getattr(item, name) for item in attempts) for name in
          ("packets", "connections", "requests", "sent", "received"))
    )  # fmt: skip


def test_the_attempts_of_a_host_add_up_to_its_account() -> None:
    books, written = Books(), list[Attempt]()
    balance = Balance(books, written.append)
    books.enter("127.0.0.1", packets=2)  # asked by ARP, which no attempt tells
    books.enter("127.0.0.1", connections=3, requests=2, sent=90, received=700)
    balance.note(Attempt("http-banner", "127.0.0.1", 80, Outcome.ANSWERED, connections=2, requests=2, sent=90))
    balance.close(12.5)
    assert sum_of(written) == books.ledger_of("127.0.0.1")
    closing = written[-1]
    assert (closing.by, closing.port, closing.at) == (CLOSING, None, 12.5)
    assert (closing.packets, closing.connections, closing.requests, closing.received) == (2, 1, 0, 700)


def test_a_host_whose_attempts_tell_all_gets_no_closing_one() -> None:
    books, written = Books(), list[Attempt]()
    balance = Balance(books, written.append)
    books.enter("127.0.0.1", connections=1)
    balance.note(Attempt("port-sweep", "127.0.0.1", 80, Outcome.ANSWERED, connections=1))
    balance.close(12.5)
    assert len(written) == 1
