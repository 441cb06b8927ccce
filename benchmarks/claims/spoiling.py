"""Claims that the passage doesn't make. Each gives None where it does not apply."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from benchmarks.claims.rewording import AUXILIARY, MONTHS, replaced, spelled
from benchmarks.claims.vocabulary import INVENTED, MODALS, OPPOSITES, QUANTIFIERS, UNITS

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from benchmarks.claims.corpus import Source

    Spoiling = Callable[[str, Source, random.Random], str | None]

FIGURE = re.compile(r"(?<![\w.,/-])[$£€]?(\d[\d,]*(?:\.\d+)?)(?![\w/-]|[.,]\d)")
NAME = re.compile(r"(?<=[\w,(] )[A-Z][a-z]{2,}(?: (?:of |the )?[A-Z][a-z]+)*(?![\w’'-])")
LEADING = (  # no subject, or half of one
    "It|They|He|She|This|There|These|That|Those|If|When|While|Once|What|Who|As|For|In|On|At|By|But|"
    "And|So|Or|Because|Since|Although|Here|Using|You|We|I|Depending|Ideally|After|Before|During|To"
)
WORDS = [spelled(number) for number in range(2, 31)]


def number(text: str, source: Source, chance: random.Random) -> str | None:
    """Another figure than the passage's."""
    figures = [each for each in FIGURE.finditer(text) if not is_year(each[1])]
    spelled_out = list(re.finditer(rf"\b(?:{'|'.join(WORDS)})\b(?!-)", text))
    if not figures and not spelled_out:
        return None
    if spelled_out and (not figures or chance.random() < 0.3):
        found = chance.choice(spelled_out)
        other = spelled(WORDS.index(found.group()) + 2 + chance.choice([1, 2, 3, 5]))
        return put(text, found, other)
    found = chance.choice(figures)
    new = another(found[1], chance)
    known = source.passage.text.replace(",", "")
    if new.replace(",", "") in known:
        return None
    return text[: found.start(1)] + new + text[found.end(1) :]


def amount(text: str, source: Source, chance: random.Random) -> str | None:
    """A figure that stands elsewhere in the passage, for another thing."""
    figures = [each for each in FIGURE.finditer(text) if not is_year(each[1])]
    if not figures:
        return None
    found = chance.choice(figures)
    present = {each[1] for each in FIGURE.finditer(text)}
    others = {
        each[1]
        for each in FIGURE.finditer(source.passage.text)
        if each[1] not in present and not is_year(each[1]) and ("." in each[1]) == ("." in found[1])
    }
    if not others:
        return None
    new = chance.choice(sorted(others))
    return text[: found.start(1)] + new + text[found.end(1) :]


def date(text: str, source: Source, chance: random.Random) -> str | None:
    """Another year, month or day."""
    years = list(re.finditer(r"(?<![\w.,/-])(?:1\d|20)\d\d(?![\w/-]|[.,]\d)", text))
    months = list(re.finditer(rf"\b(?:{'|'.join(MONTHS)})\b(?= \d|,)", text))
    if not years and not months:
        return None
    found = chance.choice([*years, *months])
    if found in months:
        new = chance.choice([month for month in MONTHS if month != found.group()])
    else:
        new = str(int(found.group()) + chance.choice([-30, -10, -5, -2, -1, 1, 2, 3, 10, 20]))
        present = re.findall(r"\b\d{4}\b", source.passage.text)
        elsewhere = sorted({year for year in present if year not in text and is_year(year)})
        if elsewhere and chance.random() < 0.5:
            new = chance.choice(elsewhere)
        if new in text:
            return None
    return put(text, found, new)


def unit(text: str, source: Source, chance: random.Random) -> str | None:
    """The same figure of something else."""
    units = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
    found = list(re.finditer(rf"(?:\d|\b(?:{'|'.join(WORDS)}))(\s?-?)({units})(?![\w%])", text))
    currency = list(re.finditer(r"[$£€](?=\d)", text))
    if currency and (not found or chance.random() < 0.2):
        each = chance.choice(currency)
        return put(text, each, chance.choice([sign for sign in "$£€" if sign != each.group()]))
    if not found:
        return None
    each = chance.choice(found)
    return text[: each.start(2)] + UNITS[each[2]] + text[each.end(2) :]


