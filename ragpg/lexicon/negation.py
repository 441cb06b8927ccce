"""Words and prefixes that negate. `|` separates phrases of several words."""

from __future__ import annotations

NEGATIONS = (
    "not n't no never without neither nor none nobody nothing nowhere|no longer|fails to|failed to"
    "|fail to|lacks|lack|lacked|free of|devoid of|instead of|rather than"
)
UNSPACED = tuple(
    """
    不 没 沒 未 无 無 非 勿 ません ない なく
    ไม่ ห้าม อย่า มิได้ ไร้
    않 없 아니 못하 못한 못했 말아 마세요 마십시오
    """.split()  # noqa: SIM905 - far easier to read
)
"""What negates in Chinese, Japanese and Thai, and within words of Korean."""
UNSPACED_OTHERS = (
    *(
        "不同",
        "不断",
        "不斷",
        "不过",
        "不過",
        "不仅",
        "不僅",
        "不但",
        "非常",
        "未来",
        "未來",
        "无线",
    ),
    *("無線", "无论", "無論", "少ない", "無料"),
    *("ไม่เพียง", "ไม่ว่า", "ไม่ใช่แค่", "ไม่เช่นนั้น", "อย่าง", "ไร้สาย"),
    *("뿐만 아니라", "뿐 아니라", "아니면", "끊임없", "틀림없", "아니메"),
)
"""Words that begin or end with one of `UNSPACED` and do not negate."""
NEGATED_AUXILIARIES = {"ca": "can", "wo": "will", "sha": "shall"}
"""What is left of an auxiliary verb before "n't", if it is another word then."""
REVERSALS = frozenset({"reverse", "reversed", "inverse", "inverted", "opposite", "contrary"})
"""Words that make what follows them its opposite: "reverse order"."""
PREFIXES = ("un", "in", "im", "il", "ir", "non", "dis", "mis", "anti", "counter", "a")
"""Prefixes that make a word its opposite, as in "unsafe"."""
