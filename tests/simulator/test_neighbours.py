"""The neighbour table is raised only where that is allowed, and put back."""

from __future__ import annotations

from contextlib import ExitStack

from simulator import neighbours


def test_where_it_cannot_be_changed_a_note_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(neighbours, "FOLDER", tmp_path / "nowhere")
    with ExitStack() as stack:
        (note,) = neighbours.raise_limit(stack)
    assert "stock size" in note


def test_raised_and_put_back(tmp_path, monkeypatch):
    monkeypatch.setattr(neighbours, "FOLDER", tmp_path)
    monkeypatch.setattr(neighbours, "call_in", lambda _, work: work())
    for name in neighbours.LIMITS:
        (tmp_path / name).write_text("1024")
    with ExitStack() as stack:
        assert neighbours.raise_limit(stack) == []
        assert (tmp_path / "gc_thresh3").read_text() == "16384"
    assert (tmp_path / "gc_thresh3").read_text() == "1024"
