"""Place names in pinyin by the spelling rules of 1984: the rules' own examples, and names as they stand on village walls."""

from __future__ import annotations

import pytest

from doorplate.plates.pinyin import spell, styled

NAMES = [
    ("南京路", "Nánjīng Lù", ""),
    ("小南街", "Xiǎo Nánjiē", ""),
    ("广安门北滨河路", "Guǎng'ānmén Běibīnhé Lù", ""),
    ("王村", "Wángcūn", ""),
    ("周口店", "Zhōukǒudiàn", ""),
    ("张之洞路", "Zhāngzhīdòng Lù", ""),
    ("五一广场", "Wǔyī Guǎngchǎng", ""),
    ("三八路", "Sānbā Lù", ""),
    ("二马路", "2 Mǎlù", ""),
    ("经五路", "Jīng 5 Lù", ""),
    ("三环路", "3 Huánlù", ""),
    ("天宁寺西里一巷", "Tiānníngsì Xīlǐ 1 Xiàng", ""),
    ("东四十二条", "Dōngsì 12 Tiáo", ""),
    ("第九弄", "Dì-9 Lòng", ""),
    ("西安", "Xī'ān", ""),
    ("建瓯", "Jiàn'ōu", ""),
    ("天峨", "Tiān'é", ""),
    ("盆儿胡同", "Pénr Hútòng", ""),
    ("后赵家楼胡同", "Hòuzhàojiālóu Hútòng", ""),
    ("朝阳门内大街", "Cháoyángménnèi Dàjiē", ""),
    ("南横东街", "Nánhéng Dōngjiē", ""),
    ("修文西街", "Xiūwén Xījiē", ""),
    ("广渠门南小街", "Guǎngqúmén Nánxiǎojiē", ""),
    ("大川淀一巷", "Dàchuāndiàn 1 Xiàng", ""),
    ("幸福路", "Xìngfú Lù", ""),
    ("幸福路二巷", "Xìngfú Lù 2 Xiàng", ""),
    ("幸福路十二巷", "Xìngfú Lù 12 Xiàng", ""),
    ("营上村南环路", "Yíngshàngcūn Nánhuán Lù", ""),
    ("营上村", "Yíngshàngcūn", ""),
    ("东大街", "Dōng Dàjiē", ""),
    ("建设西路", "Jiànshè Xīlù", ""),
    ("人民中路", "Rénmín Zhōnglù", ""),
    ("解放大道", "Jiěfàng Dàdào", ""),
    ("三组", "3 Zǔ", ""),
    ("光明小区", "Guāngmíng Xiǎoqū", ""),
    ("光明小区东里", "Guāngmíng Xiǎoqū Dōnglǐ", ""),
    ("八一路", "Bāyī Lù", ""),
    ("十一路", "Shíyī Lù", ""),
    ("大栅栏街", "Dàshílànr Jiē", ""),
    ("六安路", "Lù'ān Lù", ""),
    ("长安街", "Cháng'ān Jiē", ""),
    ("重庆路", "Chóngqìng Lù", ""),
    ("小𣵦村", "Xiǎobāngcūn", ""),
    ("中山北一路", "Zhōngshān Běi 1 Lù", ""),
    ("什刹海胡同", "Shíchàhǎi Hútòng", ""),
    ("前进路", "Qiánjìn Lù", ""),
    ("东长安街", "Dōngcháng'ān Jiē", ""),
    ("乐清路", "Yuèqīng Lù", ""),
    ("绿园街", "Lǜyuán Jiē", ""),
    ("女儿巷", "Nǚ'ér Xiàng", ""),
    ("井沿街", "Jǐngyán Jiē", ""),
    ("新华路北三巷", "Xīnhuá Lù Běi 3 Xiàng", ""),
    ("老街", "Lǎojiē", ""),
    ("南街", "Nánjiē", ""),
    ("伍各庄村", "Wǔgèzhuāngcūn", ""),
    ("十里堡", "Shílǐpù", "110105"),
    ("吴堡", "Wúbǔ", "610829"),
    ("大黄堡", "Dàhuángbǎo", "120114"),
    ("一路", "1 Lù", ""),
    ("三里屯路", "Sānlǐtún Lù", ""),
    ("幸福路 10号", "Xìngfú Lù 10 Hào", ""),
    ("光明小区3号楼", "Guāngmíng Xiǎoqū 3 Hàolóu", ""),
    ("十字街", "Shízì Jiē", ""),
]


@pytest.mark.parametrize(("name", "wanted", "division"), NAMES)
def test_a_name_is_spelled_as_the_rules_want(name: str, wanted: str, division: str) -> None:
    assert spell(name, "tones", division) == wanted


@pytest.mark.parametrize(("style", "wanted"), [("tones", "Lǜyuán Jiē"), ("plain", "Lüyuan Jie"), ("capitals", "LÜYUAN JIE")])
def test_tone_marks_and_capitals_are_a_matter_of_style(style: str, wanted: str) -> None:
    assert spell("绿园街", style) == wanted  # type: ignore[arg-type]
    assert styled("Lǜyuán Jiē", style) == wanted  # type: ignore[arg-type]


def test_a_reading_holds_only_in_its_province() -> None:
    assert spell("十里堡路", "tones", "110105") == "Shílǐpù Lù"
    assert spell("十里堡路", "tones", "610429") == "Shílǐbǎo Lù"


def test_a_character_nobody_knows_gives_no_pinyin_rather_than_half_of_one() -> None:
    assert spell("小\U0002ebe0村") == ""


def test_road_is_never_translated_and_nothing_is_lost() -> None:
    for name, _, _ in NAMES:
        assert "Road" not in spell(name)
        assert spell(name)[0].isupper() or spell(name)[0].isdigit()
