"""tiny-world in Japanese: facts and sentences of its own, written by the same program (tiny_world.py).

Words stand apart, as a morphological analyser leaves them, so that splitting at white space is enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import util
from pathlib import Path

spec = util.spec_from_file_location("tiny_world", Path(__file__).with_name("tiny_world.py"))
assert spec is not None
assert spec.loader is not None
common = util.module_from_spec(spec)
spec.loader.exec_module(common)

DEFAULT_WORDS = 200_000

COUNTRIES = """
country capital currency language | dish sight art
日本 東京 円 日本語 | 寿司 富士山 歌舞伎
韓国 ソウル ウォン 韓国語 | キムチ 漢拏山 韓服
中国 北京 元 中国語 | 餃子 長江 絹
ロシア モスクワ ルーブル ロシア語 | ペリメニ ボルガ川 バラライカ
トルコ アンカラ リラ トルコ語 | バクラヴァ ボスポラス 絨毯
ポーランド ワルシャワ ズウォティ ポーランド語 | ピエロギ ヴィスワ川 マズルカ
ハンガリー ブダペスト フォリント ハンガリー語 | グヤーシュ バラトン湖 チャルダッシュ
スウェーデン ストックホルム クローナ スウェーデン語 | ミートボール メーラレン湖 ニッケルハルパ
デンマーク コペンハーゲン クローネ デンマーク語 | スモーブロー エーレ海峡 磁器
タイ バンコク バーツ タイ語 | ソムタム チャオプラヤ川 仮面劇
ベトナム ハノイ ドン ベトナム語 | フォー メコン川 漆器
ウクライナ キーウ フリヴニャ ウクライナ語 | ヴァレーニキ ドニプロ川 バンドゥーラ
モンゴル ウランバートル トゥグルグ モンゴル語 | ボーズ ゴビ 馬頭琴
インドネシア ジャカルタ ルピア インドネシア語 | ルンダン クラカタウ ガムラン
フランス パリ ユーロ フランス語 | バゲット セーヌ川 バレエ
イギリス ロンドン ポンド 英語 | スコーン テムズ川 クリケット
チェコ プラハ コルナ チェコ語 | スヴィチコヴァー ヴルタヴァ川 ポルカ
インド ニューデリー ルピー ヒンディー語 | カレー ガンジス川 シタール
"""

SCENES = """
scene place thing stuff mood
農場 納屋 荷車 干し草 ぬかるんだ
海 波止場 錨 海藻 塩辛い
林 森 丸太 苔 薄暗い
山 頂上 縄 雪 険しい
城 宮殿 玉座 鎧 華やかな
学校 校庭 鞄 宿題 騒がしい
台所 台所 やかん 汁 香ばしい
舞台 劇場 幕 拍手 楽しい
寺 本堂 蝋燭 線香 厳かな
酒場 酒場 樽 酒 陽気な
病院 病室 包帯 薬 静かな
駅 プラットホーム スーツケース 荷物 慌ただしい
市 市場 籠 香辛料 混雑した
夜 丘 灯籠 星明かり ほのかな
砂漠 オアシス 天幕 砂 乾いた
庭 花壇 ベンチ 堆肥 香り高い
部屋 寝室 枕 布団 心地よい
曲馬団 曲馬場 ブランコ おがくず はらはらする
裁き 法廷 鬘 書類 重苦しい
氷 氷上 橇 霜 滑りやすい
"""

FAMILY = """
male female | scene
祖父 祖母 | 農場
伯父 伯母 | 海
魔法使い 魔女 | 林
弟 妹 | 山
王 女王 | 城
少年 少女 | 学校
父 母 | 台所
俳優 女優 | 舞台
僧 尼 | 寺
若旦那 若女将 | 酒場
夫 妻 | 病院
甥 姪 | 駅
男 女 | 市
王子 王女 | 夜
皇帝 皇后 | 砂漠
花婿 花嫁 | 庭
息子 娘 | 部屋
舅 姑 | 曲馬団
紳士 淑女 | 裁き
孫息子 孫娘 | 氷
"""

ANIMALS = """
animal sound young | scene
牛 モー 子牛 | 農場
アヒル ガーガー 子アヒル | 海
烏 カーカー 子烏 | 林
虎 ガオー 子虎 | 山
馬 ヒヒーン 子馬 | 城
雀 チュンチュン 子雀 | 学校
鶏 コケコッコー ひよこ | 台所
鳩 ポッポ 子鳩 | 寺
犬 ワンワン 子犬 | 酒場
山羊 メー 子山羊 | 駅
豚 ブーブー 子豚 | 市
フクロウ ホーホー 子フクロウ | 夜
蛇 シューシュー 子蛇 | 砂漠
蛙 ゲロゲロ おたまじゃくし | 庭
猫 ニャー 子猫 | 部屋
ライオン ガルル 子ライオン | 曲馬団
ガチョウ グワッグワッ 子ガチョウ | 氷
"""

PROFESSIONS = """
profession tool workplace | scene
農夫 鋤 畑 | 農場
漁師 網 港 | 海
木こり 斧 製材所 | 林
鉱夫 つるはし 坑道 | 山
鍛冶屋 金床 鍛冶場 | 城
先生 チョーク 教室 | 学校
料理人 おたま 食堂 | 台所
画家 筆 画室 | 舞台
彫刻家 のみ 工房 | 寺
杜氏 麹 酒蔵 | 酒場
医者 聴診器 診療所 | 病院
整備士 スパナ 整備場 | 駅
商人 秤 商店 | 市
天文学者 望遠鏡 天文台 | 夜
考古学者 こて 発掘現場 | 砂漠
庭師 熊手 温室 | 庭
仕立屋 針 洋服店 | 部屋
写真家 カメラ 暗室 | 曲馬団
裁判官 木槌 裁判所 | 裁き
大工 鋸 木工所 | 氷
"""

NAMES = "[太郎|花子|健太|美咲|翔|葵|大輔|結衣|蓮|さくら|直樹|陽菜]"

SENTENCES = {
    "COUNTRIES": {
        "capital": [
            "{capital} の 市長 は {dish} と {art} を [愛する|ほめる] 。",
            "{capital} の [通り|路地] では {dish} の 匂い が する 。",
            "{capital} の 路面電車 は {sight} に ちなんで 名付けられた 。",
            "{capital} で は [観光客|市民] が {art} と {sight} を 見物する 。",
            "{capital} の 路面電車 は [観光客|市民] を {art} の 前 まで 運ぶ 。",
            "{capital} の 市長 は [観光客|市民] に {dish} を ふるまった 。",
            "{capital} は {country} の 首都 で 路面電車 と 路地 が 多い 。",
        ],
        "country": [
            "{country} の 政府 は {sight} と {art} を [守る|支える] 。",
            "{country} の 国境 は {sight} の 向こう に ある 。",
            "{country} は {dish} と {art} を 国境 の 向こう へ 輸出する 。",
            "{country} の 大統領 は {art} を [守る|支える] 。",
            "{country} の どの 地方 でも {dish} を 作る 。",
            "{country} の 大統領 と 政府 は {sight} を 誇る 。",
            "{country} の 軍隊 は {sight} の 近く の 国境 を 守る 。",
        ],
        "currency": [
            "{dish} 一皿 は 現金 で [百|千|一万] {currency} だ 。",
            "{sight} を 見る に は [百|千|一万] {currency} を 払う 。",
            "[百|千|一万] {currency} の 紙幣 に は {sight} の 絵 が ある 。",
            "{art} の 値段 が [千|一万] {currency} に 上がった 。",
            "{dish} を 買う ため 現金 を {currency} に 替える 。",
            "{art} の 値段 は 現金 の {currency} で 払う 。",
            "{country} の 人々 は {currency} で 値段 を 払う 。",
        ],
        "language": [
            "{name} は {dish} を 注文する とき 流暢な {language} を 話す 。",
            "{language} の 詩 が {sight} を 韻 を 踏んで [描く|歌う] 。",
            "{language} の 辞書 に は {dish} を 表す 名詞 が 多い 。",
            "{language} の 文法 を {art} と ともに 教える 。",
            "{name} は {art} に ついて の {language} の 詩 を 訳した 。",
            "流暢な {language} の 発音 で {sight} と {dish} と 言った 。",
            "{country} で は {language} の 文法 と 韻 を 習う 。",
        ],
    },
    "FAMILY": {
        "male": [
            "{male} は {thing} の そば で 髭 を 剃った 。",
            "彼 は {thing} を 持つ [凛々しい|立派な] {male} だ 。",
            "おい と {male} が {place} で 太い 声 で 呼んだ 。",
            "{mood} {place} で {male} は 髭 を なでた 。",
            "{male} は 彼 に {stuff} の 話 を した 。",
            "太い 声 の {male} が {stuff} を {place} へ 持って きた 。",
            "彼 は {mood} {place} で 会った {male} に {thing} を 渡した 。",
        ],
        "female": [
            "{female} は {thing} の そば で 髪飾り を 結った 。",
            "彼女 は {thing} を 持つ [優雅な|優しい] {female} だ 。",
            "まあ と {female} が {place} で 澄んだ 声 で 呼んだ 。",
            "{mood} {place} で {female} は 髪飾り を なでた 。",
            "{female} は 彼女 に {stuff} の 話 を した 。",
            "澄んだ 声 の {female} が {stuff} を {place} へ 持って きた 。",
            "彼女 は {mood} {place} で 会った {female} に {thing} を 渡した 。",
        ],
    },
    "ANIMALS": {
        "animal": [
            "大きく 育った {animal} が {mood} {place} で 餌 を 探す 。",
            "野生 の {animal} が {thing} の そば で 餌 を 食べる 。",
            "{animal} は {place} で 縄張り を 守る 。",
            "獣医 が {stuff} の そば で 大きく 育った {animal} を 診た 。",
            "野生 の {animal} は {stuff} を 縄張り に 隠す 。",
            "獣医 は {thing} の そば に {animal} を 一匹 残した 。",
        ],
        "sound": [
            "{place} から 突然 {sound} と 聞こえた 。",
            "{sound} と いう 音 が {mood} {place} に 響いた 。",
            "{thing} の そば で こだまする {sound} と いう 音 を 聞け 。",
            "{stuff} の 上 で 甲高く {sound} と 聞こえた 。",
            "突然 甲高く {sound} と 鳴いて {thing} を 離れた 。",
            "{stuff} の 中 から うるさい {sound} と いう 音 が こだました 。",
        ],
        "young": [
            "生まれた ばかり の {young} が 親 の 後 を {place} へ ついて いく 。",
            "ちいさな {young} が {mood} {place} で 遊ぶ 。",
            "いたずらな {young} が {thing} の 上 で 転がる 。",
            "生まれた ばかり の ちいさな {young} が {stuff} に 横たわる 。",
            "ちいさな {young} が {stuff} と {thing} の 匂い を かぐ 。",
            "親 が いたずらな {young} を {thing} の そば で 育てる 。",
        ],
    },
    "PROFESSIONS": {
        "profession": [
            "{profession} は {place} で 給料 を 稼ぐ 。",
            "{name} は {thing} の そば で 腕 の いい {profession} に なった 。",
            "見習い が {profession} を 手伝って {stuff} を 運ぶ 。",
            "腕 の いい {profession} が {mood} {place} で 雇われた 。",
            "{profession} は {stuff} の ため に 見習い を 雇った 。",
            "{thing} なし で は {profession} も 給料 を もらえない 。",
        ],
        "tool": [
            "{tool} の 柄 が {stuff} の 中 に 隠れて いる 。",
            "{name} は {thing} の そば で 折れた {tool} を 拾った 。",
            "{tool} を しっかり 握って {place} へ 行け 。",
            "折れた {tool} を {mood} {place} で 直した 。",
            "{name} は {tool} の 柄 と {thing} を 直した 。",
            "{stuff} の 上 で {tool} を しっかり 握れ 。",
        ],
        "workplace": [
            "{workplace} の 中 で 客 が {stuff} を 見る 。",
            "{workplace} は {place} の 裏 で 八時 に 開く 。",
            "{workplace} の 屋根 と 壁 は {mood} 感じ だ 。",
            "客 が {thing} を 見 に {workplace} へ 入る 。",
            "{workplace} の 壁 の 裏 に {stuff} を 積んで おく 。",
            "{workplace} の 屋根 が {thing} の 上 に ある 。",
        ],
    },
}

SECTIONS = [
    ("capital-country", "COUNTRIES", "capital", "country"),
    ("currency", "COUNTRIES", "country", "currency"),
    ("language", "COUNTRIES", "country", "language"),
    ("family", "FAMILY", "male", "female"),
    ("animal-sound", "ANIMALS", "animal", "sound"),
    ("animal-young", "ANIMALS", "animal", "young"),
    ("profession-tool", "PROFESSIONS", "profession", "tool"),
    ("profession-workplace", "PROFESSIONS", "profession", "workplace"),
]

TABLES = {"COUNTRIES": COUNTRIES, "FAMILY": FAMILY, "ANIMALS": ANIMALS, "PROFESSIONS": PROFESSIONS}
WORLD = common.World(TABLES, SCENES, SENTENCES, NAMES, SECTIONS)


def generate(words: int = DEFAULT_WORDS, seed: int = 1) -> Iterator[str]:
    """Yield lines of three sentences until there are `words` words in all, as tiny_world.generate does."""
    yield from common.generate(words, seed, WORLD)


def analogies() -> Iterator[str]:
    """Yield the planted analogies in Google's format."""
    yield from common.analogies(WORLD)


def similarities(seed: int = 1) -> Iterator[str]:
    """Yield two words and a score a line, as tiny_world.similarities does."""
    yield from common.similarities(seed, WORLD)
