"""The Python interface: what the command line does, as values instead of text."""

from __future__ import annotations

import io
import logging
import os
from dataclasses import replace
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Self, TypeVar

from ragpg.api import factories
from ragpg.api.arguments import check_key, check_text, check_top_k, parse_mode
from ragpg.api.chat import Chat
from ragpg.api.database import Database
from ragpg.api.failures import FailureLog, find_failure
from ragpg.api.inputs import make_selection, select_inputs
from ragpg.api.paths import SourcePaths
from ragpg.api.sources import find_sources
from ragpg.config import load
from ragpg.errors import (
    DatabaseError,
    DocumentError,
    LostConnectionError,
    NothingIngestedError,
    UsageError,
)
from ragpg.text import utf8
from ragpg.types import Answer, Mode, Receipt, Sentence, Verification

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ragpg.api.inputs import Inputs
    from ragpg.config import Config
    from ragpg.pipeline.search import Searcher, SearchOptions
    from ragpg.pipeline.write import Chunker
    from ragpg.protocols import LLM, Embedder, NliModel, Reader
    from ragpg.store.postgres import PostgresStore
    from ragpg.types import Asked, Document, Hit, StoredDocument

Result = TypeVar("Result")

logger = logging.getLogger("ragpg")
logger.addHandler(logging.NullHandler())  # or warnings would be printed


