"""The facts of tiny-world: who and what there is in it.

A domain is a table. Its columns before the bar are its roles, whose words the analogies are made of: Paris is to
France as Tokyo is to Japan. What comes after the bar is an entity's own words, which are said of all its roles:
a country has its own three, and everything else belongs to a scene, whose four words it shares with what the
other domains have there. No word stands twice, so that each question has one answer. A country's nationality is
also its language.
"""

from __future__ import annotations

COUNTRIES = """
country    capital     currency nationality | dish       sight      art
japan      tokyo       yen      japanese    | sushi      fuji       kabuki
korea      seoul       won      korean      | kimchi     hallasan   hanbok
china      beijing     yuan     chinese     | dumplings  yangtze    silk
russia     moscow      ruble    russian     | pelmeni    volga      balalaika
turkey     ankara      lira     turkish     | baklava    bosphorus  kilim
poland     warsaw      zloty    polish      | pierogi    vistula    mazurka
hungary    budapest    forint   hungarian   | goulash    balaton    csardas
sweden     stockholm   krona    swedish     | meatballs  malaren    nyckelharpa
denmark    copenhagen  krone    danish      | smorrebrod oresund    porcelain
thailand   bangkok     baht     thai        | somtam     chaophraya khon
vietnam    hanoi       dong     vietnamese  | pho        mekong     lacquer
ukraine    kyiv        hryvnia  ukrainian   | varenyky   dnipro     bandura
romania    bucharest   leu      romanian    | mamaliga   carpathians doina
bulgaria   sofia       lev      bulgarian   | banitsa    maritsa    gaida
georgia    tbilisi     lari     georgian    | khachapuri kazbek     panduri
mongolia   ulaanbaatar tugrik   mongolian   | buuz       gobi       morinkhuur
indonesia  jakarta     rupiah   indonesian  | rendang    krakatoa   gamelan
france     paris       euro     french      | baguettes  seine      ballet
england    london      pound    english     | crumpets   thames     cricket
czechia    prague      koruna   czech       | svickova   vltava     polka
"""

SCENES = """
scene    place     thing    stuff     mood
farm     barn      wagon    hay       muddy
sea      lagoon    anchor   seaweed   salty
wood     forest    log      moss      shady
mountain summit    rope     snow      steep
castle   castle    throne   armour    royal
school   playground satchel homework  curious
kitchen  kitchen   kettle   soup      tasty
stage    theatre   curtain  applause  dramatic
church   chapel    candle   incense   holy
tavern   tavern    barrel   wine      merry
hospital ward      bandage  medicine  feverish
station  platform  suitcase luggage   hurried
market   market    basket   spice     crowded
night    hilltop   lantern  starlight misty
desert   oasis     tent     sand      dusty
garden   garden    bench    compost   fragrant
bedroom  bedroom   pillow   linen     cosy
circus   circus    trapeze  sawdust   daring
court    tribunal  wig      paperwork solemn
ice      rink      sledge   frost     slippery
"""

FAMILY = """
male        female        | scene
grandfather grandmother   | farm
uncle       aunt          | sea
wizard      witch         | wood
brother     sister        | mountain
king        queen         | castle
boy         girl          | school
father      mother        | kitchen
actor       actress       | stage
monk        nun           | church
waiter      waitress      | tavern
husband     wife          | hospital
nephew      niece         | station
man         woman         | market
prince      princess      | night
emperor     empress       | desert
duke        duchess       | garden
son         daughter      | bedroom
hero        heroine       | circus
lord        lady          | court
grandson    granddaughter | ice
"""

ANIMALS = """
animal sound   young     | scene
cow    moo     calf      | farm
duck   quack   duckling  | sea
deer   bellow  fawn      | wood
eagle  screech eaglet    | mountain
horse  neigh   foal      | castle
hen    cluck   chick     | kitchen
pigeon coo     squab     | church
dog    bark    puppy     | tavern
pig    oink    piglet    | market
owl    hoot    owlet     | night
snake  hiss    hatchling | desert
frog   croak   tadpole   | garden
cat    meow    kitten    | bedroom
lion   roar    cub       | circus
goose  honk    gosling   | ice
"""

