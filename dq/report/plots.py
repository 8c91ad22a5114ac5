"""Small pictures as SVG, drawn here: no script, no request. Each has its numbers as text beside or below it, or in its title."""

from __future__ import annotations

from collections.abc import Sequence

from dq.report.markup import Markup, joined, tag
from dq.result import Bin

WIDTH, HEIGHT = 220, 56


def _svg(width: float, height: float, *parts: Markup, label: str, class_: str = "", stretch: bool = False) -> Markup:
    """An image named *label*; without a label it is decoration, its numbers stand beside it."""
    said: dict[str, str | bool] = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    return tag(
        "svg",
        joined(parts),
        class_=f"plot {class_}".rstrip(),
        viewBox=f"0 0 {width:g} {height:g}",
        width=width,
        height=height,
        preserveAspectRatio="none" if stretch else None,
        focusable="false",
        **said,
    )


def bar(share: float, *, width: int = 120, kind: str = "bad") -> Markup:
    """A bar that is full at 1; some is never nothing, and not all never full."""
    size = min(max(share, 0.0), 1.0) * width
    if 0 < share < 1:
        size = min(max(size, 2.0), width - 1.0)
    track = tag("rect", class_="track", width=width, height=8, rx=4)
    return _svg(width, 8, track, tag("rect", class_=kind, width=size, height=8, rx=min(4.0, size / 2)), label="", class_="bar")


def stack(parts: Sequence[tuple[str, int]], *, width: int = 1000) -> Markup:
    """Parts of a whole side by side, each (kind, number); a part that is there can be seen."""
    present = [(kind, number) for kind, number in parts if number]
    total = sum(number for _, number in present)
    if not total:
        return Markup()
    sizes = [max(number / total * width, 6.0) for _, number in present]
    scale, at, drawn = width / sum(sizes), 0.0, []
    for (kind, _), size in zip(present, sizes, strict=True):
        drawn.append(tag("rect", class_=kind, x=at, width=max(size * scale - 2, 2), height=10))
        at += size * scale
    return _svg(width, 10, *drawn, label="", class_="stack", stretch=True)


def histogram(bins: Sequence[Bin], label: str) -> Markup:
    """
    The bars of a histogram, their widths those of the bins, their areas the rows in them.

    Without bins, or when a bound is not finite, nothing is drawn.
    """
    if not bins:
        return Markup()
    low, high = bins[0].low, bins[-1].high
    span = high - low
    if not 0 <= span < float("inf"):
        return Markup()
    even = span == 0 or any(item.high <= item.low for item in bins)
    sizes = [WIDTH / len(bins) if even else (item.high - item.low) / span * WIDTH for item in bins]
    weights = [item.rows / size if size else 0.0 for item, size in zip(bins, sizes, strict=True)]
    top = max(weights, default=0.0)
    at, drawn = 0.0, []
    for item, size, weight in zip(bins, sizes, weights, strict=True):
        tall = 0.0 if not top else weight / top * HEIGHT
        if item.rows:
            tall = max(tall, 1.5)
            drawn.append(tag("rect", class_="ink", x=at, y=HEIGHT - tall, width=max(size - 1, 0.75), height=tall))
        at += size
    base = tag("rect", class_="base", y=HEIGHT, width=WIDTH, height=1)
    return _svg(WIDTH, HEIGHT + 1, *drawn, base, label=label, class_="histogram", stretch=True)
