"""A signal where resources are open ends the program, whatever becomes of its exception."""

from __future__ import annotations

import pytest

from ragpg import interrupts
from ragpg.errors import DatabaseError
from ragpg.interrupts import SignalHandler, raise_on_signal


@pytest.fixture(autouse=True)
def handler(monkeypatch: pytest.MonkeyPatch) -> SignalHandler:
    """A handler that has seen no signal yet."""
    handler = SignalHandler()
    monkeypatch.setattr(interrupts, "handler", handler)
    return handler


def fail_at_signal(handler: SignalHandler, *, signalled: bool) -> None:
    """Fail as an import or a library does that turns every exception into one of its own."""
    try:
        if signalled:
            handler.handle(130, 2, None)
    except SystemExit as error:
        raise DatabaseError("the query was cancelled") from error
    raise DatabaseError("the query failed")


def test_a_signal_that_became_another_exception(handler: SignalHandler) -> None:
    """The exit code is the signal's, after all resources were closed."""
    with pytest.raises(SystemExit) as caught, raise_on_signal():
        fail_at_signal(handler, signalled=True)
    assert caught.value.code == 130
    assert handler.open_blocks == 0


def test_an_exception_without_a_signal(handler: SignalHandler) -> None:
    """It stays what it is."""
    with pytest.raises(DatabaseError, match="the query failed"), raise_on_signal():
        fail_at_signal(handler, signalled=False)
    assert handler.open_blocks == 0
