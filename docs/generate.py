"""Write into the pages of docs/ what they take from the code: `make docs`.

A page marks the place with a comment, and whatever is between it and `<!-- end -->` is replaced:

    <!-- packages -->                       a diagram of the packages and their imports
    <!-- body: ragpg.package.function -->   the statements of a function, without its docstring
    <!-- constants: ragpg.package -->       a table of the numbers in modules
    <!-- sql: ragpg.package.NAME -->        a statement
    <!-- keys -->                           a table of the configuration's keys
    <!-- commands -->                       the commands with their arguments and options
"""

from __future__ import annotations

import ast
import re
from itertools import zip_longest
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from click import Command, Context, Group, Parameter

ROOT = Path(__file__).parent.parent
PAGES = Path(__file__).parent
BLOCK = re.compile(
    r"^<!-- (packages|body|constants|sql|keys|commands)(?:: (.*?))? -->\n.*?^<!-- end -->$",
    re.M | re.S,
)
Definition = ast.FunctionDef | ast.ClassDef


def render(page: str) -> str:
    """Return a page with its blocks as the code has them now."""
    return BLOCK.sub(render_block, page)


def render_block(match: re.Match[str]) -> str:
    """Return one block, with its markers."""
    kind, argument = match[1], match[2] or ""
    writers = {
        "packages": write_packages,
        "body": write_body,
        "constants": write_constants,
        "sql": write_sql,
        "keys": write_keys,
        "commands": write_commands,
    }
    begin = match[0].partition("\n")[0]
    return f"{begin}\n{writers[kind](argument)}\n<!-- end -->"


def write_packages(_: str) -> str:
    """Return a Mermaid diagram: an arrow for each import that no longer path implies."""
    import grimp

    graph = grimp.build_graph("ragpg", cache_dir=None)
    packages = sorted(graph.find_children("ragpg") - {"ragpg.__main__"})
    edges = {
        (importer, imported)
        for importer in packages
        for imported in packages
        if importer != imported
        and graph.direct_import_exists(importer=importer, imported=imported, as_packages=True)
    }
    arrows = [
        f"    {importer.removeprefix('ragpg.')} --> {imported.removeprefix('ragpg.')}"
        for importer, imported in sorted(edges)
        if not is_implied(importer, imported, edges)
    ]
    return "\n".join(["```mermaid", "flowchart TD", *arrows, "```"])


def write_keys(_: str) -> str:
    """Return a table of every key of the configuration: its default, variable and purpose."""
    from ragpg.config import SETTINGS
    from ragpg.config.values import to_toml

    rows = ["| key | default | variable | what it does |", "| --- | --- | --- | --- |"]
    for key, setting in SETTINGS.items():
        default = "" if setting.default is None else f"`{to_toml(setting.default)}`"
        rows.append(f"| `{key}` | {default} | `{setting.variable}` | {setting.about} |")
    return "\n".join(rows)


def write_commands(_: str) -> str:
    """Return a section for each command: what it does, its usage, arguments and options."""
    from typer.main import get_command

    from ragpg.cli.app import COMMANDS, app
    from ragpg.cli.shared_options import SHARED

    program = cast("Group", get_command(app))
    context = program.make_context("ragpg", ["status"], resilient_parsing=True)
    every = [option for option in program.params if option.name in SHARED]
    sections = ["## Options of every command", "", *write_parameters(every, context)]
    for name in COMMANDS:
        command = cast("Command", program.get_command(context, name))
        usage = " ".join(["ragpg", name, *command.collect_usage_pieces(context)])
        own = [parameter for parameter in command.params if parameter.name not in SHARED]
        sections += ["", f"## ragpg {name}", "", dedent(command.help or "").strip(), ""]
        sections += ["```text", usage, "```", "", *write_parameters(own, context)]
    return "\n".join(sections)


