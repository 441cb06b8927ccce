"""The same in other words, without a language model. Each gives None where it does not apply."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from benchmarks.claims.vocabulary import CONTRACTIONS, IRREGULAR, SYNONYMS

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from benchmarks.claims.corpus import Source

    Rewording = Callable[[Source, random.Random], str | None]

SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
ASIDES = "which|who|where|whose|including|such as|known as|a|an|the"
AUXILIARY = r"(?:is|are|was|were|has|have|had|can|may|must|will|should|would|could)"


def spelled(number: int) -> str:
    """A number below a hundred in words."""
    if number < 20:
        return SMALL[number]
    tens, ones = divmod(number, 10)
    return TENS[tens - 2] + (f"-{SMALL[ones]}" if ones else "")


def replaced(text: str, old: str, new: str) -> str | None:
    """A text with the first `old`, a whole word or several, replaced; a capital stays one."""
    match = re.search(rf"(?<![\w'’-]){re.escape(old)}(?![\w'’-])", text, re.IGNORECASE)
    if not match:
        return None
    given = match.group()
    if given[:1].isupper():
        if match.start() and text[match.start() - 1 : match.start()] == " ":
            return None  # part of a name
        new = new[:1].upper() + new[1:]
    changed = text[: match.start()] + new + text[match.end() :]
    return re.sub(r"\s+(?=[ .,])", "", changed).strip()


def number_words(source: Source, chance: random.Random) -> str | None:
    """Digits for words, or words for digits."""
    text = source.text
    words = [spelled(number) for number in range(2, 100)]
    pattern = "|".join(sorted(words, key=len, reverse=True))
    found = re.search(rf"(?<![\w-])(?:{pattern})(?![\w-]| (?:hundred|thousand|million))", text)
    if found:
        return text[: found.start()] + str(words.index(found.group()) + 2) + text[found.end() :]
    digits = [
        each
        for each in re.finditer(r"(?<= )(?<![$£€] )\d{1,2}(?= [a-z])", text)
        if int(each.group()) > 1
        and not re.match(r" (?:million|billion|[ap]m\b)", text[each.end() :])
        and not re.search(rf"(?:{'|'.join(MONTHS)}) $", text[: each.start()])
    ]
    if not digits:
        return None
    each = chance.choice(digits)
    return text[: each.start()] + spelled(int(each.group())) + text[each.end() :]


def separators(source: Source, chance: random.Random) -> str | None:
    """1,750 as 1750, and the other way round."""
    if re.search(r"\d,\d{3}\b", source.text):
        return re.sub(r"(?<=\d),(?=\d{3}\b)", "", source.text)
    found = re.search(r"(?<![\d.,-])(?!19|20|1[0-8])\d{4,7}(?![\d.-])", source.text)
    if not found:
        return None
    return source.text[: found.start()] + f"{int(found.group()):,}" + source.text[found.end() :]


def percent(source: Source, chance: random.Random) -> str | None:
    """% as percent, and the other way round."""
    if re.search(r"\d\s?%", source.text):
        return re.sub(r"(?<=\d)\s?%", " percent", source.text)
    if re.search(r"\d percent\b", source.text):
        return re.sub(r"(?<=\d) percent\b", "%", source.text)
    return None


def dates(source: Source, chance: random.Random) -> str | None:
    """31 March 2019 as March 31, 2019 or 2019-03-31, and the other way round."""
    months = "|".join(MONTHS)
    ways = (
        (rf"\b(?P<d>\d{{1,2}}) (?P<m>{months}) (?P<y>\d{{4}})\b", 0),
        (
            rf"\b(?P<m>{months}) (?P<d>\d{{1,2}}), (?P<y>\d{{4}})\b",
            1,
        ),
    )
    for pattern, kind in ways:
        if found := re.search(pattern, source.text):
            day, month, year = int(found["d"]), found["m"], found["y"]
            iso = f"{year}-{MONTHS.index(month) + 1:02}-{day:02}"
            other = f"{day} {month} {year}" if kind else f"{month} {day}, {year}"
            short = f"{day} {month[:3]} {year}"
            new = chance.choice([iso, other, other, short])
            return source.text[: found.start()] + new + source.text[found.end() :]
    return None


def rounded(source: Source, chance: random.Random) -> str | None:
    """An exact figure as about a rounded one."""
    for found in re.finditer(
        r"(?<![\w.,/-])\d[\d,]*\.?\d*(?= (?:[a-z]|million)|%|\.$)", source.text
    ):
        value = float(found.group().replace(",", ""))
        before = source.text[: found.start()]
        if 1000 < value < 2100 or re.search(
            r"(?:about|than|least|most|over|to|version) \W?$", before
        ):
            continue
        if value >= 100:
            digits = len(str(int(value))) - 2
            near = f"{round(value, -digits):,.0f}"
        elif "." in found.group():
            near = f"{value:.0f}"
        else:
            continue
        if near.replace(",", "") == found.group().replace(",", "") or near == "0":
            continue
        word = chance.choice(
            [
                "about",
                "around",
                "roughly",
                "approximately",
                "almost" if float(near.replace(",", "")) > value else "just over",
            ]
        )
        sign = re.search(r"\s?[$£€]$", before)
        head = (
            before[: sign.start()] + " " + word + " " + sign.group().strip()
            if sign
            else f"{before}{word} "
        )
        return re.sub(r"^\s+", "", head) + near + source.text[found.end() :]
    return None


def contraction(source: Source, chance: random.Random) -> str | None:
    """Do not as don't, and the other way round."""
    for long, short in chance.sample(CONTRACTIONS, len(CONTRACTIONS)):
        for old, new in ((long, short), (short, long)):
            if changed := replaced(source.text, old, new):
                return changed
    return None


