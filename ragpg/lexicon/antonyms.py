"""Words of opposite meaning, as pairs of words and of prefixes.

A line's end or `|` separates groups; of a group of more than two words each excludes every other.
"""

from __future__ import annotations

ANTONYMS = """
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
sync async|read write|client server|local national|wholesale retail|bull bear|front behind
long-term short-term
"""

PREFIXES = """
over under|up down|in out|in ex|im ex|in de|im e|en dis|pre post|fore after|pro anti|hyper hypo
max min|macro micro|inter intra|super sub|a de|ac de|con de|on off|out in|for back|multi uni
multi mono|out under
"""
"""Prefixes that make two words opposites, as in "overpaid" and "underpaid"."""
