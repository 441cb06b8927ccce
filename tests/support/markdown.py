"""Texts with any Markdown, sensible or not."""

from __future__ import annotations

from hypothesis import strategies as st

PIECES = st.sampled_from(
    [
        *("# ", "## ", "===\n", "---\n", "- ", "* ", "1. ", "> ", "```\n", "~~~", "    ", "\t"),
        *("| a | b |\n", "|---|---|\n", "|", "[", "](", ")", "![", "`", "**", "_", "<!--", "-->"),
        *("<div>", "</div>", "<b>", "&amp;", "{{< x >}}", "{% y %}", "\\", "https://x.org/a.b "),
        *("word ", "Dr. ", "One. ", "two? ", "3.5 ", "[a]: /b 'c'\n", "字。", "é", "🙂", "{#id}"),
        *('!!! note "T"\n', "::: tip\n", ":::\n", "> [!NOTE] T\n", "/// x | T\n", "///\n"),
        *("<Tab title='T'>\n", "</Tab>\n", "{/*", "*/}", "%%", "{{< /x >}}\n", "[[P|t]]", "[^1]"),
        *("[^1]: note\n", "term\n: def\n", "<table>", "<tr><td>c", "</table>", "<h2>", "<details>"),
        *("<summary>S</summary>", "{% comment %}", "{% endcomment %}", "import a from 'b'\n"),
        *("\n", "\n\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u00a0", " ", "  \n"),
    ]
)
MARKDOWN = st.one_of(
    st.lists(PIECES, max_size=60).map("".join),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=80),
)
