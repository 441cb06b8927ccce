"""Stop words, in three lists that differ by what they are for, and those of other languages.

- `LATE_INTERACTION` decides for which words codes are stored. It is part of the model's
  fingerprint: changing it rebuilds every table.
- `CLAIMS` decides which words of a claim need no support. It has more prepositions and adverbs,
  but no negations, no modal verbs and few quantifiers: these are compared on their own.
- `SENTENCE_OPENERS` are those that often begin a sentence, and some verbs of instructions. It
  decides where chunks may end: changing it changes the chunking fingerprint.
"""

from __future__ import annotations

LATE_INTERACTION = frozenset(
    """
    a about above after again all also am an and any are as at be because been before being below
    between both but by can could did do does doing don down during each few for from further had
    has have having he her here hers herself him himself his how i if in into is it its itself just
    may me might more most must my myself no nor not now of off on once only or other our ours
    ourselves out over own s same shall she should so some such t than that the their theirs them
    themselves then there these they this those through to too under until up very was we were what
    when where which while who whom whose why will with would you your yours yourself yourselves
    """.split()  # noqa: SIM905 - far easier to read
)
CLAIMS = frozenset(
    """
    a an the and or but if then than that this these those there here it its it's itself he him his
    she her hers they them their theirs we us our ours you your yours i me my who whom whose which
    what when where while as at by for from in into of off on onto out to toward towards upon with
    via per about through be am is are was were been being do does did done doing has have had
    having s re ve ll d m t so such too very also just however therefore thus hence moreover
    furthermore additionally nevertheless although though even because since both either else how
    why up own same other another one ones yes regarding concerning more less during between among
    amongst within respectively rather quite already still yet whether according until till across
    along against after before over under above below addition particular especially instance
    example course whereas including like based due well
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
