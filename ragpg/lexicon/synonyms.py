"""Groups of words that can mean the same; a line's end or `|` separates groups."""

from __future__ import annotations

SYNONYMS = """
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
