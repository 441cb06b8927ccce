"""Modal words by class, and the classes that exclude each other. `|` separates phrases."""

from __future__ import annotations

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
CONFLICTS = {
    "possible": "necessary certain advised future",
    "likely": "certain necessary future",
    "advised": "necessary future certain",
    "future": "necessary",
}
