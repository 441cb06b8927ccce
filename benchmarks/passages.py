"""The texts that ragpg embeds of a directory's documents.

python passages.py DIRECTORY PASSAGES.json
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from ragpg.api import factories
from ragpg.config import load
from ragpg.documents import FileSelection, discover_files, parse_document
from ragpg.types import File

directory, target = map(Path, sys.argv[1:])
config = load(explicit=None, overrides={}, environ=os.environ, directory=directory)
settings = config.ingest
selection = FileSelection(
    root=directory,
    include=settings.include,
    exclude=settings.exclude,
    follow_symlinks=settings.follow_symlinks,
    max_bytes=settings.max_file_bytes,
)
chunker = factories.make_chunker(config)
files = (file for file in discover_files([str(directory)], selection) if isinstance(file, File))
texts = [chunk.embedded_text for file in files for chunk in chunker.chunk(parse_document(file))]
target.write_text(json.dumps(texts), "utf-8")
