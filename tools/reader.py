"""Train `ragpg/embedding/pair_reader.safetensors`, a small model that reads two texts together.

It learns whether a claim follows from a text, and which segments of a passage answer a question.
Run as `python -m tools.reader`; it takes hours with two processor cores, and needs what
`ragpg[dev]` installs. tools/reader_data.md describes the data. The model is all-MiniLM-L6-v2 with
trained layers and two linear outputs; the embeddings of its words stay as they are.
"""

from __future__ import annotations

import json
import lzma
import random
from collections import defaultdict
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import AutoModel

from ragpg.embedding import model_files
from ragpg.embedding.pair_reader import (
    SCALE,
    WEIGHTS,
    EncodedPair,
    encode_claim,
    encode_question,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    Passage = dict[str, Any]
    Group = list["Pair"]

DATA = Path(__file__).with_name("reader_data.jsonl.xz")

EPOCHS = 2
BATCH_TOKENS = 3_000
LEARNING_RATE = 1.2e-4
OUTPUT_FACTOR = 10
"""How much faster the outputs learn than the layers."""
WARM_UP = 40
"""Steps until the learning rate is reached; from then on it falls linearly."""
RANKING_WEIGHT = 0.5
"""Weight of the loss of pairs of claims: what follows from a passage scores above what doesn't,
whatever the words of both."""
QUESTION_WEIGHT = 0.5
"""Weight of the loss of questions beside that of claims."""
DROPOUT = 0.05
MAX_NEIGHBOURS = 2
"""Segments before and after those that a claim is about, which are read with them."""
ELSEWHERE = 0.3
"""How often a true claim is read with another segment, from which it does not follow."""
AROUND_EDIT = 0.4
"""How often an edited segment is read with the one before it, and with the one after it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, and what is to be learned of them: of a claim, or of each of the places."""

    encoded: EncodedPair
    labels: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.encoded.ids)


