"""The process that converts: it reads untrusted files, and is killed when one takes too much.

Requests and replies are lines of JSON; a request is followed by the bytes of the file. Run it as
`python -m ragpg.formats.worker`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from ragpg.formats.content import explain_content
from ragpg.formats.converter import UnreadableFormatError
from ragpg.formats.registry import find_converter, get_suffix

if TYPE_CHECKING:
    from ragpg.formats.converter import Converted

MAX_TEXT = 32 * 2**20
"""Characters of a converted text: more come from a bomb, or are no text for people."""


def main() -> None:
    """Convert what standard input brings until it ends."""
    limit_memory(int(sys.argv[1]))
    with redirect_output() as output:
        for line in iter(sys.stdin.buffer.readline, b""):
            request = json.loads(line)
            content = sys.stdin.buffer.read(request["size"])
            reply = answer(request["source"], content)
            output.write(json.dumps(reply).encode() + b"\n")
            output.flush()


def limit_memory(size: int) -> None:
    """Let the process have so many bytes of addresses; Windows and macOS know no such limit."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextlib.contextmanager
def redirect_output() -> Any:
    """Keep standard output for replies: what libraries print goes to standard error."""
    with os.fdopen(os.dup(1), "wb") as output:
        os.dup2(2, 1)
        yield output


def answer(source: str, content: bytes) -> dict[str, Any]:
    """Convert one file and make the reply; whatever fails is an error of this document."""
    try:
        converted = convert(source, content)
    except UnreadableFormatError as error:
        return {"error": explain_content(content, get_suffix(source)) or str(error)}
    except MemoryError:
        return {"error": "converting it takes too much memory"}
    except Exception as error:  # noqa: BLE001 - a broken file may make a library raise anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:160]
        return {"error": f"it cannot be converted ({reason})"}
    return {"text": converted.text, "places": converted.places.to_json()}


def convert(source: str, content: bytes) -> Converted:
    """Convert one file; raises UnreadableFormatError."""
    converter = find_converter(source)
    if converter is None:
        raise UnreadableFormatError("its format is not known")
    suffix = get_suffix(source)
    converted = converter.convert(content, suffix)
    if content and not converted.text and (reason := explain_content(content, suffix)):
        raise UnreadableFormatError(reason)
    if len(converted.text) > MAX_TEXT:
        raise UnreadableFormatError(f"its text has more than {MAX_TEXT} characters")
    return converted


if __name__ == "__main__":
    main()
