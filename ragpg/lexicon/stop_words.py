"""Stop words, by what they are for, and those of languages without blanks.

- `LATE_INTERACTION` decides for which words codes are stored. It is part of the model's
  fingerprint: changing it rebuilds every table.
- `CLAIMS` decides which words of a claim need no support. It has more prepositions and adverbs,
  but no negations, no modal verbs and few quantifiers: these are compared on their own.
- `SENTENCE_OPENERS` are those that often begin a sentence, and some verbs of instructions. It
  decides where chunks may end: changing it changes the chunking fingerprint.
"""

from __future__ import annotations

_FUNCTION_WORDS = frozenset(
    """
    a about above after also am an and are as at be because been before being below between both
    but by did do does doing during for from had has have having he her here hers herself him
    himself his how i if in into is it its itself just me more my myself of off on or other our
    ours ourselves out over own s same she so such t than that the their theirs them themselves
    then there these they this those through to too under until up very was we were what when
    where which while who whom whose why with you your yours yourself yourselves
    """.split()  # noqa: SIM905 - far easier to read
)
LATE_INTERACTION = _FUNCTION_WORDS | frozenset(
    """
    again all any can could don down each few further may might most must no nor not now once
    only shall should some will would
    """.split()  # noqa: SIM905 - far easier to read
)
CLAIMS = _FUNCTION_WORDS | frozenset(
    """
    according across addition additionally against along already although among amongst another
    based concerning course d done due either else especially even example furthermore hence
    however including instance it's less like ll m moreover nevertheless one ones onto
    particular per quite rather re regarding respectively since still therefore though thus till
    toward towards upon us ve via well whereas whether within yes yet
    """.split()  # noqa: SIM905 - far easier to read
)
SENTENCE_OPENERS = frozenset(
    """
    a an the this that these those it its he she they we you i in on at by for from to with if when
    while after before however but and so as there here what why how who which our your their his
    her my all no not some many most each every since although because please see use also then
    therefore thus
    """.split()  # noqa: SIM905 - far easier to read
)
CHINESE = (
    *("为什么", "為什麼", "什么时候", "什麼時候", "怎么样", "怎麼樣", "能不能", "是不是", "什么"),
    *(
        "什麼",
        "怎么",
        "怎麼",
        "怎样",
        "怎樣",
        "如何",
        "为何",
        "為何",
        "是否",
        "可以",
        "能否",
        "多少",
    ),
    *("几个", "幾個", "哪个", "哪個", "哪些", "哪里", "哪裡", "何时", "何時", "吗", "嗎", "呢"),
    *("是", "的", "了"),
)
CHINESE_WORDS = ("目的", "的确", "是非", "了解")
"""Words that begin or end with one of `CHINESE`."""
JAPANESE = (
    *(
        "ありますか",
        "でしょうか",
        "できますか",
        "ますか",
        "ですか",
        "ください",
        "とは",
        "です",
        "ます",
    ),
    *("どのように", "どうやって", "どこ", "どの", "どう", "なぜ", "いつ", "いくつ", "いくら", "何"),
)
JAPANESE_PARTICLES = "はがをにでとのもへやか"
"""Stop words where they stand alone between other characters than Hiragana."""
THAI = (
    *("อะไรบ้าง", "อะไร", "เมื่อไหร่", "เมื่อไร", "เมื่อใด", "ที่ไหน", "ที่ใด", "อย่างไรบ้าง"),
    *("อย่างไร", "ยังไง", "เท่าไหร่", "เท่าไร", "เท่าใด", "เพราะเหตุใด", "เพราะอะไร", "ทำไม"),
    *("ใครบ้าง", "ใคร", "กี่", "หรือไม่", "ไหน", "ใด", "คือ", "เป็น", "ของ", "และ"),
)
THAI_WORDS = ("เกี่ยว", "ข้าวของ", "สิ่งของ")
"""Words that have one of `THAI` in them."""
KOREAN_ASKING = tuple("무엇 무슨 뭐 뭘 어디 누구 누가 언제 어떻게 어떤 어느 몇 며칠 얼마".split())  # noqa: SIM905
"""Beginnings of words that ask: what, where, who, when, how, which, how many."""
KOREAN = tuple("왜 및 등 수 것 것은 것이 것을 대한 대해 위한 위해".split())  # noqa: SIM905
KOREAN_ENDINGS = tuple(
    """
    이었습니까 였습니까 입니까 습니까 이었나요 였나요 인가요 나요 이었는가 였는가 인가 는가
    은가 던가 인지 는지 은지 을까 일까 까요 까
    """.split()  # noqa: SIM905 - far easier to read
)
"""Ends of verbs by which a question is asked; longer ones come first."""
KOREAN_PARTICLES = tuple(
    """
    에서는 에서의 에서도 에게서 으로써 으로서 으로는 으로의 이라는 이라고 에서 에게 에는 에도
    으로 까지 부터 보다 처럼 과의 와의 로서 로써 라는 라고 이나 들이 들은 들을 들의 이다
    은 는 이 가 을 를 의 에 로 와 과 도 만 나 들
    """.split()  # noqa: SIM905 - far easier to read
)
"""What follows a noun without a blank; longer ones come first."""