class Encoder:
    """Makes pairs of what is written about passages, as the program encodes them."""

    def __init__(self, tokenizer: Tokenizer, rng: random.Random) -> None:
        self._tokenizer = tokenizer
        self._rng = rng

    def encode_claims(self, passage: Passage) -> Iterator[Pair]:
        """Yield the claims of a passage with the text around what they are about."""
        heading, segments = passage["heading"], passage["segments"]
        for claim in passage["claims"]:
            text = self._cut(segments, claim["segments"])
            yield self._encode_claim(claim["text"], heading, text, follows=claim["follows"])
            others = [i for i in range(len(segments)) if i not in claim["segments"]]
            if claim["follows"] and others and self._rng.random() < ELSEWHERE:
                other = segments[self._rng.choice(others)]
                yield self._encode_claim(claim["text"], heading, other, follows=False)
        for edit in passage["edits"]:
            around = (
                segments[: min(edit["segments"])][-1:],
                segments[max(edit["segments"]) + 1 :][:1],
            )
            before, after = (each if self._rng.random() < AROUND_EDIT else [] for each in around)
            text = " ".join((*before, edit["text"], *after))
            yield self._encode_claim(edit["follows"], heading, text, follows=True)
            for claim in edit["fails"]:
                yield self._encode_claim(claim, heading, text, follows=False)

    def encode_question(self, question: Passage, passages: Sequence[Passage]) -> Iterator[Pair]:
        """Yield a question with each of some passages, of which the first is its own."""
        for index, passage in enumerate(passages):
            text = (passage["heading"], passage["segments"])
            answers = question["segments"] if index == 0 else ()
            labels = tuple(place in answers for place in range(len(passage["segments"])))
            yield Pair(encode_question(self._tokenize, question["text"], *text), labels)

    def _cut(self, segments: Sequence[str], named: Sequence[int]) -> str:
        """Return some segments with a few of their neighbours."""
        first = max(0, min(named) - self._rng.randint(0, MAX_NEIGHBOURS))
        last = max(named) + self._rng.randint(0, MAX_NEIGHBOURS)
        kept = {*range(first, min(named)), *named, *range(max(named) + 1, last + 1)}
        return " ".join(segment for i, segment in enumerate(segments) if i in kept)

    def _encode_claim(self, claim: str, heading: str, text: str, *, follows: bool) -> Pair:
        return Pair(encode_claim(self._tokenize, claim, heading, text), (follows,))

    def _tokenize(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids


class ReaderModel(torch.nn.Module):
    """The layers of a BERT, with the two outputs."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self.bert = AutoModel.from_pretrained(
            directory,
            add_pooling_layer=False,
            hidden_dropout_prob=DROPOUT,
            attention_probs_dropout_prob=DROPOUT,
        )
        size = self.bert.config.hidden_size
        self.claim, self.segment = torch.nn.Linear(2 * size, 1), torch.nn.Linear(size, 1)
        self.bert.embeddings.requires_grad_(requires_grad=False)

    def judge_claims(self, pairs: Sequence[Pair]) -> Tensor:
        """Return the log-odds that claims follow, shape (pairs,)."""
        states = self._read(pairs)
        means = []
        for read, pair in zip(states, pairs, strict=True):
            start = len(pair.encoded.first)
            means.append(torch.cat([read[:start].mean(0), read[start : len(pair)].mean(0)]))
        scores: Tensor = self.claim(torch.stack(means).float()).squeeze(-1)
        return scores

    def judge_segments(self, pairs: Sequence[Pair]) -> Tensor:
        """Return the log-odds that segments answer, shape (segments,); those cut off have none."""
        states = self._read(pairs)
        means = [
            read[place.start : place.stop].mean(0)
            for read, pair in zip(states, pairs, strict=True)
            for place in pair.encoded.places
            if place
        ]
        scores: Tensor = self.segment(torch.stack(means).float()).squeeze(-1)
        return scores

    def _read(self, pairs: Sequence[Pair]) -> Tensor:
        def pad(rows: Sequence[Sequence[int]]) -> Tensor:
            tensors = [torch.tensor(row) for row in rows]
            return torch.nn.utils.rnn.pad_sequence(tensors, batch_first=True)

        ids = pad([pair.encoded.ids for pair in pairs])
        seen = pad([[1] * len(pair) for pair in pairs])
        types = pad([pair.encoded.types for pair in pairs])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            result = self.bert(ids, attention_mask=seen, token_type_ids=types)
        states: Tensor = result.last_hidden_state
        return states


def main() -> None:
    """Train on all passages, and write the weights."""
    torch.manual_seed(0)
    rng = random.Random(0)
    directory = model_files.find_default_model()
    with lzma.open(DATA, "rt", encoding="utf-8") as lines:
        passages = [json.loads(line) for line in lines]
    encoder = Encoder(Tokenizer.from_file(str(directory / "tokenizer.json")), rng)
    model = ReaderModel(directory)
    train(model, passages, encoder, rng)
    save_file(quantize(model), WEIGHTS)
    print(f"{WEIGHTS}: {WEIGHTS.stat().st_size / 1e6:.1f} MB")


def train(
    model: ReaderModel, passages: list[Passage], encoder: Encoder, rng: random.Random
) -> None:
    """Train a model on a batch of claims and one of questions at a time; print its losses."""
    outputs = [*model.claim.parameters(), *model.segment.parameters()]
    groups = [
        {"params": list(model.bert.encoder.parameters()), "lr": LEARNING_RATE},
        {"params": outputs, "lr": OUTPUT_FACTOR * LEARNING_RATE},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    claims = [
        batch
        for _ in range(EPOCHS)
        for batch in make_batches([list(encoder.encode_claims(p)) for p in shuffle(passages, rng)])
    ]
    questions = cycle(make_batches(list(encode_questions(shuffle(passages, rng), encoder, rng))))

    def rate(step: int) -> float:
        return min(1, (step + 1) / WARM_UP) * (1 - step / len(claims))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    for step, (claim_batch, question_batch) in enumerate(zip(claims, questions, strict=False), 1):
        loss = measure_claims(model, claim_batch)
        loss = loss + QUESTION_WEIGHT * measure_questions(model, question_batch)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        if step % 20 == 0:
            print(f"step {step} of {len(claims)}: loss {loss.item():.3f}", flush=True)


def shuffle(passages: Sequence[Passage], rng: random.Random) -> list[Passage]:
    """Return passages in another order."""
    return rng.sample(passages, len(passages))


def encode_questions(
    passages: Sequence[Passage], encoder: Encoder, rng: random.Random
) -> Iterator[Group]:
    """Yield each question with its passage and with another one of the same repository."""
    by_repository = defaultdict(list)
    for passage in passages:
        by_repository[passage["repository"]].append(passage)
    for passage in passages:
        for question in passage["questions"]:
            others = [p for p in by_repository[passage["repository"]] if p is not passage]
            yield list(encoder.encode_question(question, [passage, *rng.sample(others, 1)]))


def make_batches(groups: Sequence[Group]) -> list[list[Group]]:
    """Return batches of whole groups, in their order."""
    batches: list[list[Group]] = [[]]
    size = 0
    for group in groups:
        tokens = sum(map(len, group))
        if size + tokens > BATCH_TOKENS and batches[-1]:
            batches.append([])
            size = 0
        batches[-1].append(group)
        size += tokens
    return batches


def measure_claims(model: ReaderModel, batch: Sequence[Group]) -> Tensor:
    """Return the loss of each claim by itself, and of the order of those of one passage."""
    pairs = [pair for group in batch for pair in group]
    scores = model.judge_claims(pairs)
    follows = torch.tensor([float(label) for pair in pairs for label in pair.labels])
    passage = torch.tensor([i for i, group in enumerate(batch) for _ in group])
    loss = functional.binary_cross_entropy_with_logits(scores, follows)
    is_ordered = (passage[:, None] == passage) & (follows[:, None] > follows)
    if is_ordered.any():
        gaps = (scores[:, None] - scores)[is_ordered]
        loss = loss + RANKING_WEIGHT * functional.softplus(-gaps).mean()
    return loss


def measure_questions(model: ReaderModel, batch: Sequence[Group]) -> Tensor:
    """Return the loss of finding the segments that answer among all of a question's.

    Segments that answer and those that don't count half each; one that answers competes with all
    others.
    """
    pairs = [pair for group in batch for pair in group]
    scores = iter(model.judge_segments(pairs))
    losses = []
    for group in batch:
        labels = [
            label
            for pair in group
            for label, place in zip(pair.labels, pair.encoded.places, strict=True)
            if place
        ]
        logits, is_answer = torch.stack([next(scores) for _ in labels]), torch.tensor(labels)
        each = functional.binary_cross_entropy_with_logits(
            logits, is_answer.float(), reduction="none"
        )
        parts = (each[mask].mean() for mask in (is_answer, ~is_answer) if mask.any())
        losses.append(0.5 * torch.stack(list(parts)).sum())
        if is_answer.any():
            found = torch.logsumexp(logits, 0) - torch.logsumexp(logits[is_answer], 0)
            losses[-1] = losses[-1] + found
    return torch.stack(losses).mean()


def quantize(model: ReaderModel) -> dict[str, Tensor]:
    """Return the trained tensors, the matrices of the layers as bytes with a scale for each row."""
    tensors = {}
    for name, tensor in model.state_dict().items():
        if name.startswith("bert.embeddings."):
            continue
        tensors[name] = tensor.contiguous()
        if tensor.ndim == 2 and name.startswith("bert."):
            scale = tensor.abs().amax(1) / 127
            tensors[name] = (tensor / scale[:, None]).round().to(torch.int8)
            tensors[name + SCALE] = scale
    return tensors


if __name__ == "__main__":
    main()
