"""Bar charts for the bulletin, drawn as SVG by leather: no script, and no font or picture from the network."""

from __future__ import annotations

from collections.abc import Sequence

import leather

from chalicelib.reports.vietnamese import whole

WIDTH = 680
# leather takes its style from the variables of its theme, for all charts alike.
_STYLE = {
    "background_color": "#ffffff",
    "margin": 0.04,
    "title_font_family": "Times New Roman, serif",
    "title_color": "#000000",
    "tick_font_family": "Times New Roman, serif",
    "label_color": "#000000",
    "tick_color": "#dddddd",
    "tick_font_char_width": 7,
    "default_series_colors": ["#1f5c99"],
}
for _name, _value in _STYLE.items():
    setattr(leather.theme, _name, _value)


def columns(points: Sequence[tuple[str, int]], height: int = 230) -> str:
    """Upright columns; counts on the axis read ``1.000``."""
    most = max([count for _, count in points], default=0)
    chart = leather.Chart()
    chart.add_y_scale(0, _ceiling(most))
    chart.add_y_axis(ticks=_ticks(most), tick_formatter=lambda value, *_: whole(int(value)))
    chart.add_columns([*points])
    return _svg(chart, height)


def bars(points: Sequence[tuple[str, float]]) -> str:
    """Horizontal bars of percentages, the first on top."""
    chart = leather.Chart()
    chart.add_x_scale(0, 100)
    chart.add_x_axis(ticks=[0, 25, 50, 75, 100], tick_formatter=lambda value, *_: f"{int(value)}%")
    chart.add_bars([(value, label) for label, value in points])
    return _svg(chart, 60 + 34 * len(points))


def _svg(chart: leather.Chart, height: int) -> str:
    """An element that grows and shrinks with the page."""
    svg = str(chart.to_svg(width=WIDTH, height=height))
    fixed = f'width="{WIDTH}" height="{height}"'
    return svg[svg.index("<svg") :].replace(fixed, f'viewBox="0 0 {WIDTH} {height}"', 1)


def _ceiling(most: int) -> int:
    """The next round number: 1, 2 or 5 times a power of ten, or a small multiple of it."""
    return _step(most) * -(-max(most, 1) // _step(most))


def _ticks(most: int) -> list[int]:
    return list(range(0, _ceiling(most) + 1, _step(most)))


def _step(most: int) -> int:
    step = 1
    while most > 5 * step:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step
