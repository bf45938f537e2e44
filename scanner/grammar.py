"""Reads a model name by its form: which maker uses such names, what kind of thing it is, how many channels.

A form says who designed the name, hence most likely who made the thing. It is no proof, and never the only evidence
of an accusation about a device on the network. Pure: no I/O, no state; patterns are RE2, so no text is slow.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

import re2

from scanner.data_file import SHAPE
from scanner.makers import Confidence, Makers, spell

LONGEST_NAME: Final = 96
"""Characters of a model name that are looked at; the longest real one seen has 41."""

LONGEST_TEXT: Final = 2_000
"""Characters of a free description that are searched for model names; a cell that is longer is prose."""

MOST_STARTS: Final = 200
"""Places in one description where a model name may begin; bounds the work for one cell."""

MEMO: Final = 8_192
"""Names whose reading is remembered: an estate has few models, each many times."""


COAXIAL_RECORDER: Final = "recorder-dvr"
"""The product of forms whose recorders take cameras over coaxial cable, most of them beside network ones."""


class Firmness(StrEnum):
    """How much a form says by itself."""

    STRONG = "strong"  # the form alone points to the maker
    MEDIUM = "medium"  # wants one more signal
    WEAK = "weak"  # only together with brand, protocol or hardware address


class Ability(StrEnum):
    """What a model line may be able to do; never that the unit does it."""

    FACES = "faces"
    PLATES = "plates"


@dataclass(frozen=True, slots=True)
class AbilityForm:
    """A form of names whose models may have the ability."""

    may: Ability
    pattern: str


@dataclass(frozen=True, slots=True)
class Form:
    """One rule of fingerprints/models.yaml; patterns are RE2 and tried at the start of the folded name."""

    __pydantic_config__ = SHAPE

    id: str
    maker: str
    product: str
    kind: str
    strength: Firmness
    confidence: Confidence
    pattern: str
    examples: tuple[str, ...]
    reference: str
    brand: str = ""
    ip_device: bool | None = None  # None: the form is used for network and coaxial devices
    channels: tuple[str, ...] = ()
    capability: tuple[AbilityForm, ...] = ()
    must_not_match: tuple[str, ...] = ()
    meaning: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ModelReading:
    """What the form of a model name says. `maker` is None where forms of several makers fit (`clash`)."""

    name: str  # the folded name that was read
    maker: str | None
    brand: str | None
    kind: str | None
    product: str
    ip_device: bool | None
    channels: int | None
    strength: Firmness
    capability: Ability | None
    rule: str
    clash: tuple[str, ...] = ()


class Grammar:
    """All forms, compiled. Read-only; remembers what it read."""

    __slots__ = ("_firm", "_forms", "_makers", "_remember", "_vendors")

    def __init__(self, forms: Iterable[Form], makers: Makers) -> None:
        self._makers = makers
        self._forms = [_Compiled.of(form) for form in forms]
        self._firm = [_FormSet([c for c in self._forms if c.form.strength is strength]) for strength in Firmness]
        self._vendors = tuple(f"{word} " for word in _vendor_words(makers))
        self._remember = lru_cache(maxsize=MEMO)(self._classify)

    @property
    def forms(self) -> tuple[Form, ...]:
        return tuple(compiled.form for compiled in self._forms)

    def classify_model(self, text: str, brand: str | None = None) -> ModelReading | None:
        """Read one model name; `brand` (any known spelling) lets weak forms of its makers count.

        None when no form fits. Strong forms come before medium before weak. Where forms of one firmness and several
        makers fit, the brand decides, or nobody does (`clash`).
        """
        return self._remember(text[: 2 * LONGEST_NAME], brand)

    def _classify(self, text: str, brand: str | None) -> ModelReading | None:
        name = fold_name(text)
        bare = self._drop_vendor(name)
        tries = dict.fromkeys((name, bare, bare.split(" ", 1)[0]))
        return next((reading for each in tries if (reading := self._read(each, brand)) is not None), None)

    def find_model(self, text: str, brand: str | None = None) -> ModelReading | None:
        """The firmest model name inside a free description, the leftmost of several; None when there is none.

        Weak forms count only with the brand of a maker that uses them.
        """
        best: ModelReading | None = None
        for start in _starts(fold_text(text[:LONGEST_TEXT])):
            reading = self._classify_start(start, brand)
            if reading is not None and (best is None or _RANK[reading.strength] < _RANK[best.strength]):
                best = reading
        return best

    def _classify_start(self, start: str, brand: str | None) -> ModelReading | None:
        """Read what stands at the beginning of running text: one word where that suffices, else with what follows."""
        reading = self.classify_model(_first_word(start), brand) or self.classify_model(start, brand)
        if reading is None or " " not in reading.name:
            return reading
        shorter = self.classify_model(_first_word(reading.name), brand)
        return shorter if shorter is not None and shorter.rule == reading.rule else reading

    def _drop_vendor(self, name: str) -> str:
        """The name without the vendor words before it: "DAHUA TECHNOLOGY DH-…" → "DH-…"."""
        shorter = name.startswith(self._vendors)
        while shorter:
            shorter = False
            for word in self._vendors:
                if name.startswith(word) and len(name) > len(word) + 1:
                    name, shorter = name[len(word) :].lstrip(" -:,"), True
        return name

    def _read(self, name: str, brand: str | None) -> ModelReading | None:
        for strength, forms in zip(Firmness, self._firm, strict=True):
            fitting = forms.fitting(name)
            if strength is Firmness.WEAK:
                fitting = [c for c in fitting if brand and self._speaks_for(c.form, brand)]
            if fitting:
                return self._choose(fitting, name, brand)
        return None

    def _choose(self, fitting: Sequence[_Compiled], name: str, brand: str | None) -> ModelReading:
        own = [c for c in fitting if brand and self._speaks_for(c.form, brand)]
        chosen = (own or fitting)[0]
        makers = tuple(sorted({c.form.maker for c in (own or fitting)}))
        return chosen.reading(name, makers if len(makers) > 1 else ())

    def _speaks_for(self, form: Form, brand: str) -> bool:
        """Whether a brand may carry names of this form: its own, or one of its maker's."""
        maker, known = self._makers.maker(brand), self._makers.brand(brand)
        if maker is not None and maker.id == form.maker:
            return True
        if known is None:
            return False
        return form.brand == known.id if form.brand else form.maker in {row.maker for row in known.deciding}