def write_parameters(parameters: Iterable[Parameter], context: Context) -> Iterator[str]:
    """Yield a table of arguments and options as `--help` has them."""
    yield "| | |"
    yield "|---|---|"
    for parameter in parameters:
        if record := parameter.get_help_record(context):
            name, about = (text.replace("|", r"\|") for text in record)
            yield f"| `{name}` | {about} |"


def is_implied(start: str, end: str, edges: set[tuple[str, str]]) -> bool:
    """Return whether a path of two or more arrows leads from one package to another."""
    pending = [imported for importer, imported in edges if importer == start and imported != end]
    seen = {start}
    while pending:
        package = pending.pop()
        if package == end:
            return True
        if package not in seen:
            seen.add(package)
            pending += [imported for importer, imported in edges if importer == package]
    return False


def write_body(name: str) -> str:
    """Return the statements of a function below a link to its module."""
    path, definition = find_definition(name)
    statements = definition.body[1:] if ast.get_docstring(definition) else definition.body
    decorated = getattr(statements[0], "decorator_list", [])
    first = min(node.lineno for node in (statements[0], *decorated))
    lines = path.read_text("utf-8").splitlines()[first - 1 : definition.end_lineno]
    link = f"[`{name}`](../{path.relative_to(ROOT).as_posix()})"
    return "\n".join([link, "", "```python", *dedent("\n".join(lines)).splitlines(), "```"])


def write_constants(names: str) -> str:
    """Return a table of the numbers that modules define."""
    rows = ["| constant | value | meaning |", "|---|---|---|"]
    for name in names.split():
        path = find_module(name)
        module = path.relative_to(ROOT).as_posix()
        for targets, value, meaning in find_numbers(ast.parse(path.read_text("utf-8"))):
            rows.append(f"| [`{targets}`](../{module}) | {value} | {meaning} |")
    return "\n".join(rows)


def find_numbers(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    """Yield names, value and docstring of each public assignment of numbers."""
    for statement, following in zip_longest(tree.body, tree.body[1:]):
        if not isinstance(statement, ast.Assign):
            continue
        names, value = (ast.unparse(part) for part in (statement.targets[0], statement.value))
        if re.fullmatch(r"\(?[A-Z].*", names) and re.fullmatch(r"[-+*/(),. \d_]+", value):
            docstring = ast.get_docstring(ast.Module([following], [])) if following else None
            meaning = " ".join((docstring or "").split())
            yield strip_parentheses(names), strip_parentheses(value), meaning


def strip_parentheses(value: str) -> str:
    """Return a tuple as it is assigned, without its outer parentheses."""
    return value[1:-1] if value.startswith("(") and value.endswith(")") else value


def write_sql(name: str) -> str:
    """Return the text of a constant: a statement, or several."""
    module, _, constant = name.rpartition(".")
    for statement in ast.parse(find_module(module).read_text("utf-8")).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == constant:
            value = ast.literal_eval(statement.value)
            statements = [value] if isinstance(value, str) else value
            shown = ";\n".join(text.strip() for text in statements)
            return f"```sql\n{shown}\n```"
    raise LookupError(name)


def find_module(name: str) -> Path:
    """Return the file of a module or package."""
    path = ROOT.joinpath(*name.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file
    raise LookupError(name)


def find_definition(name: str) -> tuple[Path, Definition]:
    """Return the file and the definition of a function, class or method."""
    parts, names = name.split("."), list[str]()
    while True:
        names.insert(0, parts.pop())
        try:
            path = find_module(".".join(parts))
            break
        except LookupError:
            if len(parts) == 1:
                raise LookupError(name) from None
    scope: ast.Module | Definition = ast.parse(path.read_text("utf-8"))
    for part in names:
        inner = [node for node in scope.body if isinstance(node, Definition) and node.name == part]
        if not inner:
            raise LookupError(name)
        scope = inner[0]
    assert isinstance(scope, Definition)  # noqa: S101 - names is never empty
    return path, scope


def main() -> None:
    """Write all pages."""
    for path in sorted(PAGES.glob("*.md")):
        path.write_text(render(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
