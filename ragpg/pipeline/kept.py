"""What of an ingest is in the database for good, whenever it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ragpg.pipeline.ingest import WRITTEN
from ragpg.pipeline.write import Writing
from ragpg.types import DocumentStatus, Receipt, Work

if TYPE_CHECKING:
    from ragpg.pipeline.ingest import Event


@dataclass(slots=True)
class Kept:
    """Follows the events of an ingest: the work, and which of its documents were written."""

    work: Work | None = None
    receipts: list[Receipt] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    unchanged: int = 0
    writing: Writing | None = None

    def add(self, event: Event) -> None:
        """Take an event."""
        match event:
            case Work():
                self.work, self.written, self.unchanged = event, set(), 0
            case Writing():
                self.writing = event
            case Receipt():
                self.receipts.append(event)
                if event.status in WRITTEN:
                    self.written.add(event.source)
                self.unchanged += event.status is DocumentStatus.UNCHANGED

    def count_written(self) -> int:
        """Return how many documents were written, after an interrupt at any moment.

        Nothing else can be done with the store after this.
        """
        documents = self.writing.documents if self.writing else ()
        pending = [d for d in documents if d.document.source not in self.written]
        if self.writing and pending:
            stored = self.writing.writer.find_written(pending)
            self.written |= {
                d.document.source for d, there in zip(pending, stored, strict=True) if there
            }
        return len(self.written)
