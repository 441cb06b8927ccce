"""Words by which a turn of a conversation shows that it depends on what was said before."""

from __future__ import annotations

FILLERS = frozenset(
    """
    ok okay thanks thank hm hmm well right yes no sorry alright great good fine cool please
    danke gut ja nein bitte hallo hi hello
    """.split()  # noqa: SIM905 - far easier to read
)
"""Words before a turn that belong neither to it nor to what was said before."""
OPENERS = (
    *("what about", "how about", "what if", "why not", "and", "or", "but", "so", "except", "then"),
    *("also", "was ist mit", "wie ist es mit", "was wenn", "warum nicht", "und", "oder", "aber"),
    *("außer", "dann"),
)
"""Beginnings that go on with what was said before."""
UNSPACED_OPENERS = (
    "那么",
    "那麼",
    "那",
    "还有",
    "還有",
    "但是",
    "如果",
    "では",
    "じゃあ",
    "それで",
)
UNSPACED_ENDINGS = ("呢",)
"""Particles that ask the question before of something else."""
PRONOUNS = frozenset(
    """
    it its they them their theirs this these those he him his she hers such one ones same former
    latter both neither otherwise instead again another other others
    es sie ihn ihm ihnen dessen deren dies diese dieser dieses diesen diesem solche solcher solches
    da dabei damit dafür davon daran darauf dazu darin dagegen danach dort sonst wieder
    """.split()  # noqa: SIM905 - far easier to read
)
"""Words that stand for something named before."""
GERMAN_DEMONSTRATIVES = frozenset({"das", "der", "die", "den", "dem"})
"""Words that do so where no noun follows."""
ADVERBS = frozenset(
    """
    now here still too just ever even back yet
    auch dann denn einfach hier immer jetzt mal noch nur schon so nun eigentlich
    """.split()  # noqa: SIM905 - far easier to read
)
"""Words that tell nothing of the topic."""
CONDITIONS = frozenset({"if", "unless", "wenn", "falls"})
"""Words that begin a clause which belongs to another one."""
UNSPACED_PRONOUNS = (
    *("它们", "它們", "它", "他", "她", "这", "這", "那个", "那個", "那些", "其中", "上面", "前者"),
    *("后者", "後者", "也", "再", "又", "それ", "これ", "その", "この", "あれ"),
)
EXPLETIVES = (
    *("is it possible", "is it necessary", "is it allowed", "is it ok", "is it okay"),
    *("is it better", "is it safe", "is it recommended", "it is possible", "does it make sense"),
    *("how long does it take", "does it matter", "ist es möglich", "ist es nötig", "gibt es"),
)
"""Phrases whose pronoun stands for nothing."""
DEFINITE_ARTICLES = frozenset({"the", "der", "die", "das", "den", "dem", "des"})
ARTICLES = DEFINITE_ARTICLES | frozenset(
    {"a", "an", "ein", "eine", "einen", "einem", "einer", "eines"}
)
PREPOSITIONS = frozenset(
    """
    for on in with of at to from by under without inside outside via after before during since per
    für auf in mit von bei zu aus unter ohne nach vor seit im am vom zum zur beim über
    """.split()  # noqa: SIM905 - far easier to read
)
SUBJECTS = frozenset(
    "i you we someone somebody people ich man wir du ihr".split()  # noqa: SIM905
)
VERBS = frozenset(
    """
    am is are was were be do does did can could will would shall should may might must have has had
    happens happen need want get gets mean means
    ist sind war waren bin wird werden kann können muss müssen soll sollte sollen darf dürfen hat
    haben habe hatte will wollen möchte tut tun passiert geht gilt
    """.split()  # noqa: SIM905 - far easier to read
)
"""Forms of verbs that most clauses have one of."""
QUESTION_WORDS = frozenset(
    """
    what which who whom whose where when why how
    was welche welcher welches welchen welchem wer wen wem wo wann warum wieso weshalb wie
    """.split()  # noqa: SIM905 - far easier to read
)
"""Words that a question begins with."""
