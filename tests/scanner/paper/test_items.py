"""Pins what a description is taken for, and that what may be a camera is not let off as a cable."""

from __future__ import annotations

import time

import pytest

from scanner.paper.items import find_kind, read_channels
from scanner.paper.vocabulary import fold, load_vocabulary

WORDS = load_vocabulary()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Bullet camera 2MP", "camera"),
        ("Kamera bullet 2 MP me kabllo", "camera"),
        ("Überwachungskamera", "camera"),
        ("Камера за видео надзор", "camera"),
        ("Furnizim me kabllo dhe kamera", "camera"),
        ("IP kamera, kabllo dhe montim", "camera"),
        ("Regjistrues video 8 kanalesh", "recorder"),
        ("DVR 8 kanale me HDD 1TB", "recorder"),
        ("Recorder 8CH HDD 4TB", "recorder"),
        ("Снимач 16 канала", "recorder"),
        ("Enregistreur 16 canaux", "recorder"),
        ("Hard disk 4TB for NVR", "storage"),
        ("NVR hard disk 4TB", "storage"),
        ("Disk i fortë 2TB", "storage"),
        ("Тврди диск 4TB", "storage"),
        ("Festplatte für Rekorder", "storage"),
        ("Disque dur 4 To", "storage"),
        ("Kabllo RG59 9000m", "cable"),
        ("Netzwerkkabel Cat6", "cable"),
        ("Camera wall bracket", "mount"),
        ("Nosač za kameru", "mount"),
        ("Kamerahalterung", "mount"),
        ("Camera power supply 12V", "power"),
        ("CCTV camera installation", "service"),
        ('Monitor 22"', "display"),
        ("PoE switch 8 port", "switch"),
        ("", None),
        ("X123", None),
    ],
)
def test_kind(text: str, kind: str | None) -> None:
    assert find_kind(fold(text), WORDS) == kind


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        ("DVR 8 kanale", 8),
        ("16CH NVR", 16),
        ("8-channel recorder", 8),
        ("Снимач 16 канала", 16),
        ("Snimač 8-kanalni", 8),
        ("recorder", None),
        ("0 ch", None),
        ("999 channels", None),
    ],
)
def test_channels(text: str, channels: int | None) -> None:
    assert read_channels(fold(text), WORDS) == channels


def test_hostile_text_is_quick() -> None:
    began = time.perf_counter()
    for text in ("a" * 30_000, "kamer " * 5_000, "1" * 30_000, "disk" * 8_000):
        find_kind(text, WORDS)
        read_channels(text, WORDS)
    assert time.perf_counter() - began < 2.0