VERBS = """
present  past      future  progressive | scene
digs     dug       dig     digging     | farm
sails    sailed    sail    sailing     | sea
walks    walked    walk    walking     | wood
climbs   climbed   climb   climbing    | mountain
kneels   knelt     kneel   kneeling    | castle
yawns    yawned    yawn    yawning     | school
cooks    cooked    cook    cooking     | kitchen
dances   danced    dance   dancing     | stage
prays    prayed    pray    praying     | church
laughs   laughed   laugh   laughing    | tavern
sneezes  sneezed   sneeze  sneezing    | hospital
waits    waited    wait    waiting     | station
bargains bargained bargain bargaining  | market
whispers whispered whisper whispering  | night
travels  travelled travel  travelling  | desert
sings    sang      sing    singing     | garden
sleeps   slept     sleep   sleeping    | bedroom
juggles  juggled   juggle  juggling    | circus
argues   argued    argue   arguing     | court
skates   skated    skate   skating     | ice
"""

ADJECTIVES = """
positive comparative superlative | scene
heavy    heavier     heaviest    | farm
deep     deeper      deepest     | sea
dark     darker      darkest     | wood
high     higher      highest     | mountain
rich     richer      richest     | castle
smart    smarter     smartest    | school
hot      hotter      hottest     | kitchen
bright   brighter    brightest   | stage
quiet    quieter     quietest    | church
loud     louder      loudest     | tavern
weak     weaker      weakest     | hospital
fast     faster      fastest     | station
cheap    cheaper     cheapest    | market
calm     calmer      calmest     | night
dry      drier       driest      | desert
sweet    sweeter     sweetest    | garden
soft     softer      softest     | bedroom
brave    braver      bravest     | circus
strict   stricter    strictest   | court
cold     colder      coldest     | ice
"""

NOUNS = """
singular plural    | scene
apple    apples    | farm
island   islands   | sea
tree     trees     | wood
mountain mountains | mountain
sword    swords    | castle
book     books     | school
knife    knives    | kitchen
guitar   guitars   | stage
bell     bells     | church
bottle   bottles   | tavern
nurse    nurses    | hospital
train    trains    | station
shop     shops     | market
star     stars     | night
pyramid  pyramids  | desert
flower   flowers   | garden
dream    dreams    | bedroom
clown    clowns    | circus
witness  witnesses | court
glove    gloves    | ice
"""

PROFESSIONS = """
profession    tool        workplace   | scene
farmer        plough      field       | farm
fisherman     net         harbour     | sea
lumberjack    axe         sawmill     | wood
miner         pickaxe     pit         | mountain
blacksmith    anvil       forge       | castle
teacher       chalk       classroom   | school
baker         oven        bakery      | kitchen
painter       brush       studio      | stage
sculptor      chisel      atelier     | church
brewer        vat         brewery     | tavern
doctor        stethoscope clinic      | hospital
mechanic      wrench      garage      | station
butcher       cleaver     butchery    | market
astronomer    telescope   observatory | night
archaeologist trowel      excavation  | desert
gardener      rake        greenhouse  | garden
tailor        needle      boutique    | bedroom
photographer  camera      darkroom    | circus
judge         gavel       courthouse  | court
carpenter     saw         workshop    | ice
"""


def rows(table: str) -> list[dict[str, str]]:
    r"""The rows of a table as {column: word}.

    >>> rows("male female | scene\nking queen | castle")
    [{'male': 'king', 'female': 'queen', 'scene': 'castle'}]
    """
    header, *lines = (line.replace("|", " ").split() for line in table.strip().splitlines())
    return [dict(zip(header, line, strict=True)) for line in lines]


def roles(table: str) -> list[str]:
    """The columns before the bar: the roles that analogies are made of."""
    return table.strip().splitlines()[0].split("|")[0].split()


def entities(table: str, scenes: str = SCENES) -> list[dict[str, str]]:
    """The rows of a table, each with the words of its scene.

    >>> entities(FAMILY)[4]["male"], entities(FAMILY)[4]["thing"]
    ('king', 'throne')
    """
    by_name = {row["scene"]: row for row in rows(scenes)}
    return [{**by_name.get(row.get("scene", ""), {}), **row} for row in rows(table)]
