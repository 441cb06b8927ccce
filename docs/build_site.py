"""Build the documentation site from README and docs/: `make site`, into build/site.

The pages are those that people read in the repository. For the site they are copied side by side,
and a link to any other file of the repository becomes one to its web page.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "build" / "pages"
SETTINGS = ROOT / "zensical.toml"
REPOSITORY = "https://github.com/ragpg/ragpg/blob/main/"
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)(?P<path>[^)\s#]+)(?P<anchor>#[^)\s]*)?(?=\))")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
PROSE = re.compile(r"[^\W_]|`")
LINKED = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
PICTURES = ("docs/pictures", "benchmarks")
"""Where pictures are that pages show."""


def main() -> None:
    """Copy the pages and build the site; an error of the builder ends the program."""
    site = tomllib.loads(SETTINGS.read_text("utf-8"))["project"]
    sources = find_sources()
    shutil.rmtree(PAGES, ignore_errors=True)
    PAGES.mkdir(parents=True)
    for source, page in sources.items():
        target = PAGES / page
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.endswith(".md"):
            text = (ROOT / source).read_text("utf-8")
            target.write_text(rewrite_links(text, source, sources), "utf-8")
        else:
            shutil.copyfile(ROOT / source, target)
    (PAGES / "llms.txt").write_text(write_llms(site), "utf-8")
    command = [Path(sys.executable).with_name("zensical"), "build", "--clean", "--strict"]
    built = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603
    if built.returncode:
        sys.exit(built.returncode)
    for page in PAGES.rglob("*.md"):  # llms.txt leads to them
        shutil.copyfile(page, ROOT / site["site_dir"] / page.relative_to(PAGES))


def find_sources() -> dict[str, str]:
    """Return where each page and picture is in the repository, and where on the site."""
    pages = {"README.md": "index.md", "CHANGELOG.md": "changelog.md"}
    pages |= {f"docs/{path.name}": path.name for path in sorted((ROOT / "docs").glob("*.md"))}
    benchmarks = sorted((ROOT / "benchmarks").glob("*.md"))
    pages |= {
        f"benchmarks/{path.name}": f"benchmarks/{path.name.replace('README', 'index')}"
        for path in benchmarks
    }
    for folder in PICTURES:
        for path in sorted((ROOT / folder).glob("*.svg")):
            name = path.relative_to(ROOT).as_posix()
            pages[name] = name.removeprefix("docs/")
    return pages


def rewrite_links(text: str, source: str, sources: Mapping[str, str]) -> str:
    """Let the relative links of a page lead where its targets are on the site, or on the web."""
    here = PurePosixPath(sources[source]).parent

    def rewrite(match: re.Match[str]) -> str:
        target = normpath(PurePosixPath(source).parent / match["path"])
        anchor = match["anchor"] or ""
        if target not in sources:
            return f"{REPOSITORY}{quote(target)}{anchor}"
        up = "../" * len(here.parts)
        return f"{up}{sources[target]}{anchor}"

    parts, position = [], 0
    for fence in FENCE.finditer(text):
        parts += [LINK.sub(rewrite, text[position : fence.start()]), fence[0]]
        position = fence.end()
    return "".join([*parts, LINK.sub(rewrite, text[position:])])


def write_llms(site: Mapping[str, Any]) -> str:
    """Return llms.txt (https://llmstxt.org): what the site is, and each page with its subject."""
    lines = [f"# {site['site_name']}", "", f"> {site['site_description']}"]
    for section, pages in list_sections(site["nav"]):
        lines += ["", f"## {section}", ""]
        lines += [f"- [{title}]({page}): {find_subject(PAGES / page)}" for title, page in pages]
    return "\n".join(lines) + "\n"


def list_sections(
    navigation: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield each section of the navigation with the titles and files of its pages."""
    for entry in navigation:
        for section, pages in entry.items():
            listed = pages if isinstance(pages, list) else [{section: pages}]
            yield section, [pair for page in listed for pair in page.items()]


def find_subject(page: Path) -> str:
    """Return the first sentence of a page, without its links."""
    paragraphs = FENCE.sub("", page.read_text("utf-8")).split("\n\n")
    prose = next(part for part in map(str.strip, paragraphs) if PROSE.match(part))
    sentence = re.split(r"(?<=[.:])\s", " ".join(prose.split()), maxsplit=1)[0].rstrip(":")
    return LINKED.sub(r"\1", sentence)


if __name__ == "__main__":
    main()