def synonyms(source: Source, chance: random.Random) -> str | None:
    """One to three words replaced by others that mean the same here."""
    text, done = source.text, 0
    for old, new in chance.sample(SYNONYMS, len(SYNONYMS)):
        changed = replaced(text, old, new)
        if changed and done < 3:
            text, done = changed, done + 1
    return text if done else None


def dropped(source: Source, chance: random.Random) -> str | None:
    """Without a parenthesis, an aside between commas, or what leads in."""
    ways = [
        r" \([^()]*\)",
        rf"(?<=\w), (?:{ASIDES}) [^,.;:()]*(?=,|\.$)",
        r"^(?:In|During|After|Since|By|On|At|For|From|According to|As of) [^,]{3,40}, (?=[a-z])",
        r"^(?:However|Also|Furthermore|Moreover|Additionally|Therefore|Thus|Finally|Indeed), ",
        r"(?<=\w), (?:for example|however|therefore|for instance|in fact|in turn)(?=,)",
    ]
    for pattern in chance.sample(ways, len(ways)):
        changed = re.sub(pattern, "", source.text, count=1)
        if pattern.startswith(r"(?<=\w), (?:for") and changed != source.text:
            changed = re.sub(
                r"(?<=\w), (?=(?:is|are|was|were|has|have|had)\b)", " ", changed, count=1
            )
        if changed != source.text and len(changed.split()) >= 5:
            return changed[:1].upper() + changed[1:]
    return None


def moved(source: Source, chance: random.Random) -> str | None:
    """What leads in at the end, or the end as what leads in."""
    found = re.fullmatch(
        r"((?:In|During|After|Since|By|On|At|For|As of) [^,.]{3,40}), ([^;:]+)\.", source.text
    )
    if found:
        lead = found[1][:1].lower() + found[1][1:]
        rest = found[2] if re.match(r"I\b|[A-Z]", found[2]) else found[2][:1].upper() + found[2][1:]
        return f"{rest} {lead}."
    found = re.fullmatch(
        r"((?:The|This|These|It|They|We|He|She|A) [^,;:]+) (in (?:the )?\d{4}|during [^,]{4,25})\.",
        source.text,
    )
    if found:
        return f"{found[2][:1].upper()}{found[2][1:]}, {found[1][:1].lower()}{found[1][1:]}."
    return None


