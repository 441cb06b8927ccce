"""No test here sees a key or an address of the environment; many are run with both clients."""

from __future__ import annotations

from tests.support.language_model import client, no_keys

__all__ = ["client", "no_keys"]