class Ragpg:
    """The documents of a project, or of a table: put in, searched, asked, and held against a text.

    It is a context manager; models are loaded and the database is connected to when they are first
    needed, and stay until `close`. Threads may share it: one waits for another.

    `settings` are keys of the configuration with their values, `{"dbUrl": "postgresql://…",
    "llm.model": "ollama/llama3.2"}`. They win over environment variables, and these over
    `config_file`, which is otherwise the project's Config.toml, if there is one. The project is
    found, and paths are read, from the current directory of the moment when this object is made.

    Raises ConfigurationError. Every method raises a subclass of RagpgError, whose `message` and
    `hint` are those that the command line prints: DatabaseError where PostgreSQL is not reachable,
    NothingIngestedError where there is no table yet, ModelMismatchError where it has another
    model's vectors, ProviderError where a model fails, UsageError for what cannot work. Nothing is
    printed; warnings go to the logger "ragpg".
    """

    def __init__(
        self,
        settings: Mapping[str, object] | None = None,
        *,
        config_file: str | os.PathLike[str] | None = None,
    ) -> None:
        for key in settings or {}:
            check_key(key)
        self.config: Config = load(
            explicit=Path(config_file) if config_file is not None else None,
            overrides=dict(settings or {}),
            environ=os.environ,
            directory=Path.cwd(),
        )
        self._paths = SourcePaths.from_cwd()
        self._database = Database(self.config)
        self._lock = RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection and let the embedded PostgreSQL go.

        What is used afterwards opens them again; models stay loaded.
        """
        with self._lock:
            self._database.close()

    def ingest(
        self,
        *paths: str | os.PathLike[str],
        root: str | os.PathLike[str] | None = None,
        exclude: Sequence[str] = (),
        prune: bool = False,
        formats: bool = False,
        honours_gitignore: bool = True,
    ) -> tuple[Receipt, ...]:
        """Bring the table up to date with files, directories and globs, and create it if need be.

        Returns a receipt for each document. One that failed has `error`; the others are kept.
        `root` is what sources are relative to, `exclude` are globs; with `prune`, documents are
        removed whose file below a given directory is gone, or ignored by git; with `formats`, files
        below a directory are read whose format can be converted, such as PDF. Raises DocumentError
        where there is no document at all.
        """
        selection = make_selection(
            self.config,
            root=Path(root) if root is not None else None,
            exclude=exclude,
            all_formats=formats,
            honours_gitignore=honours_gitignore,
        )
        inputs = select_inputs([os.fspath(path) for path in paths], selection)
        receipts = self._ingest(inputs, prune=prune)
        if not receipts:
            names = ", ".join(repr(os.fspath(path)) for path in paths)
            raise DocumentError(f"no document under {names or 'no path'}")
        return receipts

    def ingest_text(self, text: str, *, source: str) -> Receipt:
        """Put a text into the table as the document `source`, such as "notes/monday.md"."""
        if not source.strip() or ".." in Path(source).parts:
            raise UsageError(f"{source!r} is no document's name", hint="such as notes/monday.md")
        selection = make_selection(self.config, root=None, exclude=())
        content = io.BytesIO(text.encode())
        receipts = self._ingest(select_inputs([], selection, stream=(source, content)))
        return receipts[-1]

    def search(
        self,
        query: str,
        *,
        top_k: int | None = None,
        mode: str | None = None,
        sources: Sequence[str] = (),
        where: str | None = None,
    ) -> tuple[Hit, ...]:
        """Return the passages that match a query, best first: at most `top_k`, by default topK.

        `mode` is "hybrid", "dense" or "keyword". `sources` are documents, directories or globs,
        `where` is a filter over metadata as --filter takes it; both restrict what is searched.
        Scores compare within one result only.
        """
        text, limit, kind = check_text(query, "query"), check_top_k(top_k), parse_mode(mode)
        return self._search(
            lambda searcher: searcher.search(text).hits,
            sources=sources,
            where=where,
            top_k=limit,
            mode=kind,
        )

    def ask(
        self,
        question: str,
        *,
        model: str | None = None,
        extractive: bool = False,
        top_k: int | None = None,
        sources: Sequence[str] = (),
        where: str | None = None,
        on_sentence: Callable[[Sentence], None] | None = None,
    ) -> Answer:
        """Answer a question from the documents, with citations and checked claims.

        `answered` is False and `refusal` has the reason where the documents don't say. `model`
        names a language model instead of the configured one; with `extractive`, or without either,
        the answer is made of quotations. `on_sentence` gets each sentence as soon as it is checked.
        The other options are those of `search`. A question that fails is kept for `ragpg gaps`,
        where that was enabled.
        """
        text, limit = check_text(question, "question"), check_top_k(top_k)
        llm = None if extractive else self._make_language_model(model)
        answers: list[Answer] = []
        with self._lock:
            for event in self._answer(text, llm=llm, top_k=limit, sources=sources, where=where):
                if isinstance(event, Answer):
                    answers.append(event)
                elif isinstance(event, Sentence) and on_sentence:
                    on_sentence(event)
        return answers[-1]

    def chat(
        self,
        *,
        model: str | None = None,
        extractive: bool = False,
        top_k: int | None = None,
        sources: Sequence[str] = (),
        where: str | None = None,
    ) -> Chat:
        """Return a conversation: its questions may go on with the ones before them.

        The options are those of `ask`.
        """
        llm = None if extractive else self._make_language_model(model)
        answer = partial(
            self._answer, llm=llm, top_k=check_top_k(top_k), sources=tuple(sources), where=where
        )
        return Chat(answer, llm)

    def verify(
        self, text: str, *, sources: Sequence[str] = (), where: str | None = None
    ) -> Verification:
        """Check what a text states against the documents, claim by claim.

        The offsets of its claims count code points in `text`. `sources` and `where` are those of
        `search`.
        """
        from ragpg.pipeline import verify as pipeline

        def check(searcher: Searcher) -> Verification:
            events = pipeline.verify(
                utf8.sanitise(text),
                searcher=searcher,
                resolve_path=lambda path: self._paths.to_globs([path]),
                nli=self._nli,
                reader=self._reader,
            )
            [verification] = (event for event in events if isinstance(event, Verification))
            return verification

        return self._search(check, sources=sources, where=where)

    def list_documents(self, *, sources: Sequence[str] = ()) -> tuple[StoredDocument, ...]:
        """Return the documents in the table, by source; none where nothing has been ingested.

        `sources` are documents, directories or globs. Raises DocumentError where one means none.
        """
        try:
            documents = self._with_store(lambda store: tuple(store.list_documents()))
        except NothingIngestedError:
            documents = ()
        if not sources:
            return documents
        named = set(find_sources(sources, documents, paths=self._paths))
        return tuple(document for document in documents if document.source in named)

    def read_document(self, source: str) -> Document:
        """Return a document with its whole text, verbatim; `source` may be its path, too.

        Raises DocumentError where it is not in the table.
        """

        def read(store: PostgresStore) -> Document | None:
            named = store.read_document(source)
            return named or store.read_document(self._paths.to_source(source))

        document = self._with_store(read)
        if document is None:
            raise DocumentError(
                f"no document {source!r} in the table", hint="`ragpg list` shows the documents"
            )
        return document

    def remove(self, *names: str) -> tuple[str, ...]:
        """Remove documents, by source, directory or glob, and return their sources.

        Their files are left alone. Raises DocumentError where a name means none: nothing is
        removed then.
        """

        def remove(store: PostgresStore) -> tuple[str, ...]:
            found = find_sources(names, store.list_documents(), paths=self._paths)
            store.remove(found)
            store.vacuum()
            return tuple(found)

        return self._with_store(remove)

    def _ingest(self, inputs: Inputs, *, prune: bool = False) -> tuple[Receipt, ...]:
        from ragpg.pipeline import ingest as pipeline

        with self._lock:
            if self._database.is_lost:
                self._database.close()
            try:
                store = self._database.open_for_ingest(
                    embedder=self._embedder, has_files=inputs.has_files
                )
            except NothingIngestedError:
                return ()
            events = pipeline.ingest(
                inputs.files,
                work=inputs.work,
                store=store,
                embedder=self._embedder,
                chunker=self._chunker,
                directories=inputs.directories,
                left_out=inputs.left_out,
                prune=prune,
            )
            receipts = [event for event in events if isinstance(event, Receipt)]
        return tuple(pipeline.merge_receipts(receipts))

    def _answer(
        self,
        question: str,
        *,
        llm: LLM | None,
        top_k: int | None,
        sources: Sequence[str],
        where: str | None,
    ) -> Iterator[Asked | Sentence | Answer]:
        """Yield what the pipeline does, and keep the question if it fails.

        The database is used before the first event and after the last one.
        """
        from ragpg.pipeline import ask as pipeline

        nli = self._nli if llm else None

        def begin(searcher: Searcher) -> Iterator[Asked | Sentence | Answer]:
            events = pipeline.ask(
                question, searcher=searcher, llm=llm, nli=nli, reader=self._reader
            )
            return chain([next(events)], events)

        answer: Answer | None = None
        for event in self._search(begin, sources=sources, where=where, top_k=top_k):
            answer = event if isinstance(event, Answer) else answer
            yield event
        if answer:
            self._keep_failure(answer)

    def _search(
        self,
        operation: Callable[[Searcher], Result],
        *,
        sources: Sequence[str],
        where: str | None,
        top_k: int | None = None,
        mode: Mode | None = None,
    ) -> Result:
        """Search with the configured options, restricted and changed by those that are given."""
        from ragpg import filters
        from ragpg.pipeline.search import Searcher

        expression = filters.parse_filter(where) if where is not None else None
        base = self._search_options
        options = replace(
            base,
            sources=self._paths.to_globs(sources),
            filter=expression,
            top_k=top_k or base.top_k,
            mode=mode or base.mode,
        )

        def search(store: PostgresStore) -> Result:
            store.check_model(self._embedder.model)
            return operation(Searcher(store, self._embedder, options))

        return self._with_store(search)

    def _with_store(self, operation: Callable[[PostgresStore], Result]) -> Result:
        """Open the store as it is now; a server that has been restarted is connected to again."""
        with self._lock:
            try:
                return operation(self._database.open_store())
            except LostConnectionError:
                self._database.close()
                return operation(self._database.open_store())

    def _keep_failure(self, answer: Answer) -> None:
        """Keep a question that failed; where that is not possible, a warning is logged."""
        if find_failure(answer) is None:
            return
        try:
            self._with_store(lambda store: FailureLog(store, warn=logger.warning).keep(answer))
        except DatabaseError as error:
            logger.warning("the question is not kept for `ragpg gaps`: %s", error.message)

    def _make_language_model(self, model: str | None) -> LLM | None:
        if model is None:
            return self._language_model
        llm = replace(self.config.llm, model=model)
        return factories.make_language_model(replace(self.config, llm=llm))

    @cached_property
    def _search_options(self) -> SearchOptions:
        return factories.make_search_options(self.config)

    @cached_property
    def _language_model(self) -> LLM | None:
        return factories.make_language_model(self.config)

    @cached_property
    def _embedder(self) -> Embedder:
        return factories.make_embedder(self.config)

    @cached_property
    def _chunker(self) -> Chunker:
        return factories.make_chunker(self.config)

    @cached_property
    def _nli(self) -> NliModel | None:
        return factories.make_nli_model(self.config)

    @cached_property
    def _reader(self) -> Reader | None:
        return factories.make_reader()
