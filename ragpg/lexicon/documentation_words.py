"""Words of documentation that WordNet lacks or keeps apart; a line's end or `|` separates groups.

WordNet is of 2006 and of general English: it has neither "login" nor "repo", does not know that a
feature that is turned on is enabled, and gives "notify" and "inform" two meanings.
"""

from __future__ import annotations

SYNONYMS = """
enable activate turn_on switch_on|disable deactivate turn_off switch_off
login log-in log_in log_on sign_in sign-in logon|logout log-out log_out log_off sign_out sign-out
setup set-up set_up|config configuration conf cfg|setting option preference|param parameter
arg argument|repo repository|dir directory folder|env environment|var variable|app application
db database|ram memory|wifi wi-fi|mac macos|docs documentation|doc document|info information
admin administrator
auth authentication|authn authentication|authz authorization|creds credentials|passwd password
id identifier|email e-mail|website site web_site|plugin plug-in|addon add-on|backend back-end
frontend front-end|filename file_name|username user_name|dropdown drop-down|checkbox check_box
popup pop-up|command-line command_line cli|runtime run-time run_time|os operating_system
cpu processor|computer machine pc|restart reboot relaunch|shutdown shut-down shut_down
startup start-up start_up|boot start_up|bug defect|bugfix fix|execute run|invoke call
delete remove erase|create make generate|save store|edit modify change alter|display show
duplicate copy|merge combine|divide split separate|verify check validate|watch monitor
timeout time-out time_out|expire lapse run_out|smartphone mobile_phone cellphone
screenshot screen_capture|typo misprint|newline line_break|uppercase upper-case capital
lowercase lower-case|boolean bool|integer int|dict dictionary|sync synchronous
async asynchronous|synchronise synchronize sync|max maximum|min minimum|temp tmp temporary
stats statistics|prod production|dev development|spec specification|lib library|pkg package
img image|pic picture|msg message|org organization organisation|perms permissions
prefs preferences|util utility|func function|attr attribute|readonly read-only read_only
realtime real-time|whitelist allowlist|blacklist blocklist denylist|opt-in opt_in|opt-out opt_out
encash cash_in cash|reimburse refund repay|manager supervisor boss|employee worker staff_member
staff personnel workforce employees|pto paid_time_off|vacation holiday|salary pay wage wages
notify inform tell|quit resign step_down|leave depart|big large huge|fast quick rapid swift
company firm business|choose pick select|reduce lower decrease cut diminish|increase raise
increase rise grow|provide supply offer give|obtain get receive acquire|send transmit dispatch
submit hand_in turn_in file|sufficient enough adequate|happen occur take_place|need require
stop end terminate finish|keep retain preserve|publish release|fee charge|explain clarify
currently now presently|error mistake fault|important significant essential|similar comparable
perform conduct carry_out execute do|begin start commence launch|assist help support aid
improve enhance better|show indicate demonstrate reveal|receive get|arrive reach come
reside live dwell|examine investigate study analyze analyse|illness disease sickness
rare uncommon|usual common ordinary|danger hazard risk|safe secure|work labor labour
goal aim objective target|approach method technique way|place location site|area region zone
various different diverse|difficult hard tough|entire whole complete|famous well-known renowned
buy purchase acquire|postpone delay defer|document file|cease stop discontinue halt|must need
prohibit forbid ban disallow|allow permit let enable|whenever when|per each|via through|prior before
afterwards after later|approximately about roughly around|annually yearly|monthly per_month
weekly per_week|daily per_day|deadline due_date|task job|fix repair resolve|quit leave
additional extra further|mandatory required obligatory compulsory|instantly immediately at_once
"""
"""Groups of words and phrases of one meaning: each is a synonym of every other in its group."""

ANTONYMS = """
enable disable|activate deactivate|turn_on turn_off|switch_on switch_off|login logout
log_in log_out|sign_in sign_out|install uninstall|upload download|encrypt decrypt|encode decode
mount unmount|attach detach|subscribe unsubscribe|sync async|synchronous asynchronous
serialize deserialize|serialise deserialise|load unload|register deregister|register unregister
online offline|uppercase lowercase|frontend backend|client server|allow block
allowlist blocklist|allowlist denylist|whitelist blacklist|expand collapse|ascending descending
upgrade downgrade|opt_in opt_out|prefix suffix|header footer|newest oldest|earliest latest
incoming outgoing|inbound outbound|static dynamic|mutable immutable|signed unsigned
compressed uncompressed|compress decompress|readable unreadable|read-only writable
synchronously asynchronously|verbose quiet|hidden visible|hide show|required optional
mandatory optional|obligatory optional|paid unpaid|full-time part-time|before after
earlier later|more fewer|refundable non-refundable|taxable tax-free|deprecated supported
stable unstable|encrypted unencrypted|plaintext encrypted|locked unlocked|cached uncached
double halve|after prior|before afterwards|allow prevent
raise decrease|raise reduce|raise lower|increase reduce
"""
"""Pairs of opposites."""
