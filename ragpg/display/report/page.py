"""An evaluation as one page of HTML that needs nothing beside itself. Pure."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from ragpg.display.report import plots
from ragpg.display.report.cases import case, since
from ragpg.display.report.html import Html, element, join
from ragpg.display.scores import beside, change, interval, number
from ragpg.evaluation.report import METRICS

if TYPE_CHECKING:
    from ragpg.evaluation.report import Figure, Report

HEADLINES = ("passed", "recall@5", "mrr@10", "ndcg@10", "token_precision@5", "refusal_auc")


def page(report: Report) -> str:
    """The whole page; nothing that it shows can load, run or style anything."""
    style, script = resource("page.css"), resource("page.js")
    policy = (
        f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{report.name} – ragpg eval"),  # noqa: RUF001 - as in print
        element("style", style),
    )
    body = element("body", element("main", *parts(report)), element("script", script))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


@cache
def resource(name: str) -> Html:
    """A file that goes into the page as it is."""
    return Html(files("ragpg.display.report").joinpath(name).read_text("utf-8"))


def digest(content: str) -> str:
    """What the page's policy lets in."""
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def parts(report: Report) -> list[Html]:
    """What the page shows, from above."""
    return [
        header(report),
        tiles(report),
        unmet(report),
        curves(report),
        figures(report),
        since(report),
        cases(report),
    ]


def header(report: Report) -> Html:
    """What was measured, when, and how it ended."""
    checked = [result for result in report.results if result.passed is not None]
    passed = sum(result.passed is True for result in checked)
    good = not report.failing and not report.unmet
    verdict = f"{passed} of {len(checked)} passed" if checked else f"{len(report.results)} measured"
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    about = [*report.about, ("cases", str(len(report.results))), ("measured", now)]
    return element(
        "header",
        element("p", "ragpg eval", class_="kind"),
        element("h1", report.name, " ", element("span", verdict, class_=f"mark {said(good)}")),
        element("dl", *(element("div", element("dt", k), element("dd", v)) for k, v in about)),
    )


def said(good: bool) -> str:  # noqa: FBT001 - the one thing it is about
    """A style for what is well, and one for what is not."""
    return "good" if good else "bad"


def tiles(report: Report) -> Html:
    """The figures that count most."""
    shown = [report.figures[name] for name in HEADLINES if name in report.figures]
    return element("section", *(tile(figure, report) for figure in shown), class_="tiles")


def tile(figure: Figure, report: Report) -> Html:
    """One figure, large."""
    moved = report.comparison.differences.get(figure.name) if report.comparison else None
    style = "same" if not moved or moved.change == 0 else said(moved.change > 0)
    return element(
        "div",
        element("p", figure.name, class_="name"),
        element("p", number(figure.name, figure.value), class_="large"),
        element("p", interval(figure) or "one case", class_="small"),
        element("p", change(figure.name, moved), class_=f"small {style}") if moved else join(),
        class_="tile",
    )


def unmet(report: Report) -> Html:
    """The thresholds that were not reached."""
    return join(
        *(
            element("p", f"{one.metric} is below {one.least:g}", class_="banner bad")
            for one in report.unmet
        )
    )


def curves(report: Report) -> Html:
    """The plots that there is something for."""
    shown = []
    if report.recall_curve:
        moved = report.comparison.differences if report.comparison else {}
        before = {k: moved[f"recall@{k}"].before for k in (1, 3, 5, 10) if f"recall@{k}" in moved}
        drawn = plots.recall(report.recall_curve, report.figures, before)
        note = "Bars: 95% intervals." + (" Dashed: the baseline." if before else "")
        shown.append(plot("Recall by the number of hits", drawn, note))
        ranks = plots.first_ranks(first_ranks(report))
        shown.append(
            plot("Where the first relevant hit is", ranks, "no: not among the hits at all.")
        )
    if report.roc:
        area = report.figures["refusal_auc"].value
        point = (1 - report.figures["answered"].value, report.figures["refused"].value)
        note = f"Area {area:.3f}; by chance 0.5 (dashed)."
        shown.append(plot("Refusal: all thresholds", plots.roc(report.roc, point), note))
    return element("section", *shown, class_="plots")


def plot(title: str, drawn: Html, note: str) -> Html:
    """A plot between its title and a note."""
    return element("figure", element("h2", title), drawn, element("figcaption", note))


def first_ranks(report: Report) -> dict[str, int]:
    """Count the ranks of first relevant hits."""
    counts = dict.fromkeys([*map(str, range(1, 11)), "11+", "no"], 0)
    for result in report.results:
        if result.ranks:
            rank = result.first_relevant_rank
            name = "no" if rank is None else str(rank) if rank <= 10 else "11+"
            counts[name] += 1
    return counts


def figures(report: Report) -> Html:
    """All figures in a table."""
    compared = report.comparison is not None
    heads = ["metric", "value", "", "95% interval", "cases"]
    heads += ["before", "change", "p"] if compared else []
    rows = [row(figure, report) for figure in report.figures.values()]
    if not rows:
        return join()
    head = element("tr", *(element("th", name) for name in heads))
    table = element("table", element("thead", head), element("tbody", *rows))
    return element("section", element("h2", "Figures"), element("div", table, class_="wide"))


def row(figure: Figure, report: Report) -> Html:
    """A figure, its interval, and what it was."""
    moved = report.comparison.differences if report.comparison else {}
    before = moved[figure.name].before if figure.name in moved else None
    share = not figure.name.startswith("characters")
    about = element("small", METRICS[figure.name].about)
    cells = [
        element("th", figure.name, about, scope="row"),
        element("td", number(figure.name, figure.value), class_="strong"),
        element("td", plots.span(figure, before) if share else ""),
        element("td", interval(figure)),
        element("td", str(figure.cases)),
    ]
    if report.comparison:
        cells += [element("td", cell) for cell in beside(figure.name, moved)]
    return element("tr", *cells)


def cases(report: Report) -> Html:
    """Every case, the failing ones first, and a way to find one."""
    order = sorted(report.results, key=lambda result: not result.failures)
    kinds = [("all", "all"), ("failed", "failed"), ("missed", "not among five hits")]
    choices = [
        element(
            "button", words, type="button", data_show=kind, aria_pressed=str(kind == "all").lower()
        )
        for kind, words in kinds
    ]
    search = element("input", type="search", placeholder="Find a case", aria_label="Find a case")
    return element(
        "section",
        element("h2", "Cases"),
        element("div", search, *choices, class_="tools"),
        *(case(result) for result in order),
        id="cases",
    )
