"""The words the sandbox understands, in English, Japanese and Korean: data only, read by the lexicon.

In the lists, words are separated by spaces and `_` stands for a space inside a word. English words also match their
plural; Korean words match only where an eojeol begins, since many are single syllables.
"""

# "city" is no scene of its own: the lexicon sends it to the town by day and to the night city in the dark or the rain.
SUBJECTS: dict[str, str] = {
    "mountains": """
        mountain ridge peak summit alp alps hill hillside valley volcano glacier canyon cliff fuji
        himalaya 山 山脈 峰 尾根 谷 富士 火山 丘 산 산맥 봉우리 능선 계곡 화산 언덕
    """,
    "sea": """
        sea ocean wave ship boat sail sailboat yacht tide surf storm beach coast whale horizon 海 波 船 舟 帆
        海岸 浜 嵐 鯨 바다 파도 배 돛 해변 해안 폭풍 고래
    """,
    "city": "city street building skyscraper architecture 電車 列車 都市 街 ビル 도시 거리 건물 빌딩",
    "town": "town house village isometric roof block hut cottage market 町 家 村 集落 屋根 市場 마을 집 지붕 시장",
    "nightcity": """
        night_city city_at_night city_night cyberpunk skyline tokyo seoul downtown city_light
        city_lights 夜景 夜の街 夜の都市 夜の町 東京 야경 밤거리 밤의_도시 밤_도시 서울
    """,
    "lighthouse": "lighthouse harbour harbor beacon port pier 灯台 燈台 港 埠頭 등대 항구 부두",
    "dunes": "dune desert sand sahara oasis camel 砂丘 砂漠 砂 駱駝 ラクダ 사막 사구 모래 낙타",
    "arch": """
        arch arches archway courtyard stair stairs staircase gate door doorway column temple palace corridor 門
        階段 中庭 扉 回廊 柱 神殿 寺 アーチ 아치 계단 안뜰 문 대문 회랑 기둥 사원
    """,
    "planet": """
        planet space saturn jupiter mars galaxy cosmos universe orbit astronaut spaceship rocket asteroid
            惑星 宇宙 土星 木星 火星 銀河 ロケット 행성 우주 토성 목성 화성 은하 로켓
    """,
    "plants": """
        plant flower forest tree leaf leaves botanical stem garden fern meadow grass bouquet rose tulip poppy
        wood woods jungle 花 木 森 植物 葉 草 庭 林 桜 薔薇 シダ 꽃 나무 숲 식물 잎 풀 정원 벚꽃 장미
    """,
    "stilllife": """
        still_life vase fruit kitchen pear apple lemon cherry oranges bottle bowl jug pitcher kettle teapot
        cup plum fig peach breakfast 静物 花瓶 果物 台所 梨 林檎 りんご リンゴ レモン 瓶 桃 食卓 茶碗 정물 꽃병
        과일 부엌 사과 레몬 병 복숭아 식탁 주전자
    """,
    "pond": """
        fish koi pond carp goldfish aquarium lotus lily_pad lake pool 魚 鯉 池 金魚 湖 蓮 水槽 물고기 잉어 연못
        금붕어 호수 연꽃 수족관
    """,
    "map": """
        map island contour topographic topography atlas archipelago terrain lagoon reef 地図 島 等高線 地形 群島
        環礁 지도 섬 등고선 지형 군도
    """,
    "tiles": """
        pattern abstract geometric tile mosaic bauhaus quilt wallpaper shape shapes cube grid 模様 抽象 幾何学
        タイル モザイク 図形 무늬 추상 기하학 타일 모자이크 도형 패턴
    """,
    "road": """
        car bus bicycle bike motorbike motorcycle scooter truck lorry taxi automobile
        自動車 自転車 車 バイク トラック タクシー 자동차 승용차 버스 트럭 택시 자전거 오토바이
    """,
    "flow": """
        wind hair music sound flow smoke swirl aurora dance melody jazz 風 髪 音楽 流れ 煙
        旋律 踊り 바람 머리카락 음악 흐름 연기 선율 춤
    """,
}

# Words that choose a scene only when nothing stronger is named: they are mostly weather or a detail.
WEAK: dict[str, str] = {
    "mountains": "fog mist 霧 안개",
    "nightcity": "rain rainy 雨 비 비가",
    "road": "road highway motorway 道路 道 バス 도로 고속도로",
    "planet": "moon star 月 星 달 별",
    "flow": "line current 線",
    "stilllife": "table",
}

LIGHTS: dict[str, str] = {
    "dawn": "dawn sunrise morning daybreak 夜明け 朝 朝焼け 日の出 새벽 아침 일출",
    "dusk": """
        dusk sunset evening twilight golden_hour after_sunset 夕暮れ 夕方 夕焼け 夕日 黄昏 황혼 저녁 노을 일몰
        해질녘
    """,
    "night": """
        night midnight moonlight moonlit starry dark darkness 夜 夜景 深夜 月夜 月光 星空 밤 야경 한밤 달빛
        어두운
    """,
    "fog": "fog foggy mist misty haze hazy 霧 霞 もや 안개 안개낀",
    "snow": "snow snowy winter ice icy frost frozen 雪 冬 氷 吹雪 눈 겨울 얼음 설경",
    "neon": "neon cyberpunk synthwave glowing ネオン サイバー 네온 사이버펑크",
    "day": "noon midday daylight sunny daytime 昼 真昼 晴れ 대낮 한낮 맑은",
}

