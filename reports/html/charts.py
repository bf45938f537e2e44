"""Bars drawn as inline SVG; no chart library, no style attribute (the page's policy forbids it), no text inside.

Labels and numbers stand in the page beside the bar, so that they scale, wrap and are read out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup, escape

HEIGHT: Final = 10
"""Pixels; the width is all there is."""


def draw_bar(parts: Sequence[tuple[str, int]], whole: int, label: str) -> Markup:
    """A bar of parts (`name` becomes the class `is-name`), each as wide as its share of `whole`."""
    shapes: list[str] = []
    left = 0.0
    for name, count in parts:
        width = 100.0 * count / whole if whole else 0.0
        if count:
            shapes.append(f'<rect class="is-{escape(name)}" x="{left:.3f}%" width="{width:.3f}%" height="{HEIGHT}"/>')
        left += width
    return Markup(  # noqa: S704  numbers of ours and escaped texts
        f'<svg class="bar" role="img" width="100%" height="{HEIGHT}" aria-label="{escape(label)}">'
        f'<rect class="is-rest" width="100%" height="{HEIGHT}"/>{"".join(shapes)}</svg>'
    )
