"""The one place where configuration becomes parts: another part is another line here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ragpg.errors import ConfigurationError
from ragpg.types import Mode

if TYPE_CHECKING:
    from ragpg.config import Config
    from ragpg.embedding.hosted import HostedEmbedder
    from ragpg.embedding.local import LocalEmbedder
    from ragpg.filters import Expression
    from ragpg.pipeline.ingest import Chunker
    from ragpg.pipeline.retriever import SearchOptions
    from ragpg.protocols import LLM, Embedder, NliModel, Reranker
    from ragpg.types import EmbeddingModel


def embedder(config: Config) -> Embedder:
    """Make the configured embedder; its model is loaded when it is first needed."""
    return hosted(config) if config.embedding.provider == "litellm" else local(config)


def model_at_hand(config: Config, *, dimension: int) -> EmbeddingModel:
    """The configured embedding model, without asking the network for anything.

    Raises ProviderError where it is not on this machine. `dimension` is taken for that of a hosted
    model whose configuration does not say it.
    """
    if config.embedding.provider == "litellm":
        return hosted(config).model_with_dimension(dimension)
    return local(config, offline=True).model


def hosted(config: Config) -> HostedEmbedder:
    """Make an embedder behind litellm."""
    from ragpg.embedding.hosted import HostedEmbedder

    settings = config.embedding
    return HostedEmbedder(
        settings.model,
        api_base=settings.api_base,
        dimensions=settings.dimensions,
        query_prompt=settings.query_prompt or "",
        passage_prompt=settings.passage_prompt or "",
        batch_size=automatic(settings.batch_size, 64),
    )


def local(config: Config, *, offline: bool = False) -> LocalEmbedder:
    """Make an embedder on this machine."""
    from ragpg.embedding import local, model_files, torch_encoder

    settings = config.embedding
    directory = model_files.find_model(settings.model, offline=offline)
    return local.LocalEmbedder(
        directory,
        torch_encoder.TorchEncoder(
            settings.model,
            directory,
            device=device(settings.device),
            batch_size=None if settings.batch_size == "auto" else int(settings.batch_size),
            trust_remote_code=settings.trust_remote_code,
        ),
        dimensions=settings.dimensions,
        query_prompt=settings.query_prompt or "",
        passage_prompt=settings.passage_prompt or "",
        words=config.retrieval.word_vectors,
    )


def chunker(config: Config) -> Chunker:
    """Make the configured chunker."""
    from ragpg.chunking import Limits
    from ragpg.embedding import model_files
    from ragpg.embedding.tokenizer import ModelTokenizer
    from ragpg.pipeline.ingest import Chunker

    settings = config.embedding
    local = settings.provider == "sentence-transformers"
    # A hosted model's tokenizer is out of reach; its window is larger than any chunk.
    directory = (
        model_files.find_model(settings.model) if local else model_files.find_default_model()
    )
    tokenizer = ModelTokenizer(directory, prompt=settings.passage_prompt or "")
    limits = Limits(max_tokens=config.chunking.max_tokens, min_tokens=config.chunking.min_tokens)
    return Chunker(tokenizer, limits, config.retrieval.language)


def search_options(
    config: Config, *, sources: tuple[str, ...] = (), where: Expression | None = None
) -> SearchOptions:
    """Make the configured search options, restricted to some sources and by a filter."""
    from ragpg.pipeline.retriever import SearchOptions
    from ragpg.retrieval import abstention

    settings = config.retrieval
    return SearchOptions(
        mode=Mode(settings.mode),
        top_k=settings.top_k,
        candidates=settings.candidates,
        ef_search=settings.ef_search,
        sources=sources,
        filter=where,
        reranker=reranker(config),
        refusal_threshold=abstention.THRESHOLD if settings.refusal == "auto" else -math.inf,
    )


def reranker(config: Config) -> Reranker | None:
    """Make the configured reranker, if there is one; its model is loaded when it is needed."""
    name = config.retrieval.reranker
    if name is None:
        return None
    from ragpg.embedding.reranker import CrossEncoderReranker

    return CrossEncoderReranker.from_name(name, device=device(config.embedding.device))


def entailment(config: Config) -> NliModel | None:
    """Make the configured NLI model, if there is one; it is loaded when it is needed."""
    name = config.verify.model
    if name is None:
        return None
    from ragpg.embedding.nli import CrossEncoderNli

    return CrossEncoderNli.from_name(name, device=device(config.embedding.device))


def device(name: str) -> str | None:
    """Read the setting of where models run; None leaves it to PyTorch."""
    return None if name == "auto" else name


def language_model(config: Config) -> LLM | None:
    """Make the configured language model, if there is one."""
    settings = config.llm
    if settings.model is None:
        return None
    from ragpg.llm.litellm_model import LiteLLM
    from ragpg.providers.litellm_import import import_in_background

    import_in_background()
    return LiteLLM(
        model=settings.model,
        api_base=settings.api_base,
        temperature=settings.temperature,
        max_tokens=settings.max_tokens,
        timeout=settings.timeout,
        retries=settings.retries,
        context_tokens=None if settings.context_tokens == "auto" else int(settings.context_tokens),
    )


def refuse_unsupported(config: Config) -> None:
    """Refuse settings that this version cannot honour: raises ConfigurationError."""
    if config.database.distributed:
        raise ConfigurationError(
            "dbDistributed = True is not supported by this version of ragpg",
            hint="leave dbDistributed out",
        )


def automatic(value: int | str, default: int) -> int:
    """Read a setting that may be "auto"."""
    return value if isinstance(value, int) else default
