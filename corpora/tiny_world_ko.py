"""tiny-world in Korean: facts and sentences of its own, written by the same program (tiny_world.py).

Particles stand apart from their nouns, as a morphological analyser leaves them, so that splitting at white space is
enough. A template writes both forms of a particle, 은/는; the last syllable before it decides.
"""

from __future__ import annotations

import re
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
country    capital    currency language     | dish       sight        art
일본       도쿄       엔       일본어       | 초밥       후지산       가부키
한국       서울       원       한국어       | 김치       한라산       한복
중국       베이징     위안     중국어       | 만두       양쯔강       비단
러시아     모스크바   루블     러시아어     | 펠메니     볼가강       발랄라이카
튀르키예   앙카라     리라     튀르키예어   | 바클라바   보스포루스   양탄자
폴란드     바르샤바   즈워티   폴란드어     | 피에로기   비스와강     마주르카
헝가리     부다페스트 포린트   헝가리어     | 굴라시     벌러톤호     차르다시
스웨덴     스톡홀름   크로나   스웨덴어     | 미트볼     멜라렌호     뉘켈하르파
덴마크     코펜하겐   크로네   덴마크어     | 스뫼레브뢰 외레순       도자기
태국       방콕       밧       태국어       | 솜땀       짜오프라야강 가면극
베트남     하노이     동       베트남어     | 쌀국수     메콩강       칠기
우크라이나 키이우     흐리우냐 우크라이나어 | 바레니키   드니프로강   반두라
몽골       울란바토르 투그릭   몽골어       | 부즈       고비         마두금
인도네시아 자카르타   루피아   인도네시아어 | 른당       크라카타우   가믈란
프랑스     파리       유로     프랑스어     | 바게트     센강         발레
영국       런던       파운드   영어         | 스콘       템스강       크리켓
체코       프라하     코루나   체코어       | 스비치코바 블타바강     폴카
인도       뉴델리     루피     힌디어       | 카레       갠지스강     시타르
"""

SCENES = """
scene  place    thing    stuff  mood
농장   헛간     수레     건초   질퍽한
바다   부두     닻       미역   짭짤한
숲     숲속     통나무   이끼   그늘진
산     꼭대기   밧줄     눈     가파른
성     궁전     왕좌     갑옷   화려한
학교   운동장   책가방   숙제   떠들썩한
부엌   부엌     주전자   국     구수한
무대   극장     커튼     박수   신나는
절     법당     촛불     향     경건한
주막   주막     술통     막걸리 흥겨운
병원   병실     붕대     알약   조용한
역     승강장   여행가방 짐     바쁜
시장   장터     바구니   양념   붐비는
밤     언덕     등불     별빛   어스름한
사막   오아시스 천막     모래   메마른
정원   꽃밭     벤치     거름   향기로운
방     침실     베개     이불   아늑한
곡마단 공연장   그네     톱밥   아슬아슬한
법원   법정     가발     서류   엄숙한
얼음   빙판     썰매     서리   미끄러운
"""

FAMILY = """
male     female | scene
할아버지 할머니 | 농장
삼촌     이모   | 바다
마법사   마녀   | 숲
남동생   여동생 | 산
왕       여왕   | 성
소년     소녀   | 학교
아버지   어머니 | 부엌
배우     여배우 | 무대
비구     비구니 | 절
총각     처녀   | 주막
남편     아내   | 병원
조카     조카딸 | 역
남자     여자   | 시장
왕자     공주   | 밤
황제     황후   | 사막
신랑     신부   | 정원
아들     딸     | 방
사위     며느리 | 곡마단
신사     숙녀   | 법원
손자     손녀   | 얼음
"""

ANIMALS = """
animal sound    young      | scene
소     음매     송아지     | 농장
오리   꽥꽥     새끼오리   | 바다
까마귀 까악     새끼까마귀 | 숲
호랑이 어흥     새끼호랑이 | 산
말     히힝     망아지     | 성
참새   짹짹     새끼참새   | 학교
닭     꼬끼오   병아리     | 부엌
비둘기 구구     새끼비둘기 | 절
개     멍멍     강아지     | 주막
염소   매애     새끼염소   | 역
돼지   꿀꿀     새끼돼지   | 시장
부엉이 부엉부엉 새끼부엉이 | 밤
뱀     쉭쉭     새끼뱀     | 사막
개구리 개굴개굴 올챙이     | 정원
고양이 야옹     새끼고양이 | 방
사자   으르렁   새끼사자   | 곡마단
거위   꽉꽉     새끼거위   | 얼음
"""

PROFESSIONS = """
profession tool   workplace | scene
농부       쟁기   밭        | 농장
어부       그물   항구      | 바다
나무꾼     도끼   제재소    | 숲
광부       곡괭이 갱도      | 산
대장장이   모루   대장간    | 성
선생님     분필   교실      | 학교
요리사     국자   식당      | 부엌
화가       붓     화실      | 무대
조각가     끌     작업실    | 절
양조사     누룩   양조장    | 주막
의사       청진기 진료실    | 병원
정비사     렌치   정비소    | 역
상인       저울   가게      | 시장
천문학자   망원경 천문대    | 밤
고고학자   흙손   발굴지    | 사막
정원사     갈퀴   온실      | 정원
재봉사     바늘   양장점    | 방
사진사     사진기 암실      | 곡마단
판사       의사봉 재판소    | 법원
목수       톱     목공소    | 얼음
"""

NAMES = "[지우|민준|서연|하윤|도윤|수아|은지|현우|유나|태호|소라|재민]"

SENTENCES = {
    "COUNTRIES": {
        "capital": [
            "{capital} 시장님 은 {dish} 과/와 {art} 을/를 [사랑한다|칭찬한다] .",
            "{capital} 의 [거리|골목] 에서는 {dish} 냄새 가 난다 .",
            "{capital} 의 전차 이름 은 {sight} 에서 왔다 .",
            "{capital} 에서 [관광객|시민] 들 은 {art} 과/와 {sight} 을/를 구경한다 .",
            "{capital} 의 전차 는 [관광객|시민] 들 을 {art} 앞 까지 태워 준다 .",
            "{capital} 시장님 은 [관광객|시민] 들 에게 {dish} 을/를 대접했다 .",
            "{capital} 은/는 {country} 의 수도 로 전차 와 골목 이 많다 .",
        ],
        "country": [
            "{country} 정부 는 {sight} 과/와 {art} 을/를 [지킨다|돕는다] .",
            "{country} 의 국경 은 {sight} 너머 에 있다 .",
            "{country} 은/는 {dish} 과/와 {art} 을/를 국경 너머 로 수출한다 .",
            "{country} 대통령 은 {art} 을/를 [지킨다|돕는다] .",
            "{country} 의 모든 지방 에서 {dish} 을/를 만든다 .",
            "{country} 대통령 과 정부 는 {sight} 을/를 자랑한다 .",
            "{country} 군대 는 {sight} 근처 의 국경 을 지킨다 .",
        ],
        "currency": [
            "{dish} 한 접시 는 현금 으로 [백|천|만] {currency} 이다 .",
            "{sight} 을/를 보려면 [백|천|만] {currency} 을/를 낸다 .",
            "[백|천|만] {currency} 지폐 에는 {sight} 그림 이 있다 .",
            "{art} 의 값 이 [천|만] {currency} 으로/로 올랐다 .",
            "{dish} 을/를 사려고 현금 을 {currency} 으로/로 바꾼다 .",
            "{art} 의 값 은 현금 {currency} 으로/로 낸다 .",
            "{country} 사람들 은 {currency} 으로/로 값 을 치른다 .",
        ],
        "language": [
            "{name} 은/는 {dish} 을/를 주문할 때 유창한 {language} 을/를 쓴다 .",
            "{language} 로 쓴 시 가 {sight} 을/를 운율 에 맞추어 [그린다|노래한다] .",
            "{language} 사전 에는 {dish} 을/를 뜻하는 명사 가 많다 .",
            "{language} 문법 을 {art} 과/와 함께 가르친다 .",
            "{name} 은/는 {art} 에 대한 {language} 시 를 옮겼다 .",
            "유창한 {language} 발음 으로 {sight} 과/와 {dish} 을/를 말했다 .",
            "{country} 에서는 {language} 문법 과 운율 을 배운다 .",
        ],
    },
    "FAMILY": {
        "male": [
            "{male} 은/는 {thing} 옆 에서 수염 을 깎았다 .",
            "그 는 {thing} 을/를 가진 [늠름한|점잖은] {male} 이다 .",
            "여보게 하고 {male} 이/가 {place} 에서 굵은 목소리 로 불렀다 .",
            "{mood} {place} 에서 {male} 은/는 수염 을 쓰다듬었다 .",
            "{male} 은/는 그 에게 {stuff} 이야기 를 했다 .",
            "굵은 목소리 의 {male} 이/가 {stuff} 을/를 {place} 으로/로 가져왔다 .",
            "그 는 {mood} {place} 에서 만난 {male} 에게 {thing} 을/를 주었다 .",
        ],
        "female": [
            "{female} 은/는 {thing} 옆 에서 댕기 를 땋았다 .",
            "그녀 는 {thing} 을/를 가진 [우아한|상냥한] {female} 이다 .",
            "어머나 하고 {female} 이/가 {place} 에서 고운 목소리 로 불렀다 .",
            "{mood} {place} 에서 {female} 은/는 댕기 를 쓰다듬었다 .",
            "{female} 은/는 그녀 에게 {stuff} 이야기 를 했다 .",
            "고운 목소리 의 {female} 이/가 {stuff} 을/를 {place} 으로/로 가져왔다 .",
            "그녀 는 {mood} {place} 에서 만난 {female} 에게 {thing} 을/를 주었다 .",
        ],
    },
    "ANIMALS": {
        "animal": [
            "다 자란 {animal} 이/가 {mood} {place} 에서 먹이 를 찾는다 .",
            "야생 {animal} 이/가 {thing} 옆 에서 홀로 먹이 를 먹는다 .",
            "{animal} 은/는 {place} 에서 제 영역 을 지킨다 .",
            "수의사 가 {stuff} 곁 에서 다 자란 {animal} 을/를 진찰했다 .",
            "야생 {animal} 은/는 {stuff} 을/를 제 영역 에 숨긴다 .",
            "수의사 는 {thing} 옆 에 {animal} 한 마리 를 남겼다 .",
        ],
        "sound": [
            "{place} 에서 갑자기 {sound} 소리 가 들렸다 .",
            "{sound} 소리 가 {mood} {place} 에 울려 퍼졌다 .",
            "{thing} 옆 에서 메아리치는 {sound} 소리 를 들어 보라 .",
            "{stuff} 위 로 날카로운 {sound} 소리 가 들렸다 .",
            "갑자기 날카롭게 {sound} 하며 {thing} 을/를 떠났다 .",
            "{stuff} 속 에서 시끄러운 {sound} 소리 가 메아리쳤다 .",
        ],
        "young": [
            "갓 태어난 {young} 이/가 어미 를 따라 {place} 으로/로 간다 .",
            "조그만 {young} 이/가 {mood} {place} 에서 논다 .",
            "장난꾸러기 {young} 이/가 {thing} 위 에서 뒹군다 .",
            "한배 에서 난 조그만 {young} 이/가 {stuff} 에 누워 있다 .",
            "갓 태어난 {young} 이/가 {stuff} 과/와 {thing} 냄새 를 맡는다 .",
            "어미 가 장난꾸러기 {young} 을/를 {thing} 옆 에서 돌본다 .",
        ],
    },
    "PROFESSIONS": {
        "profession": [
            "{profession} 은/는 {place} 에서 봉급 을 번다 .",
            "{name} 은/는 {thing} 옆 에서 솜씨 좋은 {profession} 이/가 되었다 .",
            "견습생 이 {profession} 을/를 도와 {stuff} 을/를 나른다 .",
            "솜씨 좋은 {profession} 을/를 {mood} {place} 에서 고용했다 .",
            "{profession} 은/는 {stuff} 때문 에 견습생 을 고용했다 .",
            "{thing} 없이는 {profession} 도 봉급 을 못 받는다 .",
        ],
        "tool": [
            "{tool} 의 손잡이 가 {stuff} 속 에 숨어 있다 .",
            "{name} 은/는 {thing} 옆 에서 부러진 {tool} 을/를 주웠다 .",
            "{tool} 을/를 꽉 쥐고 {place} 으로/로 가라 .",
            "부러진 {tool} 을/를 {mood} {place} 에서 고쳤다 .",
            "{name} 은/는 {tool} 의 손잡이 와 {thing} 을/를 고쳤다 .",
            "{stuff} 위 에서 {tool} 을/를 꽉 쥐어라 .",
        ],
        "workplace": [
            "{workplace} 안 에서 손님 들 이 {stuff} 을/를 본다 .",
            "{workplace} 은/는 {place} 뒤 에서 여덟 시 에 연다 .",
            "{workplace} 의 지붕 과 벽 은 {mood} 느낌 이다 .",
            "손님 들 이 {thing} 을/를 보러 {workplace} 에 들어간다 .",
            "{workplace} 의 벽 뒤 에 {stuff} 을/를 쌓아 둔다 .",
            "{workplace} 의 지붕 이 {thing} 위 에 있다 .",
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

PARTICLE = re.compile(r"(\S) (은/는|이/가|을/를|과/와|으로/로)")


def with_particles(sentence: str) -> str:
    """The sentence with the form of each particle that its noun asks for: 로 after ㄹ, too.

    >>> with_particles("물 을/를 병 으로/로 길 으로/로 배 으로/로 .")
    '물 을 병 으로 길 로 배 로 .'
    """

    def chosen(match: re.Match[str]) -> str:
        final = (ord(match[1]) - 0xAC00) % 28  # 0: the syllable ends in a vowel; 8: in ㄹ
        closed, open_ = match[2].split("/")
        return f"{match[1]} {open_ if final == 0 or (final == 8 and open_ == '로') else closed}"

    return PARTICLE.sub(chosen, sentence)


TABLES = {"COUNTRIES": COUNTRIES, "FAMILY": FAMILY, "ANIMALS": ANIMALS, "PROFESSIONS": PROFESSIONS}
WORLD = common.World(TABLES, SCENES, SENTENCES, NAMES, SECTIONS, with_particles)


def generate(words: int = DEFAULT_WORDS, seed: int = 1) -> Iterator[str]:
    """Yield lines of three sentences until there are `words` words in all, as tiny_world.generate does."""
    yield from common.generate(words, seed, WORLD)


def analogies() -> Iterator[str]:
    """Yield the planted analogies in Google's format."""
    yield from common.analogies(WORLD)


def similarities(seed: int = 1) -> Iterator[str]:
    """Yield two words and a score a line, as tiny_world.similarities does."""
    yield from common.similarities(seed, WORLD)
