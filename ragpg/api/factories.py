"""Makes the exchangeable parts from a configuration: a new kind of part is chosen here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, TypeVar

from ragpg.errors import ConfigurationError
from ragpg.optional import LITELLM, SENTENCE_TRANSFORMERS, TORCH
from ragpg.types import Mode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ragpg.chunking import Limits
    from ragpg.config import Config
    from ragpg.embedding.hosted import HostedEmbedder
    from ragpg.embedding.local import LocalEmbedder
    from ragpg.filters import Expression
    from ragpg.llm.chat_model import ChatModel
    from ragpg.pipeline.search import Searcher, SearchOptions
    from ragpg.pipeline.write import Chunker
    from ragpg.protocols import LLM, Embedder, NliModel, Reader, Reranker
    from ragpg.store.postgres import PostgresStore
    from ragpg.types import EmbeddingModel

T = TypeVar("T", int, str)

HOSTED_BATCH_SIZE = 64
"""Passages in a request where batchSize is "auto"; chosen by hand."""


def make_embedder(config: Config) -> Embedder:
    """Make the configured embedder; its model is loaded when it is first needed."""
    if config.embedding.provider == "litellm":
        return make_hosted_embedder(config)
    return make_local_embedder(config)


def find_model_offline(config: Config, *, dimension: int) -> EmbeddingModel:
    """Return the configured embedding model without network access.

    `dimension` is assumed for a hosted model whose dimension is not configured. Raises
    ProviderError where a local model is not on this machine.
    """
    if config.embedding.provider == "litellm":
        return make_hosted_embedder(config).model_with_dimension(dimension)
    return make_local_embedder(config, offline=True).model


def make_hosted_embedder(config: Config) -> HostedEmbedder:
    """Make an embedder that calls a service through litellm."""
    LITELLM.require('embedding.provider = "litellm"')
    from ragpg.embedding.hosted import HostedEmbedder

    settings = config.embedding
    return HostedEmbedder(
        settings.model,
        api_base=settings.api_base,
        dimensions=settings.dimensions,
        query_prompt=settings.query_prompt or "",
        passage_prompt=settings.passage_prompt or "",
        batch_size=unless_auto(settings.batch_size) or HOSTED_BATCH_SIZE,
    )


def make_local_embedder(config: Config, *, offline: bool = False) -> LocalEmbedder:
    """Make an embedder that runs on this machine."""
    from ragpg.embedding import bulk_encoder, local, model_files

    settings = config.embedding
    directory = model_files.find_model(settings.model, offline=offline)
    require_pytorch(config, directory)
    return local.LocalEmbedder(
        directory,
        bulk_encoder.BulkEncoder(
            settings.model,
            directory,
            device=unless_auto(settings.device),
            batch_size=unless_auto(settings.batch_size),
            trust_remote_code=settings.trust_remote_code,
        ),
        dimensions=settings.dimensions,
        query_prompt=settings.query_prompt or "",
        passage_prompt=settings.passage_prompt or "",
        words=config.retrieval.word_vectors,
    )


def require_pytorch(config: Config, directory: Path) -> None:
    """Raise ConfigurationError where an embedding model needs PyTorch, and it is missing."""
    from ragpg.embedding import bert_encoder

    settings = config.embedding
    if settings.device not in ("auto", "cpu"):
        TORCH.require(f'embedding.device = "{settings.device}"')
    if not bert_encoder.is_supported(directory):
        SENTENCE_TRANSFORMERS.require(f'embedding.model = "{settings.model}", which is no BERT,')


def make_limits(config: Config) -> Limits:
    """Make the configured limits of a chunk."""
    from ragpg.chunking import Limits

    return Limits(max_tokens=config.chunking.max_tokens, min_tokens=config.chunking.min_tokens)


def make_chunker(config: Config) -> Chunker:
    """Make the configured chunker."""
    from ragpg.embedding import model_files
    from ragpg.embedding.tokenizer import ModelTokenizer
    from ragpg.pipeline.write import Chunker

    settings = config.embedding
    local = settings.provider == "sentence-transformers"
    # A hosted model's tokenizer is not available; its window is larger than any chunk.
    directory = (
        model_files.find_model(settings.model) if local else model_files.find_default_model()
    )
    tokenizer = ModelTokenizer(directory, prompt=settings.passage_prompt or "")
    return Chunker(tokenizer, make_limits(config), config.retrieval.language)


def make_search_options(
    config: Config, *, sources: tuple[str, ...] = (), where: Expression | None = None
) -> SearchOptions:
    """Make the configured search options, restricted by globs over sources and by a filter."""
    from ragpg import refusal
    from ragpg.pipeline.search import SearchOptions

    settings = config.retrieval
    return SearchOptions(
        mode=Mode(settings.mode),
        top_k=settings.top_k,
        candidates=settings.candidates,
        ef_search=settings.ef_search,
        sources=sources,
        filter=where,
        reranker=make_reranker(config),
        refusal_threshold=-math.inf if settings.refusal == "off" else refusal.THRESHOLD,
    )


def make_searcher(
    config: Config,
    store: PostgresStore,
    embedder: Embedder,
    *,
    sources: Sequence[str] | None = None,
    where: Expression | None = None,
) -> Searcher:
    """Make a searcher of a store with the configured options; `sources` are those of --source."""
    from ragpg.api.paths import SourcePaths
    from ragpg.pipeline.search import Searcher

    globs = SourcePaths.from_cwd().to_globs(sources)
    return Searcher(store, embedder, make_search_options(config, sources=globs, where=where))


def make_reranker(config: Config) -> Reranker | None:
    """Make the configured reranker, if any; its model is loaded when it is first needed."""
    name = config.retrieval.reranker
    if name is None:
        return None
    SENTENCE_TRANSFORMERS.require(f'retrieval.reranker = "{name}"')
    from ragpg.embedding.reranker import CrossEncoderReranker

    return CrossEncoderReranker.from_name(name, device=unless_auto(config.embedding.device))


def make_nli_model(config: Config) -> NliModel | None:
    """Make the configured NLI model, if any; it is loaded when it is first needed."""
    name = config.verify.model
    if name is None:
        return None
    SENTENCE_TRANSFORMERS.require(f'verify.model = "{name}"')
    from ragpg.embedding.nli import CrossEncoderNli

    return CrossEncoderNli.from_name(name, device=unless_auto(config.embedding.device))


def make_reader() -> Reader | None:
    """Make the reader of pairs, if the model is installed that it is made of."""
    from ragpg.embedding import model_files
    from ragpg.embedding.pair_reader import PairReader

    try:
        return PairReader(model_files.find_default_model())
    except ConfigurationError:
        return None


def make_language_model(config: Config) -> LLM | None:
    """Make the configured language model, if any, and start to load what speaks to it."""
    settings = config.llm
    if settings.model is None:
        return None
    return choose_client(settings.model)(
        model=settings.model,
        api_base=settings.api_base,
        temperature=settings.temperature,
        max_tokens=settings.max_tokens,
        timeout=settings.timeout,
        retries=settings.retries,
        context_tokens=unless_auto(settings.context_tokens),
    )


def find_prompt_budget(config: Config, llm: LLM | None) -> int:
    """Return how many tokens a prompt may have; without a model, for one that is not known."""
    if llm:
        return llm.prompt_tokens
    from ragpg.llm.chat_model import FALLBACK_WINDOW

    window = unless_auto(config.llm.context_tokens) or FALLBACK_WINDOW
    return max(window - config.llm.max_tokens, 0)


def choose_client(model: str) -> type[ChatModel]:
    """Return what speaks to a model: litellm, which takes seconds to load, only where it has to."""
    from ragpg.providers.direct_providers import find_direct_provider

    if find_direct_provider(model):
        from ragpg.llm.direct_model import DirectModel

        return DirectModel
    LITELLM.require(f'llm.model = "{model}"')
    from ragpg.llm.litellm_model import LiteLLM

    return LiteLLM


def unless_auto(value: T | Literal["auto"]) -> T | None:
    """Return the value of a setting; None for "auto", which leaves the choice to the program."""
    return None if value == "auto" else value
