"""Answers, their claims and citations, and what is exchanged with a language model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ragpg.errors import RagpgError
    from ragpg.types.places import Locator, PlaceMap
    from ragpg.types.search import Hit


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim, contiguous part of a hit; `number` is the hit's rank."""

    hit: Hit
    number: int
    quote: str

    @property
    def place(self) -> Locator | None:
        """The page, slide or cells where the quote begins."""
        hit = self.hit
        before = hit.text[: max(0, hit.text.find(self.quote))]
        first = hit.start_line + before.count("\n")
        places: PlaceMap = hit.places
        return places.find(first, first + self.quote.count("\n"))


class Verdict(StrEnum):
    """Whether the cited passages support a claim."""

    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"
    UNCITED = "uncited"


class Finding(StrEnum):
    """What all passages shown say about a claim, whatever it cites."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    PARTIAL = "partial"
    NOT_FOUND = "not_found"


class CitedBy(StrEnum):
    """Who chose the citations of a claim: whoever wrote the text, or the check of claims."""

    MODEL = "model"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer; `score` in 0…1 ranks claims by how well they are supported.

    `pointer` is the JSON Pointer of the string that makes it, in an answer by a schema.
    """

    text: str
    citations: tuple[int, ...]
    verdict: Verdict
    score: float
    why: str | None = None
    supported_by: tuple[int, ...] = ()
    finding: Finding = Finding.NOT_FOUND
    cited_by: CitedBy = CitedBy.MODEL
    pointer: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A finished sentence of an answer, verbatim, and the claims that it makes."""

    text: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class LocatedClaim:
    """A claim with its position in the text that was verified: `text[start:end]`.

    Lines count from 1, `end_line` is inclusive. `quotes` are the parts of the documents that its
    verdict is based on. A claim `is_accepted` if the project puts up with its verdict.
    """

    claim: Claim
    start: int
    end: int
    start_line: int
    end_line: int
    quotes: tuple[Citation, ...] = ()
    is_accepted: bool = False


@dataclass(frozen=True, slots=True)
class Verification:
    """The claims of a text, in its order."""

    claims: tuple[LocatedClaim, ...]

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The quotes of all claims, each once."""
        return tuple(dict.fromkeys(quote for claim in self.claims for quote in claim.quotes))

    @property
    def supported(self) -> int:
        """The number of supported claims."""
        return sum(located.claim.verdict is Verdict.SUPPORTED for located in self.claims)

    @property
    def unsupported(self) -> int:
        """The number of all other claims."""
        return len(self.claims) - self.supported

    @property
    def unsupported_claims(self) -> tuple[LocatedClaim, ...]:
        """The claims without support but for those that are accepted."""
        return tuple(
            located
            for located in self.claims
            if located.claim.verdict is not Verdict.SUPPORTED and not located.is_accepted
        )

    def count(self, finding: Finding) -> int:
        """Return the number of claims with a finding."""
        return sum(located.claim.finding is finding for located in self.claims)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file whose text was verified, or the error because of which it could not be read.

    `name` is its path as the user sees it; "-" is standard input.
    """

    name: str
    text: str = ""
    verification: Verification = Verification(())
    error: RagpgError | None = None


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds."""

    retrieve: float
    generate: float
    total: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question is not answered; `missing` are its terms that no passage mentions.

    The reason `is_specific` if it names something that the passages lack.
    """

    reason: str
    missing: tuple[str, ...] = ()
    is_specific: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its evidence; `text` is None where the documents don't say.

    `refusal` says why, then. `answerability` is the score by which that was decided, before a model
    was called; see `refusal.answerability`. `data` is the value of an answer by a schema,
    whose JSON is `text`.
    """

    question: str
    text: str | None
    model: str
    citations: tuple[Citation, ...]
    claims: tuple[Claim, ...]
    hits: tuple[Hit, ...]
    usage: Mapping[str, Any] | None
    timings: Timings
    answerability: float = 0.0
    refusal: Refusal | None = None
    data: Any = None

    @property
    def answered(self) -> bool:
        """Whether there is an answer."""
        return self.text is not None

    @property
    def is_unfounded(self) -> bool:
        """Whether it makes claims, and none of them is supported."""
        verdicts = {claim.verdict for claim in self.claims}
        return bool(verdicts) and Verdict.SUPPORTED not in verdicts


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a language model; `role` is "system" or "user"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A language model is being asked; `host` is where, None if only litellm knows."""

    model: str
    host: str | None


@dataclass(frozen=True, slots=True)
class Completion:
    """The end of a model's stream; `finish_reason` is "stop" or "length"."""

    finish_reason: str
    usage: Mapping[str, Any] | None = None
