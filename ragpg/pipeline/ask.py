"""Questions to answers."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from ragpg import quoting
from ragpg.errors import ProviderError
from ragpg.pipeline.retriever import search
from ragpg.retrieval import abstention
from ragpg.types import Answer, Claim, Completion, Mode, Timings, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ragpg.pipeline.retriever import Lookup, Retrieved
    from ragpg.protocols import LLM, Embedder, Entailment, Store
    from ragpg.quoting import Excerpt, Unit
    from ragpg.types import Hit, Question

EXTRACTIVE = "extractive"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A finished sentence of a model's answer, as it stands there, and the claims that it makes."""

    text: str
    claims: tuple[Claim, ...]


def ask(
    question: str,
    *,
    store: Store,
    embedder: Embedder,
    lookup: Lookup,
    llm: LLM | None,
    nli: Entailment | None = None,
) -> Iterator[Sentence | Answer]:
    """Answer from the documents: sentences as a model finishes them, and at last the answer.

    Without a model the answer quotes. Raises ProviderError when the model fails; if it had said
    something by then, the partial answer was yielded before.
    """
    started = time.perf_counter()
    retrieved = search(question, store=store, embedder=embedder, lookup=lookup)
    found = take_apart(retrieved, retrieved.question or embedder.embed_question(question))
    sure = confidence(question, found, store=store, embedder=embedder, lookup=lookup)
    answer = Answer(
        question=question,
        text=None,
        model=llm.name if llm else EXTRACTIVE,
        citations=(),
        claims=(),
        hits=retrieved.hits,
        usage=None,
        timings=Timings(retrieve=time.perf_counter() - started, generate=0.0, total=0.0),
        confidence=sure,
    )
    if sure < lookup.threshold or not found.units:
        yield timed(answer, started)
        return
    events = generate(answer, llm=llm, nli=nli) if llm else quote(answer, found, embedder=embedder)
    for event in events:
        yield timed(event, started) if isinstance(event, Answer) else event


@dataclass(frozen=True, slots=True)
class Found:
    """What was retrieved and the units of its passages.

    `near` is how near each unit's words are to the question's, by the words that are stored; None
    where the model gives no vectors of words.
    """

    retrieved: Retrieved
    asked: Question
    units: Sequence[Unit]
    near: Sequence[float] | None


def take_apart(retrieved: Retrieved, asked: Question) -> Found:
    """Take passages apart into what can be quoted."""
    units = quoting.units(retrieved.hits)
    if asked.vectors is None:
        return Found(retrieved, asked, units, None)
    codes = [[part.candidate.words for part in one.parts] for one in retrieved.passages]
    terms = retrieved.candidates.terms
    near = quoting.similarities(units, codes, question=asked, terms=terms)
    return Found(retrieved, asked, units, near)


def confidence(
    question: str, found: Found, *, store: Store, embedder: Embedder, lookup: Lookup
) -> float:
    """How sure it is that the documents say; see `abstention.confidence`."""
    if lookup.mode is not Mode.HYBRID:
        # One arm alone knows too little to refuse an answer.
        both = replace(lookup, mode=Mode.HYBRID, reranker=None)
        retrieved = search(question, store=store, embedder=embedder, lookup=both)
        asked = retrieved.question or embedder.embed_question(question)
        found = take_apart(retrieved, asked)
    candidates, best = found.retrieved.candidates, found.retrieved.best
    if best is None:
        return abstention.confidence(candidates, abstention.Evidence())
    near = [0.0] * len(found.units) if found.near is None else found.near
    sentence, terms = quoting.nearest(found.units, near, terms=candidates.terms)
    evidence = abstention.Evidence(
        keywords=best.keywords,
        words=None if found.near is None else best.words,
        sentence=None if found.near is None else sentence,
        terms=terms,
    )
    return abstention.confidence(candidates, evidence)


def quote(answer: Answer, found: Found, *, embedder: Embedder) -> Iterator[Sentence | Answer]:
    """Answer with what the passages say, verbatim, best first."""
    near = compare(found, embedder=embedder) if found.near is None else found.near
    form = quoting.Form.of(answer.question)
    terms = found.retrieved.candidates.terms
    excerpts = quoting.choose(found.units, near, terms=terms, form=form)
    text = "\n\n".join(cited(excerpt) for excerpt in excerpts)
    checked = tuple(
        Claim(
            excerpt.text,
            (excerpt.number,),
            Verdict.SUPPORTED,
            score=1.0,
            supported_by=(excerpt.number,),
        )
        for excerpt in excerpts
    )
    yield Sentence(text, checked)
    citations = tuple(citation for excerpt in excerpts for citation in excerpt.citations)
    yield replace(answer, text=text, citations=citations, claims=checked)


def compare(found: Found, *, embedder: Embedder) -> list[float]:
    """Similarity of the question to each unit, by embedding the units."""
    passages = embedder.embed_passages([unit.passage for unit in found.units])
    similarities: list[float] = (passages @ found.asked.vector).tolist()
    return similarities


def cited(excerpt: Excerpt) -> str:
    """Put the number behind a quotation: below it where it would become a cell or code."""
    separator = "\n" if excerpt.text.endswith(("|", "```", "~~~")) else " "
    return f"{excerpt.text}{separator}[{excerpt.number}]"


def generate(
    answer: Answer, *, llm: LLM, nli: Entailment | None = None
) -> Iterator[Sentence | Answer]:
    """Let a model answer from the passages and check what it says, sentence by sentence."""
    from ragpg import claims
    from ragpg.llm import prompt

    messages, shown = prompt.compose(answer.question, answer.hits, budget=llm.prompt_tokens)
    plain = check = partial(claims.check, hits=shown)
    if nli:
        nli.load()
        check = partial(plain, opinions=nli.judge)
    text, rest, head, end = "", "", "", None
    try:
        for piece in llm.stream(messages):
            if isinstance(piece, Completion):
                end = piece
                break
            text += piece
            finished, rest = claims.finished_sentences(rest + piece)
            for sentence in finished:
                yield Sentence(sentence, tuple(check(sentence, head=head)))
                head = claims.open_table(head + sentence)
    except ProviderError:
        # It may be the NLI model that failed.
        if rest:
            yield Sentence(rest, tuple(plain(rest, head=head)))
        if text.strip():
            yield judge(answer, text, shown, plain)
        raise
    if rest:
        yield Sentence(rest, tuple(check(rest, head=head)))
    yield replace(judge(answer, text, shown, check), usage=end.usage if end else None)
    if end and end.finish_reason == "length":
        raise ProviderError(
            f"the answer of {llm.name!r} was cut at maxTokens",
            hint="raise maxTokens in [llm]",
        )


def judge(
    answer: Answer, text: str, shown: tuple[Hit, ...], check: Callable[[str], Sequence[Claim]]
) -> Answer:
    """Check a model's whole answer against the passages that it was shown."""
    from ragpg import claims

    if claims.says_not_in_documents(text):
        return answer
    checked = tuple(check(text))
    citations = tuple(citation for claim in checked for citation in claims.quotes(claim, shown))
    return replace(answer, text=text, claims=checked, citations=tuple(dict.fromkeys(citations)))


def timed(answer: Answer, started: float) -> Answer:
    """Note how long it took."""
    total = time.perf_counter() - started
    retrieve = answer.timings.retrieve
    return replace(answer, timings=Timings(retrieve, total - retrieve, total))
