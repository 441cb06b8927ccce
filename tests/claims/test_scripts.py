"""Claims in scripts without blanks, in Korean, and in either Unicode form."""

from __future__ import annotations

import unicodedata

import pytest

from ragpg.claims import check_text
from ragpg.types import Verdict
from tests.support.claims import make_hit

PASSAGES = {
    "zh": "打印机放在二楼走廊。每张卡每月可以打印300页。未登记的访客不能使用打印机。",
    "ja": "自転車置き場は東門の横です。登録料は年に800円です。夜間は利用できません。",
    "ko": "복사기는 이층 복도에 있다. 카드 한 장으로 매달 300쪽을 인쇄할 수 있다. "
    "야간에는 창고를 열지 않는다.",
    "th": "เครื่องถ่ายเอกสารอยู่ชั้นสอง ค่าสมัครปีละ 800 บาท ห้องสมุดไม่เปิดวันอาทิตย์",
    "de": "Der Prüfer öffnet das Gerät täglich.",
}


@pytest.mark.parametrize(
    ("passage", "claim"),
    [
        ("zh", "打印机在二楼走廊。"),
        ("zh", "每张卡每月可以打印300页。"),
        ("zh", "未登记的访客不能使用打印机。"),
        ("ja", "登録料は年に800円です。"),
        ("ja", "夜間は利用できません。"),
        ("ko", "이층 복도에 복사기가 있다."),
        ("ko", "야간에 창고는 열지 않는다."),
        ("th", "ค่าสมัครปีละ 800 บาท."),
        ("th", "ห้องสมุดไม่เปิดวันอาทิตย์."),
        ("de", unicodedata.normalize("NFD", "Der Prüfer öffnet das Gerät täglich.")),
    ],
)
def test_true_claims(passage: str, claim: str) -> None:
    """A claim is covered by the same characters, wherever its words begin."""
    [found] = check_text(f"{claim[:-1]} [1]{claim[-1]}", [make_hit(PASSAGES[passage])])
    assert found.verdict is Verdict.SUPPORTED, found.why


@pytest.mark.parametrize(
    ("passage", "claim"),
    [
        ("zh", "每张卡每月可以打印500页。"),
        ("zh", "未登记的访客能使用打印机。"),
        ("zh", "扫描仪放在地下室。"),
        ("ja", "登録料は年に900円です。"),
        ("ja", "夜間は利用できます。"),
        ("ko", "카드 한 장으로 매달 500쪽을 인쇄할 수 있다."),
        ("ko", "야간에는 창고를 연다."),
        ("ko", "주차장은 지하에 있다."),
        ("th", "ค่าสมัครปีละ 900 บาท."),
        ("th", "ห้องสมุดเปิดวันอาทิตย์."),
    ],
)
def test_false_claims(passage: str, claim: str) -> None:
    """Another number, another subject, or what the passage denies is not supported."""
    [found] = check_text(f"{claim[:-1]} [1]{claim[-1]}", [make_hit(PASSAGES[passage])])
    assert found.verdict is Verdict.UNSUPPORTED
