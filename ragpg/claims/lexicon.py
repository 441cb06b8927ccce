"""Words whose meaning a comparison of letters gets wrong: markers, synonyms, opposites. Pure.

The tables are small on purpose: what they lack is told by a word's form, or by the place where
one word stands for another.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import combinations

from ragpg.text.stems import stem

NEGATIONS = (
    "not n't no never without neither nor none nobody nothing nowhere|no longer|fails to|failed to"
    "|fail to|lacks|lack|lacked|free of|devoid of|instead of|rather than"
)
MODALS = {
    "possible": (
        "may might can could optional optionally possible possibly perhaps maybe potentially"
        " voluntary voluntarily allowed permitted|able to|free to|choose to|chooses to|entitled to"
        "|allows|allow|enables|option to|at liberty to|eligible to|welcome to"
    ),
    "likely": "likely probably presumably apparently supposedly",
    "necessary": (
        "must shall mandatory obligatory compulsory required necessary obliged obligated"
        "|has to|have to|had to|having to|needs to|need to|needed to|bound to|forced to|need n't"
        "|need not|requirement to"
    ),
    "certain": "certainly definitely undoubtedly surely inevitably unquestionably guaranteed",
    "advised": "should recommended advisable recommend|ought to|had better|advised to",
    "future": "will would|going to",
}
QUANTIFIERS = {
    "all": (
        "all every each both always everyone everybody everything invariably entirely entire whole"
        " completely wholly universally|without exception|in full|any"
    ),
    "most": "mostly generally usually typically normally largely most majority|almost all"
    "|nearly all|for the most part|as a rule",
    "many": "many numerous often frequently several various multiple|a number of|lots of|a lot of"
    "|plenty of|a quantity of",
    "some": "some sometimes occasionally partly partially half|a few|at times|in part|a part of"
    "|parts of|a portion of|now and then",
    "few": "few rarely seldom hardly scarcely barely infrequently little|a handful of|handful of"
    "|hardly any|hardly ever|scarcely any",
    "only": "only solely exclusively merely|nothing but|no one but|none but",
}
COMPARISONS = {
    "least": "least over above exceeding minimum beyond|at least|more than|no less than"
    "|no fewer than|not less than|or more|a minimum of|greater than|higher than|in excess of"
    "|upwards of|no earlier than|no sooner than|later than",
    "most": "under below maximum|at most|up to|less than|fewer than|no more than|not more than"
    "|or less|or fewer|a maximum of|smaller than|lower than|no later than|not later than"
    "|not exceeding|within|earlier than|sooner than",
    "about": "about around roughly approximately nearly almost circa ca|some|just over|just under"
    "|close to|more or less|or so|an estimated|a little over|slightly more than|slightly less than",
}
CONFLICTS = {
    frozenset(pair)
    for pair in (
        *(("possible", other) for other in ("necessary", "certain", "advised", "future")),
        *(("likely", other) for other in ("certain", "necessary")),
        *(("advised", other) for other in ("necessary", "future", "certain")),
        ("future", "necessary"),
        ("future", "likely"),
        *(("all", other) for other in ("most", "many", "some", "few")),
        *(("most", other) for other in ("some", "few", "many")),
        *(("few", other) for other in ("many", "some")),
        ("only", "all"),
        ("least", "most"),
    )
}
_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "if",
        "then",
        "than",
        "that",
        "this",
        "these",
        "those",
        "there",
        "here",
        "it",
        "its",
        "it's",
        "itself",
        "he",
        "him",
        "his",
        "she",
        "her",
        "hers",
        "they",
        "them",
        "their",
        "theirs",
        "we",
        "us",
        "our",
        "ours",
        "you",
        "your",
        "yours",
        "i",
        "me",
        "my",
        "who",
        "whom",
        "whose",
        "which",
        "what",
        "when",
        "where",
        "while",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "off",
        "on",
        "onto",
        "out",
        "to",
        "toward",
        "towards",
        "upon",
        "with",
        "via",
        "per",
        "about",
        "through",
        "be",
        "am",
        "is",
        "are",
        "was",
        "were",
        "been",
        "being",
        "do",
        "does",
        "did",
        "done",
        "doing",
        "has",
        "have",
        "had",
        "having",
        "s",
        "re",
        "ve",
        "ll",
        "d",
        "m",
        "t",
        "so",
        "such",
        "too",
        "very",
        "also",
        "just",
        "however",
        "therefore",
        "thus",
        "hence",
        "moreover",
        "furthermore",
        "additionally",
        "nevertheless",
        "although",
        "though",
        "even",
        "because",
        "since",
        "both",
        "either",
        "else",
        "how",
        "why",
        "up",
        "own",
        "same",
        "other",
        "another",
        "one",
        "ones",
        "yes",
        "regarding",
        "concerning",
        "more",
        "less",
        "during",
        "between",
        "among",
        "amongst",
        "within",
        "respectively",
        "rather",
        "quite",
        "already",
        "still",
        "yet",
        "whether",
        "according",
        "until",
        "till",
        "across",
        "along",
        "against",
        "after",
        "before",
        "over",
        "under",
        "above",
        "below",
        "addition",
        "particular",
        "especially",
        "instance",
        "example",
        "course",
        "whereas",
        "for",
        "including",
        "like",
        "based",
        "due",
        "well",
    ]
)
CONTENT_ANYWAY = frozenset(
    [
        "after",
        "before",
        "over",
        "under",
        "above",
        "below",
        "up",
        "down",
        "more",
        "less",
        "against",
        "until",
        "since",
        "first",
        "last",
    ]
)
"""Small words that turn a sentence round where another stands for them."""

_SYNONYMS = """
amount sum quantity total|annual yearly|approach method way technique|area region zone|ask request
assist help aid support|assistance help aid|begin start commence launch|big large huge great major
build construct erect|call name term dub|child kid|city town|colleague coworker
firm company business enterprise corporation|complete finish conclude
contain hold comprise include|country nation state|create make produce establish form
currently now presently today nowadays|difficult hard tough|discover find detect identify
employee staff worker personnel|ensure guarantee|entire whole complete|error mistake fault
famous renowned well-known|fast quick rapid swift|give grant award hand provide
goal aim objective target purpose|important significant key essential
improve enhance better upgrade|inform notify tell advise|job task work role duty
main chief primary principal|mainly primarily chiefly predominantly|need require
obtain get receive acquire gain|occur happen|offer provide supply|often frequently regularly
own possess|part portion share section|people person individual|permit allow let
place location site|purchase buy acquire|quit leave resign|reduce lower decrease cut diminish
remain stay continue|result outcome consequence|salary pay wage|say state declare announce report
seem appear|send transmit dispatch|show demonstrate indicate reveal display
similar alike comparable|submit file lodge hand|sufficient enough adequate|team group crew
various different diverse|vacation holiday leave|write author pen compose
use employ utilize utilise|believe think consider|become turn|film movie picture|song track
album record|release publish issue|die death|kill murder slay|born birth|join enter|win victory
lead head direct|found establish|increase rise grow growth climb go-up
decrease fall decline drop reduce shrink|earn make|keep retain maintain preserve
end finish stop cease terminate|choose select pick|change alter modify|show present
doctor physician|illness disease sickness|law statute act|rule regulation|cost price charge fee
euro eur|dollar usd|car vehicle automobile|house home residence|road street|teacher instructor
student pupil|match game|tournament competition contest|championship title|appoint name designate
elect vote|attack assault|destroy demolish ruin|damage harm|delay postpone defer|return come-back
arrive come reach|depart leave|live reside dwell|marry wed
study examine investigate analyze analyse|explain clarify describe|require demand
participate take-part|cause lead-to bring-about|support back endorse|popular well-liked
rare uncommon|usual common ordinary|common widespread|danger risk hazard|safe secure|near close
about concerning regarding|work labor labour|shop store|document file paper|section chapter
remove delete|add append|fix repair|check verify|perform carry conduct execute
describe depict portray|feature include|star appear act play|serve act work|reside live|title name
award prize|annually yearly|nearly almost|number quantity
"""
_OPPOSITES = """
first third fourth fifth sixth seventh eighth ninth tenth
increase decrease|increase reduce|rise fall|rise decline|rise drop|grow shrink|grow fall
grow decline|gain loss|gain lose|high low|more less|more few|most least|before after|above below
over under|first last|early late|north south|east west|left right|large small|big small|big little
great small|long short|tall short|open close|open shut|public private|internal external
inner outer|success failure|succeed fail|win lose|win loss|won defeated|accept reject
accept refuse|accept decline|approve reject|approve deny|allow forbid|allow prohibit|allow ban
permit forbid|permit prohibit|include exclude|support oppose|strong weak|rich poor|old young
old new|hot cold|warm cool|male female|man woman|boy girl|begin end|begin finish|start stop
start end|start finish|buy sell|purchase sell|positive negative|common rare|often rare
often seldom|easy difficult|easy hard|simple complex|major minor|majority minority|maximum minimum
max min|permanent temporary|ancient modern|improve worsen|good bad|better worse|best worst
create destroy|build destroy|build demolish|expand contract|expand shrink|arrive depart
arrive leave|come go|enter leave|enter exit|inside outside|with without|within outside|full empty
wide narrow|broad narrow|thick thin|deep shallow|heavy light|fast slow|quick slow|safe dangerous
safe unsafe|friend enemy|ally enemy|upper lower|top bottom|urban rural|domestic foreign
cheap expensive|asset liability|profit loss|income expense|revenue expense|gross net
primary secondary|input output|current former|abundant scarce|voluntary mandatory
voluntary compulsory|optional mandatory|optional required|attack defend|war peace|wet dry
love hate|true false|right wrong|same different|similar different|add remove|add subtract
hire fire|hire dismiss|live die|alive dead|birth death|born died|send receive|give take|push pull
raise lower|lift lower|lend borrow|teach learn|question answer|always never|all none
present absent|appear disappear|agree disagree|connect disconnect|enable disable|install uninstall
lock unlock|encrypt decrypt|light dark|bright dark|day night|morning evening|summer winter
spring autumn|forward backward|front back|ahead behind|near far|hard soft|sharp blunt|smooth rough
clean dirty|sick healthy|healthy ill|guilty innocent|victory defeat|advance retreat|ascend descend
credit debit|debtor creditor|employer employee|landlord tenant|buyer seller|parent child
husband wife|father mother|brother sister|son daughter|king queen|teacher student|sender recipient
predecessor successor|ancestor descendant|supply demand|surplus deficit|boom bust|peak trough
horizontal vertical|solid liquid|active passive|virtual physical|real fake|real imaginary
natural artificial|general specific|singular plural|odd even|theory practice|offensive defensive
conservative liberal|liberal authoritarian|optimistic pessimistic|generous stingy|brave cowardly
proud humble|polite rude|wise foolish|strict lenient|flexible rigid|tight loose|noisy quiet
loud quiet|fresh stale|raw cooked|sweet bitter|sweet sour|widen narrow|strengthen weaken
lengthen shorten|accelerate decelerate|accelerate slow|inhale exhale|promote inhibit
promote prevent|promote demote|stimulate inhibit|stimulate suppress|activate inhibit
activate suppress|induce inhibit|induce suppress|enhance reduce|enhance impair|enhance inhibit
upregulate downregulate|protect harm|protect endanger|help hinder|encourage deter
encourage discourage|attract repel|save spend|save waste|earn spend|remember forget|keep lose
keep discard|find lose|follow precede|import export|upload download|immigrate emigrate
acquire divest|merge split|unite divide|join leave|combine separate|gather scatter
collect distribute|confirm deny|admit deny|praise criticize|praise criticise|praise condemn
reward punish|obey disobey|respect despise|pass fail|float sink|freeze thaw|melt freeze|heat cool
earlier later|below above|up down|on off|north-east south-west|sunrise sunset|northern southern
eastern western|dawn dusk|plaintiff defendant|prosecution defense|senior junior|superior inferior
fixed variable|constant variable|stable unstable|benign malignant|acute chronic|acid alkaline
anterior posterior|dorsal ventral|proximal distal|local global|local remote|manual automatic
sync async|read write|client server|local national|wholesale retail|bull bear|long-term short-term
"""


@cache
def groups() -> dict[str, frozenset[int]]:
    """The groups of synonyms that a stem belongs to."""
    found: dict[str, set[int]] = {}
    for number, group in enumerate(_entries(_SYNONYMS)):
        for word in group:
            found.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


@cache
def opposites() -> frozenset[frozenset[str]]:
    """Pairs of stems that say the opposite of each other."""
    return frozenset(
        frozenset((stem(one), stem(other)))
        for pair in _entries(_OPPOSITES)
        for one, other in combinations(pair, 2)
    )


def _entries(table: str) -> list[list[str]]:
    joined = "|".join(table.strip().splitlines())
    return [entry.split() for entry in joined.split("|") if entry.strip()]


def is_small(word: str) -> bool:
    """Whether a word carries no content of its own."""
    return word in _SMALL


def are_synonyms(one: str, other: str) -> bool:
    """Whether two stems can mean the same."""
    table = groups()
    return bool(table.get(one, frozenset()) & table.get(other, frozenset()))


@lru_cache(maxsize=100_000)
def are_opposites(one: str, other: str) -> bool:
    """Whether two stems say the opposite of each other, by the table or by their form."""
    if one == other or min(len(one), len(other)) < 2:
        return False
    return frozenset((one, other)) in opposites() or _opposed_by_form(one, other)


_NEGATING = ("un", "in", "im", "il", "ir", "non", "dis", "mis", "anti", "counter", "a")
_PREFIXES = (
    ("over", "under"),
    ("up", "down"),
    ("in", "out"),
    ("in", "ex"),
    ("im", "ex"),
    ("in", "de"),
    ("im", "e"),
    ("en", "dis"),
    ("pre", "post"),
    ("fore", "after"),
    ("pro", "anti"),
    ("hyper", "hypo"),
    ("max", "min"),
    ("macro", "micro"),
    ("inter", "intra"),
    ("super", "sub"),
    ("a", "de"),
    ("ac", "de"),
    ("con", "de"),
    ("on", "off"),
    ("out", "in"),
    ("for", "back"),
    ("multi", "uni"),
    ("multi", "mono"),
    ("out", "under"),
)


def _opposed_by_form(one: str, other: str) -> bool:
    """Whether a prefix or a suffix turns one stem into the opposite of the other."""
    if other in _negated(one) or one in _negated(other):
        return True
    left, right = _prefixed(one), _prefixed(other)
    return any((number, 1 - side, rest) in right for number, side, rest in left)


@lru_cache(maxsize=20_000)
def _negated(word: str) -> frozenset[str]:
    """What a word denies by its form: "unsafe", "harmless"."""
    found = {word[len(prefix) :] for prefix in _NEGATING if word.startswith(prefix)}
    if word.endswith("less"):
        found |= {word[:-4], f"{word[:-4]}ful"}
    return frozenset(root for root in found if len(root) > 3)


@lru_cache(maxsize=20_000)
def _prefixed(word: str) -> frozenset[tuple[int, int, str]]:
    """The ways to read a word as a prefix of a pair, its side, and the rest."""
    return frozenset(
        (number, side, word[len(prefix) :])
        for number, pair in enumerate(_PREFIXES)
        for side, prefix in enumerate(pair)
        if word.startswith(prefix) and len(word) > len(prefix) + 2
    )
