"""Words of questions that say nothing about what is asked for."""

from __future__ import annotations

GENERIC = frozenset(
    """
    able actually anyone anything anyway away back become call called come comes could currently
    day dear difference different else even ever everything exactly find fine gets get getting give
    gives given go goes going good got happen happens hello help hi instead just keep kind know let
    lets like long look looks made make makes making many matter maybe mean means meant much need
    needed needs never nothing ok okay once one ones only please point possible put puts quite
    really right say says see sense set simply somebody someone something sort still sure take
    takes tell thanks thing things think try tried two used uses use using want wanted wants way
    without work working works yet arent cant couldnt didnt doesnt dont hasnt havent hows im isnt
    ive shouldnt thats wasnt whats wheres wont wouldnt
    """.split()  # noqa: SIM905 - far easier to read
)
GERMAN = frozenset(
    """
    aber als am an auf aus bei bin bis da das dass dem den der des die durch ein eine einem einen
    einer es für gibt hat hatte ich im in ist kann können man mein mit muss müssen nach nicht oder
    ob sein sich sie sind über um und unter von vor wann war warum was wegen welche welchem welchen
    welcher welches wenn wer werden wie wird wo zu zum zur
    """.split()  # noqa: SIM905 - far easier to read
)
"""Words that German is recognised by: there, every noun is capitalised."""