COLOURS: dict[str, str] = {
    "d7263d": "red crimson scarlet ruby vermilion 赤 紅 朱 빨간 빨강 붉은 적색",
    "f07a2b": "orange amber tangerine 橙 オレンジ 주황 오렌지",
    "c8583a": "terracotta rust brick copper テラコッタ 테라코타 벽돌",
    "f2c230": "yellow saffron lemon_yellow mustard 黄 노란 노랑 황색",
    "dda62a": "gold golden ochre 金色 黄金 금색 황금",
    "3a9a6a": "green emerald 緑 みどり 초록 녹색 푸르른",
    "7d8f3a": "olive lime moss 苔 オリーブ 올리브 이끼",
    "1c8c8c": "teal petrol 青緑 청록",
    "35b5b5": "turquoise cyan aqua 水色 ターコイズ 하늘색 청록색 옥색",
    "8cc9b0": "mint sage jade ミント 민트",
    "2a6fd6": "blue cobalt azure sapphire 青 蒼 파란 파랑 푸른 청색",
    "2b3a7e": "indigo navy 藍 紺 남색 감색",
    "7a3fa6": "purple violet plum_coloured 紫 보라 자주",
    "a48fd0": "lavender lilac mauve ラベンダー 藤色 라벤더 연보라",
    "ef7aa8": "pink rose_coloured salmon coral ピンク 桃色 桜色 분홍 핑크 산호색",
    "c02b78": "magenta fuchsia マゼンタ 자홍",
    "8a5a36": "brown sepia chocolate coffee 茶色 褐色 セピア 갈색 세피아",
    "f4f4f2": "white ivory 白 하얀 하양 흰 흰색",
    "8a8a88": "grey gray silver monochrome 灰色 グレー モノクロ 회색 은색 흑백",
    "1a1a1c": "black charcoal 黒 검은 검정 까만",
}

STYLES: dict[str, str] = {
    "natural": "natural muted subdued pastel calm faded 自然 淡い 穏やか 자연스러운 은은한 차분한",
    "vivid": "vivid bright saturated bold 鮮やか ビビッド 선명한 화려한",
}

EXTRAS: dict[str, str] = {
    "rain": "rain rainy drizzle 雨 비 비가 비오는",
    "snow": "snow snowy snowfall 雪 吹雪 눈_내리는 눈이 설경",
    "boat": "boat ship sail sailboat yacht harbour harbor 船 舟 帆 ヨット 배 돛단배 요트",
    "bird": "bird gull seagull crane swallow 鳥 鴎 カモメ 鶴 새 갈매기 학",
    "moon": "moon 月 달",
    "star": "star starry 星 별 별이",
    "pear": "pear 梨 洋梨 서양배",
    "apple": "apple 林檎 りんご リンゴ 사과",
    "lemon": "lemon レモン 레몬",
    "orange": "oranges tangerine mandarin みかん 蜜柑 귤",
    "cherry": "cherry cherries さくらんぼ 체리",
    "lotus": "lotus lily_pad water_lily lilies 蓮 睡蓮 연꽃 수련",
    "tulip": "tulip チューリップ 튤립",
    "fern": "fern シダ 고사리",
    "forest": "forest tree wood woods jungle 森 林 木 숲 나무",
    "bus": "bus バス 버스",
    "lorry": "truck lorry トラック 트럭",
    "bicycle": "bicycle bike 自転車 자전거",
}

NUMBERS: dict[int, str] = {
    1: "one single 一 한 하나",
    2: "two pair 二 두 둘",
    3: "three 三 세 셋",
    4: "four 四 네 넷",
    5: "five 五 다섯",
    6: "six 六 여섯",
    7: "seven 七 일곱",
    8: "eight 八 여덟",
    9: "nine 九 아홉",
    10: "ten 十 열",
    11: "eleven 十一 열한 열하나",
    12: "twelve dozen 十二 열두 열둘",
}

# What can be counted. The last entry takes counters that say nothing about the thing.
COUNTABLE: dict[str, str] = {
    "fish": "fish koi carp goldfish 匹 鯉 魚 金魚 마리 잉어 물고기",
    "flower": "flower rose tulip poppy bloom blossom 輪 花 薔薇 송이 꽃 장미",
    "stem": "stem plant leaf leaves branch fern tree 茎 株 木 本 줄기 그루 나무",
    "fruit": """
        fruit pear apple lemon oranges cherry cherries plum fig peach peaches 梨 林檎 りんご リンゴ レモン 桃
        과일 사과 레몬 복숭아 귤
    """,
    "ridge": "ridge mountain peak hill summit 峰 尾根 山 봉우리 능선 산",
    "wave": "wave 波 파도",
    "arch": "arch arches door gate archway doorway 門 扉 アーチ 아치 문",
    "dune": "dune 砂丘 사구",
    "moon": "moon 月 달",
    "boat": "boat ship sail sailboat yacht 隻 艘 船 舟 척 배",
    "island": "island 島 섬",
    "car": """
        car bus bicycle bike motorbike motorcycle scooter truck lorry taxi 台 車 自転車 バス 대 자동차 버스
        트럭 택시 자전거
    """,
    "thing": "つ 個 枚 개 piece",
}
