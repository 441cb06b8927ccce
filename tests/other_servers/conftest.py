"""Servers that are installed here besides the embedded one: `make test-servers` looks for them."""

from __future__ import annotations

import os

collect_ignore = [] if os.environ.get("OTHER_SERVERS") else ["test_other_servers.py"]
