"""The ledger adds up per address and says zero for whom nothing was sent."""

from __future__ import annotations

from scanner.ledger import Books
from scanner.model import Ledger


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
