"""The documentation site: the pages of the repository, and where their links lead."""

from __future__ import annotations

import re
import tomllib
from posixpath import normpath
from typing import TYPE_CHECKING

import pytest

from docs import build_site, draw_pictures
from tests.support.pages import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SITE = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
SOURCES = build_site.find_sources()
WEB = build_site.REPOSITORY


def test_the_navigation_has_every_page() -> None:
    """No page is left out, and none is listed that is not there."""
    listed = [page for _, pages in build_site.list_sections(SITE["nav"]) for _, page in pages]
    assert sorted(listed) == sorted(page for page in SOURCES.values() if page.endswith(".md"))


@pytest.mark.parametrize(
    ("source", "link", "rewritten"),
    [
        ("README.md", "docs/json.md#errors", "json.md#errors"),
        ("README.md", "CHANGELOG.md", "changelog.md"),
        ("README.md", "SECURITY.md", f"{WEB}SECURITY.md"),
        ("docs/json.md", "../CHANGELOG.md", "changelog.md"),
        ("docs/json.md", "claims.md", "claims.md"),
        ("docs/claims.md", "../ragpg/claims/support.py", f"{WEB}ragpg/claims/support.py"),
        ("docs/claims.md", "#the-example", "#the-example"),
        ("docs/claims.md", "https://example.com/a.md", "https://example.com/a.md"),
        ("benchmarks/README.md", "retrieval.md", "../benchmarks/retrieval.md"),
        ("benchmarks/README.md", "../docs/json.md", "../json.md"),
    ],
)
def test_links_lead_to_the_page_or_to_the_repository(
    source: str, link: str, rewritten: str
) -> None:
    """A page is found where the site has it, any other file on its web page."""
    text = build_site.rewrite_links(f"See [this]({link}).", source, SOURCES)
    assert text == f"See [this]({rewritten})."


def test_links_in_code_stay() -> None:
    """What a fenced block shows is shown as it is."""
    block = "```text\n[1](docs/json.md)\n```"
    assert build_site.rewrite_links(f"{block}\n[1](docs/json.md)", "README.md", SOURCES) == (
        f"{block}\n[1](json.md)"
    )


@pytest.mark.parametrize("source", [source for source in SOURCES if source.endswith(".md")])
def test_every_rewritten_link_leads_somewhere(source: str) -> None:
    """Links within the site lead to its pages and pictures, others to files that are there."""
    text = build_site.FENCE.sub("", (ROOT / source).read_text("utf-8"))
    rewritten = build_site.rewrite_links(text, source, SOURCES)
    folder = SOURCES[source].rpartition("/")[0]
    for match in build_site.LINK.finditer(rewritten):
        assert normpath(f"{folder}/{match['path']}").lstrip("/") in SOURCES.values()
    for path in re.findall(rf"\({re.escape(WEB)}([^)#]+)", rewritten):
        assert (ROOT / path).exists()


def test_llms_txt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the title, the subject, and a line for each page."""
    monkeypatch.setattr(build_site, "PAGES", tmp_path)
    (tmp_path / "a.md").write_text(
        "# A\n\n```sh\nls\n```\n\nThis is [one](b.md): yes. No.\n", "utf-8"
    )
    text = build_site.write_llms(
        {"site_name": "s", "site_description": "About.", "nav": [{"First": "a.md"}]}
    )
    assert text == "# s\n\n> About.\n\n## First\n\n- [First](a.md): This is one\n"


def test_only_what_stays_on_the_screen_is_drawn() -> None:
    """A bar that was drawn over itself and erased at the end leaves nothing."""
    bar = "\x1b[?25l10%\r\x1b[2K90%\r\n\x1b[?25h\r\x1b[1A\x1b[2Kdone\r\nnext\r\n"
    assert draw_pictures.forget_overwritten(bar) == "done\nnext"