def voice(source: Source, chance: random.Random) -> str | None:
    """A passive sentence as an active one."""
    found = re.match(
        r"([A-Z][\w'’-]*(?: [\w'’-]+){0,5}?) (?:was|were) ([a-z]+ed|"
        + "|".join(IRREGULAR)
        + r") by ((?:the |a |an )?[\w'’-]+(?: (?:of|and|[A-Z])[\w'’-]*){0,4})"
        r"((?:,? (?:in|on|at|for|from|to|during|as)\b[^;:]*)?)\.$",
        source.text,
    )
    if not found or re.search(r"(?:^|\s)(?:which|that|who|and)(?:\s|$)", found[1]):
        return None
    subject, verb, agent, rest = found.groups()
    verb = IRREGULAR.get(verb, verb)
    subject = subject if re.match(r"[A-Z]\w* [A-Z]", subject) else subject[:1].lower() + subject[1:]
    return f"{agent[:1].upper()}{agent[1:]} {verb} {subject}{rest}."


def split(source: Source, chance: random.Random) -> str | None:
    """One half of a sentence that says two things."""
    found = re.fullmatch(
        r"((?:The|A|It|They|We|He|She|These|This|In|[A-Z]\w+)\b[^,;:()]{25,}?),? (and|but|;|while) "
        r"((?:the|it|they|he|she|this|these|we) [^;:()]{20,})\.",
        source.text,
    )
    if not found:
        return None
    first, second = found[1], found[3]
    if chance.random() < 0.5 and not re.match(r"(?:it|they|he|she|this|these)\b", second):
        return f"{second[:1].upper()}{second[1:]}."
    return f"{first}."


def merged(source: Source, chance: random.Random) -> str | None:
    """Two sentences that follow each other as one."""
    after = source.after
    if not after or not re.fullmatch(
        r"(?:The|This|These|It|They|He|She|We|In) [^|<>{}\[\]\n:;]{15,140}\.", after
    ):
        return None
    second = after[:1].lower() + after[1:]
    return f"{source.text[:-1]}{chance.choice([', and ', '; ', ', while '])}{second}"


def pronoun(source: Source, chance: random.Random) -> str | None:
    """The title for a pronoun, or a pronoun for the title."""
    title = source.passage.title
    if not title or len(title.split()) > 4 or not title[:1].isupper():
        return None
    if source.text.startswith(f"{title} "):
        return "It" + source.text[len(title) :]
    found = re.match(rf"(?:It|He|She) ({AUXILIARY} .*)", source.text)
    if found and not re.search(r"\b(?:that|to)\b", source.text):
        return f"{title} {found[1]}"
    return None


def topic(source: Source, chance: random.Random) -> str | None:
    """What the heading is about, named before the sentence."""
    headings = source.passage.heading
    if not headings or not 1 <= len(headings[-1].split()) <= 5 or "?" in headings[-1]:
        return None
    heading = headings[-1].rstrip(".:")
    lead = chance.choice([f"Regarding {heading}, ", f"{heading}: ", f"As for {heading}, "])
    starts_with_name = re.match(r"I\b|[A-Z]\w* [A-Z]|[A-Z]{2}", source.text)
    rest = source.text if starts_with_name else source.text[:1].lower() + source.text[1:]
    return lead + rest


def order(source: Source, chance: random.Random) -> str | None:
    """A because B as because B, A; A and B as B and A."""
    found = re.fullmatch(
        r"([^,;:()]{15,}) (because|although|if|when|unless) ([^,;:()]{10,})\.", source.text
    )
    if found:
        return f"{found[2].capitalize()} {found[3]}, {found[1][:1].lower()}{found[1][1:]}."
    found = re.search(r"(?:, |\bof |\bfor )([a-z]{5,}) and ([a-z]{5,})(?=[,.])", source.text)
    if found and not found[2].endswith(("ed", "ing", "ly")):
        return (
            source.text[: found.start(1)]
            + f"{found[2]} and {found[1]}"
            + source.text[found.end() :]
        )
    return None


REWORDINGS: dict[str, Rewording] = {
    "number words": number_words,
    "separators": separators,
    "percent": percent,
    "dates": dates,
    "about": rounded,
    "contractions": contraction,
    "synonyms": synonyms,
    "adjunct dropped": dropped,
    "adjunct moved": moved,
    "active for passive": voice,
    "split": split,
    "merged": merged,
    "pronoun": pronoun,
    "heading named": topic,
    "order": order,
}
