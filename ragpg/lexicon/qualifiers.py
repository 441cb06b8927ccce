"""Words for one of several cases, each with values of its own; and words of examples."""

from __future__ import annotations

ALTERNATIVES = frozenset(
    """
    windows macos mac osx linux unix ubuntu debian fedora centos rhel alpine arch freebsd android
    ios iphone ipad docker kubernetes podman snap homebrew aws azure gcp heroku
    us usa uk eu germany german france french spain spanish india indian japan japanese china
    chinese canada canadian australia australian ireland europe european america american africa
    asia apac emea international domestic london brazil mexico netherlands switzerland austria italy
    free pro premium enterprise professional starter plus ultimate trial lite onprem selfhosted
    production staging beta alpha nightly preview legacy deprecated
    mysql postgresql postgres mariadb sqlite mongodb redis frontend backend mobile desktop tablet
    contractor contractors intern interns weekly monthly yearly annual daily maternity paternity
    minimum maximum udp ipv4 ipv6 arm arm64 amd64 x86
    """.split()  # noqa: SIM905 - far easier to read
)
"""Platforms, regions, editions, roles and the like."""
EXAMPLE_WORDS = (
    *("for example", "for instance", "examples?", "suppose", "imagine", "let.s"),
    *("let us say", "hypothetical", "looks? like this", "foo", "bar", "baz"),
)
"""Words of statements that show one case of many; each is a regular expression."""
NUMBERED = frozenset(
    """
    step steps chapter section part figure fig table page note level phase exercise challenge
    lesson topic module question option item line row column version release issue milestone
    """.split()  # noqa: SIM905 - far easier to read
)
"""Nouns that a number after them only counts."""
