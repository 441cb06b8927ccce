"""Plots of the HTML report as SVG; their colours come from the style sheet. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.display.report.html import Html, element, join

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ragpg.evaluation.report import MetricValue

    Point = tuple[float, float]

WIDTH, HEIGHT = 380.0, 310.0
LEFT, TOP, RIGHT, BOTTOM = 54, 16, 12, 46
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot area within margins: x from `first` to `last`, y from 0 to `top`."""

    first: float = 0.0
    last: float = 1.0
    top: float = 1.0

    def x(self, value: float) -> float:
        """Convert an x value to a coordinate."""
        share = (value - self.first) / (self.last - self.first)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        """Convert a y value to a coordinate."""
        return round(TOP + (1 - value / self.top) * (HEIGHT - TOP - BOTTOM), 1)

    def path(self, points: Sequence[Point]) -> str:
        """Return the SVG path through points."""
        return "M" + " L".join(f"{self.x(x)} {self.y(y)}" for x, y in points)

    def make_svg(self, *content: Html, about: str, names: tuple[str, str]) -> Html:
        """Make a plot with the names of its axes; `about` describes it to screen readers."""
        middle = (WIDTH + LEFT - RIGHT) / 2, (HEIGHT + TOP - BOTTOM) / 2
        turned = f"translate(10 {middle[1]}) rotate(-90)"
        return element(
            "svg",
            *content,
            text(middle[0], HEIGHT - 6, names[0], anchor="middle"),
            element("text", names[1], transform=turned, text_anchor="middle"),
            viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
            role="img",
            aria_label=about,
        )

    def grid(self) -> Html:
        """Make grid lines at 0, 0.25, 0.5, 0.75 and 1."""
        return join(
            *(
                join(
                    element(
                        "line",
                        x1=LEFT,
                        x2=WIDTH - RIGHT,
                        y1=self.y(value),
                        y2=self.y(value),
                        class_="axis" if value == 0 else "grid",
                    ),
                    text(LEFT - 6, self.y(value) + 4, f"{value:g}", anchor="end"),
                )
                for value in QUARTERS
            )
        )


def text(x: float, y: float, words: str, *, anchor: str = "start", class_: str = "") -> Html:
    """Make text at a coordinate."""
    return element("text", words, x=x, y=y, text_anchor=anchor, class_=class_ or None)


def dot(x: float, y: float, about: str, *, class_: str = "dot", r: float = 3.5) -> Html:
    """Make a point with a tooltip."""
    return element("g", element("circle", cx=x, cy=y, r=r, class_=class_), element("title", about))


def plot_recall(
    curve: Sequence[tuple[int, float]],
    metrics: Mapping[str, MetricValue],
    before: Mapping[int, float],
) -> Html:
    """Plot recall@k with its 95% intervals, and the baseline's if there is one."""
    frame = Frame(first=0.6, last=10.4)
    whiskers = [
        element(
            "line",
            x1=frame.x(k),
            x2=frame.x(k),
            y1=frame.y(metric.interval[0]),
            y2=frame.y(metric.interval[1]),
            class_="whisker",
        )
        for k, _ in curve
        if (metric := metrics.get(f"recall@{k}")) and metric.interval
    ]
    earlier = [(float(k), value) for k, value in before.items()]
    return frame.make_svg(
        frame.grid(),
        *(text(frame.x(k), frame.y(0) + 18, str(k), anchor="middle") for k, _ in curve),
        element("path", d=frame.path(earlier), class_="before") if earlier else join(),
        *whiskers,
        element("path", d=frame.path([(float(k), value) for k, value in curve]), class_="curve"),
        *(dot(frame.x(k), frame.y(value), f"recall@{k} {value:.3f}") for k, value in curve),
        *(
            text(frame.x(k), frame.y(value) - 10, f"{value:.2f}", anchor="middle", class_="value")
            for k, value in curve
            if k in (1, 5, 10)
        ),
        about="Recall by the number of hits",
        names=("hits", "recall"),
    )


def plot_roc(points: Sequence[Point], operating: Point) -> Html:
    """Plot the ROC curve of refusal; `operating` is the point at the threshold in use."""
    frame = Frame()
    area = frame.path([*points, (1.0, 0.0)]) + " Z"
    marks = [
        text(frame.x(value), frame.y(0) + 18, f"{value:g}", anchor="middle") for value in QUARTERS
    ]
    x, y = frame.x(operating[0]), frame.y(operating[1])
    rates = f"refused: {operating[1]:.3f} of unanswerable, {operating[0]:.3f} of answerable"
    return frame.make_svg(
        frame.grid(),
        *marks,
        element("path", d=area, class_="area"),
        element("path", d=frame.path([(0, 0), (1, 1)]), class_="chance"),
        element("path", d=frame.path(points), class_="curve"),
        dot(x, y, rates, class_="operating", r=5),
        text(x + 10, y + 16, "as configured"),
        about="ROC curve of refusal",
        names=("answerable, refused", "unanswerable, refused"),
    )


def plot_first_ranks(counts: Mapping[str, int]) -> Html:
    """Plot how many cases have their first relevant hit at each rank."""
    frame = Frame(first=-0.6, last=len(counts) - 0.4, top=max(counts.values()))
    width = frame.x(0.82) - frame.x(0.0)
    bars = [
        join(
            element(
                "rect",
                x=frame.x(place - 0.41),
                y=frame.y(count),
                width=round(width, 1),
                height=round(frame.y(0) - frame.y(count), 1),
                rx=2,
                class_="miss" if name == "no" else "bar",
            ),
            text(frame.x(place), frame.y(0) + 18, name, anchor="middle"),
            text(frame.x(place), frame.y(count) - 4, str(count), anchor="middle", class_="value"),
        )
        for place, (name, count) in enumerate(counts.items())
    ]
    axis = element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=frame.y(0), y2=frame.y(0), class_="axis")
    return frame.make_svg(
        *bars, axis, about="Rank of the first relevant hit", names=("first relevant hit", "cases")
    )


def plot_interval(metric: MetricValue, before: float | None) -> Html:
    """Plot a value from 0 to 1 with its interval, for a row of a table."""
    low, high = metric.interval or (metric.value, metric.value)

    def at(value: float) -> float:
        return round(4 + 152 * value, 1)

    is_visible = before is not None and abs(before - metric.value) > 0.0005
    tick = at(before) if before is not None and is_visible else None
    return element(
        "svg",
        element("line", x1=4, x2=156, y1=9, y2=9, class_="rail"),
        element(
            "rect", x=at(low), y=6, width=at(high) - at(low), height=6, rx=3, class_="whiskers"
        ),
        element("line", x1=tick, x2=tick, y1=2, y2=16, class_="tick") if tick else join(),
        dot(at(metric.value), 9, f"{metric.value:.3f}", r=4),
        viewBox="0 0 160 18",
        class_="span",
        aria_hidden="true",
    )
