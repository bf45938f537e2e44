"""What the paper check knows: words, makers and brands, model names; loaded once, read-only. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import re2

from scanner.grammar import Grammar
from scanner.grammar_file import load_grammar
from scanner.makers import Makers, spell
from scanner.makers_file import load_makers
from scanner.paper.vocabulary import Vocabulary, load_vocabulary

SHORTEST_NAME: Final = 4
"""Letters a maker's name needs to be looked for in prose: shorter ones are words of some language."""

LONGEST_PROSE: Final = 2_000
"""Characters of a description that are searched."""

PROSE: Final = frozenset(
    {
        "alibi", "alula", "anko", "apache", "apple", "arlo", "asterisk", "basler", "blink", "buffalo", "canon",
        "carrier", "clearview", "frigate", "genetec", "hills", "hunt", "impath", "infinity", "luma", "mace", "mercury",
        "milestone", "nest", "niko", "onix", "oracle", "ring", "sharp", "shelly", "stanley", "vantage", "zebra",
    }
)  # fmt: skip
"""Names that are words, first names or software in running text; they count in a brand column only."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is needed to understand a list."""

    vocabulary: Vocabulary
    makers: Makers
    grammar: Grammar
    names: Any  # compiled: one group, the name

    def find_brand(self, text: str) -> str:
        """The first known maker or brand named in running text; "" when there is none."""
        found = self.names.search(spell(text[:LONGEST_PROSE]))
        return str(found.group(1)) if found is not None else ""


def load_knowledge(makers: Makers | None = None) -> Knowledge:
    """Load words, makers and forms. Raises DataError naming every problem of the shipped files."""
    known = makers if makers is not None else load_makers()
    return Knowledge(load_vocabulary(), known, load_grammar(known), _compile_names(_names(known)))


def _names(makers: Makers) -> set[str]:
    """Names worth looking for in prose: no rumours, no short names, no common words."""
    spellings = {text for maker in makers.makers for text in (maker.id, maker.name, *maker.legal_names)}
    for brand in makers.brands:
        if brand.deciding:
            spellings |= {brand.id, brand.name, *brand.also}
    names = {spell(text) for text in spellings}
    return {name for name in names if (len(name) >= SHORTEST_NAME or not name.isascii()) and name not in PROSE}


def _compile_names(names: Iterable[str]) -> Any:
    # RE2: hundreds of alternatives in linear time. Its \w knows ASCII only, so the edges are spelled out.
    literals = "|".join(re2.escape(name) for name in sorted(names, key=lambda n: (-len(n), n)))
    return re2.compile(rf"(?:^|[^\pL\pN])({literals})(?:$|[^\pL\pN])")
