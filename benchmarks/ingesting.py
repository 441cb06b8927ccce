"""Rows 5, 6, 7 and 10: documents into the store."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import documents
from benchmarks.figures import Figure, at_most, faster, limited
from benchmarks.measure import Contestant, run
from benchmarks.starting import memory, walls
from benchmarks.workspace import HERE

if TYPE_CHECKING:
    from benchmarks.measure import Command
    from benchmarks.workspace import Workspace

UNCHANGED = 1188
MODEL_PACKAGES = {"torch", "transformers", "sentence_transformers", "tokenizers"}
ENCODERS = ("torch", "openvino")
"""The libraries of row 6; what counts is the one that is faster here."""
CPUINFO = Path("/proc/cpuinfo")
HAS_AMX = CPUINFO.exists() and "amx_bf16" in CPUINFO.read_text("utf-8")
TIMES_FASTER = 3 if HAS_AMX else 1.9
"""How many times as fast as LangChain an ingest has to be, which computes in float32."""
COUNTERS = """
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint FROM pg_stat_user_tables
"""


def ingest(workspace: Workspace) -> list[Figure]:
    """Rows 5 and 6."""
    ours = Contestant(
        "ragpg",
        workspace.ragpg("ingest", "docs").within(RAGPG_DB_NAME="fresh"),
        before=lambda: workspace.drop("fresh"),
    )
    texts = passages(workspace)
    encoders = [
        Contestant(name, workspace.python(HERE / "bare_encoder.py", workspace.model, texts, name))
        for name in ENCODERS
    ]
    peers = [
        Contestant(
            name,
            workspace.peer(name, "ingest", "docs"),
            before=lambda name=name: workspace.empty(name),  # type: ignore[misc]  # bound at once
        )
        for name in workspace.others
    ]
    # The stores that the rest needs are a warm-up already.
    runs = workspace.in_turns(5, [ours, *encoders, *peers], rounds=workspace.rounds, warm_ups=0)
    mine = walls(runs["ragpg"])
    fastest = min(ENCODERS, key=lambda name: median(walls(runs[name])))
    return [
        *(
            faster(
                5,
                f"ingest of {workspace.files} files",
                mine,
                against=name,
                theirs=walls(runs[name]),
                factor=TIMES_FASTER if name == "LangChain" else None,
            )
            for name in workspace.others
        ),
        *(
            faster(
                5,
                "its memory",
                memory(runs["ragpg"]),
                against=name,
                theirs=memory(runs[name]),
                unit="MB",
            )
            for name in workspace.others
        ),
        limited(5, "its memory", memory(runs["ragpg"]), limit=700, unit="MB"),
        at_most(
            6,
            f"ingest of {workspace.files} files",
            mine,
            against=f"bare encoder ({fastest}), same passages",
            theirs=walls(runs[fastest]),
            factor=1.25,
        ),
    ]


def passages(workspace: Workspace) -> Path:
    """Write down the texts that ragpg embeds of the documents."""
    path = workspace.directory / "passages.json"
    run(workspace.python(HERE / "passages.py", workspace.docs, path))
    return path


def unchanged(workspace: Workspace) -> list[Figure]:
    """Row 7."""
    tree = workspace.project / "many"
    if workspace.tree:
        documents.choose(workspace.tree, tree, files=UNCHANGED)
    else:
        documents.make_up(tree, files=UNCHANGED, sections=4, words=120)
    command = workspace.ragpg("ingest", "many").within(RAGPG_TABLE_NAME="many")
    run(command)
    before = workspace.query("bench", COUNTERS)
    base = Contestant("imports", workspace.python("-c", "import typer, numpy, psycopg"))
    runs = workspace.in_turns(7, [base, Contestant("ingest", command)], rounds=10)
    written = workspace.query("bench", COUNTERS)[0][0] - before[0][0]
    imported = models_loaded(workspace, command)
    shutil.rmtree(tree)
    return [
        at_most(
            7,
            f"ingest of {UNCHANGED} unchanged files",
            walls(runs["ingest"]),
            against="import typer, numpy, psycopg",
            theirs=walls(runs["imports"]),
            factor=3,
        ),
        limited(7, "rows written", [written], limit=0, unit="rows"),
        limited(7, "packages of a model imported", [imported], limit=0, unit="packages"),
    ]


def corpus_size(workspace: Workspace) -> list[Figure]:
    """Row 10."""
    peaks = []
    for files in (300, workspace.many):
        tree = workspace.project / f"small-{files}"
        documents.make_up(tree, files=files, sections=1, words=60)
        table = f"small_{files}"
        peaks.append(run(workspace.ragpg("ingest", tree.name).within(RAGPG_TABLE_NAME=table)))
        shutil.rmtree(tree)
    small, large = ([one.memory] for one in peaks)
    return [
        at_most(
            10,
            f"memory for {workspace.many} small files",
            large,
            against="for 300 files",
            theirs=small,
            factor=1.3,
            unit="MB",
        )
    ]


def models_loaded(workspace: Workspace, command: Command) -> int:
    """How many of the packages that a model needs a command of ragpg imports."""
    _, *arguments = command.arguments
    told = workspace.python("-X", "importtime", "-m", "ragpg", *arguments)
    names = re.findall(r"\| +([\w.]+)$", run(told.within(**command.environment)).errors, re.M)
    return len(MODEL_PACKAGES.intersection(names))