@dataclass(frozen=True, slots=True)
class _Compiled:
    form: Form
    channels: tuple[Any, ...]
    capability: tuple[tuple[Ability, Any], ...]

    @classmethod
    def of(cls, form: Form) -> _Compiled:
        compile_form(form.pattern)  # the sets below say which pattern they do not take, but not why
        return cls(
            form,
            tuple(compile_form(pattern) for pattern in form.channels),
            tuple((ability.may, compile_form(ability.pattern)) for ability in form.capability),
        )

    def reading(self, name: str, clash: tuple[str, ...]) -> ModelReading:
        form = self.form
        if clash:
            return ModelReading(
                name, None, None, form.kind, form.product, None, None, form.strength, None, form.id, clash
            )
        return ModelReading(
            name=name,
            maker=form.maker,
            brand=form.brand or None,
            kind=form.kind,
            product=form.product,
            ip_device=form.ip_device,
            channels=next((int(hit.group(1)) for p in self.channels if (hit := p.search(name)) is not None), None),
            strength=form.strength,
            capability=next((may for may, p in self.capability if p.match(name) is not None), None),
            rule=form.id,
        )


class _FormSet:
    """Forms of one firmness; one RE2 set says which of them fit a name."""

    __slots__ = ("_forms", "_matcher")

    def __init__(self, forms: Sequence[_Compiled]) -> None:
        self._forms = forms
        self._matcher = re2.Set.MatchSet(form_options())
        for compiled in forms:
            self._matcher.Add(compiled.form.pattern)
        if forms:
            self._matcher.Compile()

    def fitting(self, name: str) -> list[_Compiled]:
        """Those that fit the beginning of the name, in the order of the file."""
        if not self._forms:
            return []
        return [self._forms[number] for number in sorted(self._matcher.Match(name.encode("utf-8", "replace")) or ())]


_RANK: Final = {strength: rank for rank, strength in enumerate(Firmness)}


class FormError(ValueError):
    """A pattern cannot be used; the message says why."""


def form_options() -> Any:
    """RE2 options of every form: quiet, ignoring case, and room for a set of all of them."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.max_mem = 64 << 20
    return options


def compile_form(pattern: str) -> Any:
    """Compile one pattern, ignoring case. Raises FormError on what RE2 lacks and on one that fits everything."""
    try:
        compiled = re2.compile(pattern, form_options())
    except re2.error as problem:
        raise FormError(f"not a pattern RE2 takes (it has no look-around): {problem}") from None
    if compiled.match("") is not None:
        raise FormError("fits the empty name, so it would fit everything")
    return compiled


# Cyrillic and Greek capitals that look like Latin ones: people type model names on the keyboard they have.
_LOOKALIKES: Final = str.maketrans("АВЕКМНОРСТХЈЅІаеорсхјѕіΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTXJSIaeopcxjsiABEZHIKMNOPTYX")
_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-"))
_LATIN_OR_DIGIT: Final = re.compile(r"[A-Za-z0-9]")
_START: Final = re.compile(r"(?:^|(?<=[\s,;:()\[\]\"'“”„/=]))(?=[A-Za-z0-9])")


def fold_text(text: str) -> str:
    """Compatible letters, plain dashes, single blanks; look-alike letters become Latin inside words that hold Latin."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    words = (w.translate(_LOOKALIKES) if _LATIN_OR_DIGIT.search(w) else w for w in plain.split())
    return " ".join(words)


def fold_name(text: str) -> str:
    """One spelling of a model name: as `fold_text`, capitals, without quotes and brackets around it, cut to length."""
    return fold_text(text[: 2 * LONGEST_NAME]).strip(" \"'“”„()[]").upper()[:LONGEST_NAME]


def _starts(text: str) -> Iterator[str]:
    """The rest of the text from every place where a model name may begin: a word that holds letters."""
    for number, found in enumerate(_START.finditer(text)):
        if number >= MOST_STARTS:
            return
        rest = text[found.start() : found.start() + LONGEST_NAME]
        if len(rest) >= 3 and any(c.isalpha() for c in rest.split(" ", 1)[0]):
            yield rest


def _first_word(text: str) -> str:
    return text.split(" ", 1)[0].rstrip(".,;:)]\"'”/")


def _vendor_words(makers: Makers) -> tuple[str, ...]:
    """Names that people put before a model, longest first."""
    spellings = {text for maker in makers.makers for text in (maker.id, maker.name, *maker.legal_names)}
    spellings |= {text for brand in makers.brands for text in (brand.id, brand.name, *brand.also)}
    return tuple(sorted({spell(text).upper() for text in spellings if len(text) > 2}, key=lambda w: (-len(w), w)))
