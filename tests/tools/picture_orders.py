"""Who works in the studio of the README's pictures, and what they ordered."""

PEOPLE = (
    ("mina", "Mina", "Park", ""),
    ("jonas", "Jonas", "Weber", ""),
    ("aiko", "Aiko", "Mori", "ja"),
    ("hana", "Hana", "Seo", ""),
    ("jiwoo", "Jiwoo", "Kim", "ko"),
    ("luis", "Luis", "Ortega", ""),
)
# What was ordered: how many days ago, at what time, by whom, the words, the shape, the model.
ORDERS = """
27 09.12 jonas Desert at dusk, crimson sky|3:2|flux-1.1-pro
27 11.40 mina Islands in a cobalt sea, as a map|3:2|dall-e-3
26 10.05 mina Snow on a small town, night|1:1|dall-e-3
25 15.20 aiko Two planets and a black sky|2:3|dall-e-3
24 09.33 jonas Fish in a golden pond|1:1|flux-1.1-pro
24 16.02 mina Five oranges in a bowl, mint wall|3:2|dall-e-3
21 10.21 hana Mountains behind a lake, lilac dusk|3:2|dall-e-3
20 14.10 jonas A tower block city by night, warm windows|2:3|flux-1.1-pro
20 14.31 mina Music as flowing lines, teal|3:2|dall-e-3
19 11.08 mina An arch, a ball, a long shadow|2:3|dall-e-3
18 13.45 aiko Lighthouse, polar night, long beam|2:3|dall-e-3
17 09.50 mina Six ridges in morning fog, one small sun|2:3|dall-e-3
14 10.15 jonas A forest of ferns, moss and light|1:1|flux-1.1-pro
13 16.40 mina Harbour at dawn, one white ship|3:2|dall-e-3
13 16.52 mina Harbour at dusk, one white ship|3:2|dall-e-3
13 17.05 mina Stairs to a courtyard, terracotta|2:3|dall-e-3
12 09.22 hana Seven stems before a golden disc|2:3|dall-e-3
11 15.11 mina Nine waves, a large sun|3:2|dall-e-3
10 10.47 aiko Ringed planet over a violet horizon|3:2|dall-e-3
7 09.18 mina A vase with tulips, blue table|2:3|dall-e-3
7 11.36 jonas Topographic map of a small island|1:1|flux-1.1-pro
6 14.20 mina Paper koi in a green pond, from above|3:2|dall-e-3
6 14.44 mina Tiles in a geometric pattern, golden|1:1|dall-e-3
5 10.02 mina Wind in long hair, flow lines, rose|2:3|dall-e-3
4 16.31 aiko Dunes after sunset, one bright moon|3:2|dall-e-3
3 09.41 mina A small terracotta town on a table|1:1|dall-e-3
2 10.10 jonas Night city in the rain, neon|3:2|flux-1.1-pro
2 15.25 mina Still life with three pears|2:3|dall-e-3
1 09.30 mina Nine waves under a low sun|3:2|dall-e-3
1 11.12 mina Ringed planet, one moon|1:1|dall-e-3
1 14.48 mina Courtyard with an arch, low sun|2:3|dall-e-3
0 09.20 mina Vase and three pears, mint wall|2:3|dall-e-3
0 09.25 mina Six ridges at sunrise, one small sun|3:2|dall-e-3
0 09.02 aiko 霧の中の六つの山、小さな太陽|3:2|dall-e-3
0 09.18 aiko 緑の池の鯉、真上から|1:1|dall-e-3
0 10.05 aiko 雨の夜の街、ネオン|3:2|dall-e-3
1 13.30 aiko 夜明けの灯台、長い光|2:3|dall-e-3
0 10.14 aiko 砂丘と明るい月、長い影|3:2|dall-e-3
0 10.40 aiko 花瓶と三つの果物、朝の光|2:3|dall-e-3
2 10.31 jiwoo 안개 속 산, 작은 해|3:2|dall-e-3
1 09.25 jiwoo 비 내리는 밤의 도시, 네온|3:2|dall-e-3
1 16.10 jiwoo 초록 연못의 잉어|1:1|dall-e-3
0 09.44 jiwoo 보랏빛 하늘의 행성|3:2|dall-e-3
0 11.02 jiwoo 황혼의 등대, 긴 빛|2:3|dall-e-3
"""
LIGHTHOUSE = "Lighthouse at dusk, violet water"
REWRITTEN = (
    "A striped lighthouse stands on a small dark island at dusk. Its lamp has begun to turn and casts a long beam "
    "across still violet water. Grainy poster print, one lit window in the keeper’s house at its foot."
)
TEMPLATE = "A {teal|crimson|golden} lighthouse at {dawn|dusk}"
