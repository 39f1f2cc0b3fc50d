"""Charts as SVG, by hand: lines on logarithmic axes, and bars. No dependency, and the files are small enough to read in a diff."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

COLORS = ("#d1495b", "#00798c", "#edae49", "#30638e", "#66a182", "#8d5a97", "#7a7a7a", "#b5651d", "#2e2e2e")
_WIDTH, _HEIGHT = 760, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 220, 40, 50
_STYLE = "font-family='sans-serif' font-size='12' fill='#333'"

Series = tuple[str, Sequence[tuple[float, float]]]


def lines(title: str, x_title: str, y_title: str, series: Sequence[Series]) -> str:
    """Lines on two logarithmic axes; every value must be positive."""
    points = [point for _, found in series for point in found]
    left, right = _decades([x for x, _ in points])
    bottom, top = _decades([y for _, y in points])

    def x_of(value: float) -> float:
        return _LEFT + (math.log10(value) - left) / (right - left) * (_WIDTH - _LEFT - _RIGHT)

    def y_of(value: float) -> float:
        return _HEIGHT - _BOTTOM - (math.log10(value) - bottom) / (top - bottom) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [_text(_LEFT, 22, title, "font-weight='bold'")]
    for power in range(left, right + 1):
        x = x_of(10.0**power)
        parts.append(f"<line x1='{x:.1f}' y1='{_TOP}' x2='{x:.1f}' y2='{_HEIGHT - _BOTTOM}' stroke='#ddd'/>")
        parts.append(_text(x, _HEIGHT - _BOTTOM + 16, _power(power), "text-anchor='middle'"))
    for power in range(bottom, top + 1):
        y = y_of(10.0**power)
        parts.append(f"<line x1='{_LEFT}' y1='{y:.1f}' x2='{_WIDTH - _RIGHT}' y2='{y:.1f}' stroke='#ddd'/>")
        parts.append(_text(_LEFT - 6, y + 4, _power(power), "text-anchor='end'"))
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(_text(middle, _HEIGHT - 12, x_title, "text-anchor='middle'"))
    parts.append(_text(16, _HEIGHT / 2, y_title, f"text-anchor='middle' transform='rotate(-90 16 {_HEIGHT / 2:.0f})'"))
    for index, (name, found) in enumerate(series):
        color = COLORS[index % len(COLORS)]
        path = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in found)
        parts.append(f"<polyline points='{path}' fill='none' stroke='{color}' stroke-width='2'/>")
        parts.extend(f"<circle cx='{x_of(x):.1f}' cy='{y_of(y):.1f}' r='3' fill='{color}'/>" for x, y in found)
        y = _TOP + 12 + 18 * index
        parts.append(f"<rect x='{_WIDTH - _RIGHT + 12}' y='{y - 9}' width='12' height='4' fill='{color}'/>")
        parts.append(_text(_WIDTH - _RIGHT + 30, y - 2, name))
    return _page(_HEIGHT, parts)


def bars(title: str, unit: str, values: Sequence[tuple[str, float]]) -> str:
    """Horizontal bars from zero, each with its value."""
    most = max(value for _, value in values) or 1.0
    label = 300
    parts = [_text(10, 22, f"{title} ({unit})", "font-weight='bold'")]
    for index, (name, value) in enumerate(values):
        y = 40 + 24 * index
        width = value / most * (_WIDTH - label - 80)
        color = COLORS[0] if name.startswith("layercheck") else COLORS[1]
        parts.append(_text(label - 8, y + 13, name, "text-anchor='end'"))
        parts.append(f"<rect x='{label}' y='{y}' width='{max(width, 1):.1f}' height='17' fill='{color}'/>")
        parts.append(_text(label + width + 6, y + 13, f"{value:.3g}"))
    return _page(50 + 24 * len(values), parts)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _power(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' {_STYLE} {more}>{escape(text)}</text>"


def _page(height: int, parts: Sequence[str]) -> str:
    head = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{_WIDTH}' height='{height}' viewBox='0 0 {_WIDTH} {height}'>"
    )
    return "\n".join([head, f"<rect width='{_WIDTH}' height='{height}' fill='white'/>", *parts, "</svg>", ""])
