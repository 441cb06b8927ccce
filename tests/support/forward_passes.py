"""Forward passes that the tests of a process have in common are computed once."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any

from ragpg.embedding.bert_numpy import NumpyBert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

    from ragpg.types import Vectors

MOST_BYTES = 2**27
"""Bytes of states that are kept, the last that were used."""


class States:
    """The states of token sequences that were computed before, by model and tokens."""

    def __init__(self) -> None:
        self._known: OrderedDict[Any, list[Vectors]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def find(self, key: object) -> list[Vectors] | None:
        """Return what was computed, if it is still there."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def keep(self, key: object, states: list[Vectors]) -> None:
        """Keep what was computed, which nobody can change any more."""
        for each in states:
            each.flags.writeable = False
        with self._lock:
            if key not in self._known:
                self._known[key] = states
                self._bytes += sum(each.nbytes for each in states)
            while self._bytes > MOST_BYTES:
                _, oldest = self._known.popitem(last=False)
                self._bytes -= sum(each.nbytes for each in oldest)


def compute_once(patch: pytest.MonkeyPatch) -> None:
    """Let `NumpyBert` return the states it computed, to the last bit, where all is the same.

    Hundreds of tests embed the same few documents and questions.
    """
    states, create, compute = States(), NumpyBert.__init__, NumpyBert._encode

    def begin(self: Any, directory: Path, tensors: Any = None) -> None:
        create(self, directory, tensors)
        weights = (directory / "model.safetensors").resolve()
        self.model = (weights, weights.stat().st_mtime_ns, tensors is None)

    def encode(self: Any, batch: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[Vectors]:
        key = self.model, tuple((tuple(ids), tuple(types)) for ids, types in batch)
        found = states.find(key)
        if found is None:
            found = compute(self, batch)
            states.keep(key, found)
        return list(found)

    patch.setattr(NumpyBert, "__init__", begin)
    patch.setattr(NumpyBert, "_encode", encode)