def negated(text: str, source: Source, chance: random.Random) -> str | None:
    """A negation put in."""
    if re.search(r"\b(?:not|no|never|none|nor|neither|without|only)\b|n['’]t\b", text):
        return None
    found = re.search(rf"\b{AUXILIARY}\b(?! to\b)", text)
    if found:
        word = found.group()
        new = {"can": "cannot"}.get(word, f"{word} not")
        if chance.random() < 0.4 and word not in ("may", "can", "will"):
            new = f"{word}n't"
        if chance.random() < 0.25:
            new = f"{word} never" if word != "may" else "may not"
        return put(text, found, new)
    found = re.match(
        r"(?:The|These|This|Those|[A-Z]\w+) \w+(?:s|ers|es|ors|ists) ([a-z]+)"
        r"(?= (?:the|a|an|to|in|on|for|their|its)\b)",
        text,
    )
    if (
        found
        and not found[1].endswith(("ed", "s", "ing", "ly"))
        and found[1]
        not in (
            "of",
            "in",
            "on",
            "and",
            "for",
            "to",
            "at",
            "from",
            "with",
            "that",
            "than",
            "as",
            "by",
            "or",
            "into",
            "between",
        )
    ):
        return text[: found.start(1)] + "do not " + text[found.start(1) :]
    return None


def affirmed(text: str, source: Source, chance: random.Random) -> str | None:
    """A negation left out."""
    for old, new in (
        ("cannot", "can"),
        (r"(?<=\w)n['’]t", ""),
        (r"(?<!if )(?<!or )not (?!only|just|necessarily|least|long|more|less|be confused)", ""),
        (r"never ", "always "),
        (r"no longer ", "still "),
        (r"without ", "with "),
        (r"neither (?=of)", "both "),
    ):
        found = re.search(rf"\b{old}" if not old.startswith("(?<=") else old, text)
        if (
            found
            and len(re.findall(r"\b(?:not|no|never|cannot|without|neither)\b|n['’]t\b", text)) == 1
        ):
            if found.group().lower().startswith("n") and text[: found.start()].endswith(
                ("ca", "wo")
            ):
                stem = {"ca": "can", "wo": "will"}[text[found.start() - 2 : found.start()]]
                return text[: found.start() - 2] + stem + text[found.end() :]
            return text[: found.start()] + new + text[found.end() :]
    return None


def opposite(text: str, source: Source, chance: random.Random) -> str | None:
    """A word by its opposite."""
    pairs = [pair for one, other in OPPOSITES for pair in ((one, other), (other, one))]
    return exchanged(text, pairs, chance)


def quantifier(text: str, source: Source, chance: random.Random) -> str | None:
    """Another quantifier."""
    return exchanged(text, list(QUANTIFIERS), chance)


def modality(text: str, source: Source, chance: random.Random) -> str | None:
    """Another modal word."""
    without = re.sub(r"\b[Mm]ay (?=\d)", "", text)
    return exchanged(text, list(MODALS), chance) if without == text else None


def exchanged(text: str, pairs: list[tuple[str, str]], chance: random.Random) -> str | None:
    """A text with one of the left words replaced by the right one."""
    for old, new in chance.sample(pairs, len(pairs)):
        if old == "may" and re.search(r"\bMay\b", text):
            continue
        changed = replaced(text, old, new)
        if changed and changed != text:
            return changed
    return None


def name(text: str, source: Source, chance: random.Random) -> str | None:
    """A name replaced by another one of the same passage."""
    own = [each for each in NAME.finditer(text) if each.group() not in MONTHS]
    if not own:
        return None
    found = chance.choice(own)
    others = {
        each.group()
        for each in NAME.finditer(source.passage.text)
        if each.group() not in text
        and each.group() not in MONTHS
        and not any(word in text for word in each.group().split())
        and found.group() not in each.group()
    }
    return put(text, found, chance.choice(sorted(others))) if others else None


def swapped(text: str, source: Source, chance: random.Random) -> str | None:
    """Two figures of one sentence in each other's place."""
    figures = list(FIGURE.finditer(text))
    pairs = [
        (one, other)
        for index, one in enumerate(figures)
        for other in figures[index + 1 :]
        if is_year(one[1]) == is_year(other[1])
        and one[1] != other[1]
        and not re.fullmatch(r" ?(?:to|and|or|-|–|,) ?[$£€]?", text[one.end() : other.start(1)])
    ]
    if not pairs:
        return None
    one, other = chance.choice(pairs)
    between = text[one.end(1) : other.start(1)]
    return text[: one.start(1)] + other[1] + between + one[1] + text[other.end(1) :]


def crossed(text: str, source: Source, chance: random.Random) -> str | None:
    """The subject of one sentence with what another one of the passage says."""
    mine = halves(text)
    if not mine:
        return None
    others = [half for other in source.others if (half := halves(other)) and half[2] != mine[2]]
    others = [half for half in others if half[1] == mine[1] and half[0] != mine[0]]
    return f"{mine[0]} {mine[1]} {chance.choice(others)[2]}" if others else None


def spliced(text: str, source: Source, chance: random.Random) -> str | None:
    """A sentence on the same topic that nobody wrote: another passage's end to its beginning."""
    mine = halves(text)
    far = [hit for hit in source.passages[1:] if hit.source != source.passage.source]
    if not mine or not far:
        return None
    sentences = re.split(r"(?<=\.)\s+", " ".join(hit.text for hit in far))
    ends = [half for each in sentences if (half := halves(each)) and half[1] == mine[1]]
    ends = [half for half in ends if len(half[2].split()) > 3 and "|" not in half[2]]
    return f"{mine[0]} {mine[1]} {chance.choice(ends)[2]}" if ends else None


def invented(text: str, source: Source, chance: random.Random) -> str | None:
    """A sentence on the same topic that nobody wrote."""
    if chance.random() < 0.5 and (made := spliced(text, source, chance)):
        return made
    names = [each for each in (*source.passage.heading[-1:], source.passage.title) if each]
    names += [each.group() for each in NAME.finditer(text)]
    names = [each for each in names if len(each.split()) < 5]
    if not names:
        return None
    made = chance.choice(INVENTED).format(topic=chance.choice(names).strip("?:. "))
    return made[:1].upper() + made[1:]


def halves(text: str) -> tuple[str, str, str] | None:
    """Subject, auxiliary and the rest of a sentence that has them in this order."""
    found = re.fullmatch(
        rf"((?!(?:{LEADING})\b)[A-Z][^,;:()|]{{5,60}}?) ({AUXILIARY}) ([^|]+\.)", text
    )
    return (found[1], found[2], found[3]) if found else None


def is_year(figure: str) -> bool:
    """Whether a figure looks like a year."""
    return re.fullmatch(r"(?:1\d|20)\d\d", figure) is not None


def another(figure: str, chance: random.Random) -> str:
    """A figure of the same form that is not the same."""
    digits = [index for index, each in enumerate(figure) if each.isdigit()]
    place = chance.choice(digits[: max(1, len(digits) - 1)])
    new = chance.choice([each for each in "123456789" if each != figure[place]])
    return figure[:place] + new + figure[place + 1 :]


def put(text: str, found: re.Match[str], new: str) -> str:
    """A text with a match replaced."""
    return text[: found.start()] + new + text[found.end() :]


SPOILINGS: dict[str, Spoiling] = {
    "number": number,
    "amount of another thing": amount,
    "date": date,
    "unit": unit,
    "negation put in": negated,
    "negation left out": affirmed,
    "opposite": opposite,
    "quantifier": quantifier,
    "modality": modality,
    "name": name,
    "figures swapped": swapped,
    "crossed": crossed,
    "invented": invented,
}
