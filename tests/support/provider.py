"""A model provider on 127.0.0.1: OpenAI's protocol over real HTTP, with every kind of failure.

    with Provider(Reply("Five days [1].")) as provider:
        LiteLLM(model="openai/test", api_base=provider.url, ...)

Each request takes the next reply; the last one is repeated. `/v1/chat/completions`,
`/v1/embeddings` and Ollama's `/api/chat` and `/api/generate` are answered.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ssl import SSLContext

HTML_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>"
)
"""What a proxy answers when its server is down."""


@dataclass(frozen=True, slots=True)
class Reply:
    """How one request is answered.

    `finish` is the finish reason, None to leave that event out; `done` ends a stream with `[DONE]`;
    `broken` drops the connection after the text; `endless` repeats the text until the client
    leaves; `hangs` waits, instead of sending the event at that position (-1: the head), until the
    server closes, or sends `comments` meanwhile; `delay` is the seconds before each event or
    comment. `body` replaces the answer as a whole.
    """

    text: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    finish: str | None = "stop"
    done: bool = True
    broken: bool = False
    endless: bool = False
    hangs: int | None = None
    comments: bool = False
    delay: float = 0.0
    usage: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class Provider:
    """The server; `url` is the base of its OpenAI protocol, `root` that of Ollama's."""

    def __init__(self, *replies: Reply, dimension: int = 32, tls: SSLContext | None = None) -> None:
        self.replies = list(replies) or [Reply("Hello.")]
        self.dimension = dimension
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self.abandoned = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.provider = self
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def root(self) -> str:
        """The address without a path."""
        return f"http://{self.host}"

    @property
    def url(self) -> str:
        """The address of the OpenAI protocol."""
        return f"{self.root}/v1"

    @property
    def host(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def take(self, request: Request) -> Reply:
        """Record a request and return the reply to it."""
        with self._lock:
            self.requests.append(request)
            return self.replies[min(len(self.requests), len(self.replies)) - 1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    provider: Provider

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that left is no error of the server's."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep quiet."""

    def do_POST(self) -> None:
        """Answer one request, then close the connection."""
        self.close_connection = True
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        provider = self.server.provider
        reply = provider.take(Request(self.path, dict(self.headers), body))
        if reply.hangs == -1:
            provider.closing.wait()
        if reply.body is not None:
            self._send(reply, reply.body)
        elif self.path.endswith("/embeddings"):
            self._send(reply, json.dumps(_embeddings(body, provider.dimension)))
        elif self.path.startswith("/api/"):
            self._stream(reply, _ollama_events(reply, self.path), media="application/x-ndjson")
        elif body.get("stream"):
            self._stream(reply, _events(reply, body), media="text/event-stream")
        else:
            self._wait(reply, 0)
            self._send(reply, json.dumps(_completion(reply, body)))

    def _send(self, reply: Reply, body: str) -> None:
        self._head(reply, media="text/html" if body.startswith("<") else "application/json")
        self._chunk(body.encode())
        self._chunk(b"")

    def _stream(self, reply: Reply, events: Iterator[str], *, media: str) -> None:
        self._head(reply, media=media)
        try:
            for position, event in enumerate(events):
                self._send_comments(reply, position)
                self._wait(reply, position)
                self._chunk(event.encode())
            if not reply.broken:
                self._chunk(b"")
        except OSError:
            self.server.provider.abandoned.set()

    def _send_comments(self, reply: Reply, position: int) -> None:
        closing = self.server.provider.closing
        while reply.comments and reply.hangs == position and not closing.wait(reply.delay):
            self._chunk(b": keep-alive\n\n")

    def _wait(self, reply: Reply, position: int) -> None:
        closing = self.server.provider.closing
        if reply.hangs == position:
            closing.wait()
        closing.wait(reply.delay)
        if closing.is_set():
            raise ConnectionAbortedError

    def _head(self, reply: Reply, *, media: str) -> None:
        self.send_response(reply.status)
        for name, value in {
            "Content-Type": media,
            "Transfer-Encoding": "chunked",
            "Connection": "close",
            **reply.headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()


def _pieces(reply: Reply) -> Iterator[str]:
    """Yield the text word by word, repeatedly if it is endless."""
    words = re.findall(r"\s*\S+\s*$|\s*\S+", reply.text) or [reply.text]
    yield from words
    while reply.endless:
        yield from words


def _events(reply: Reply, request: Mapping[str, Any]) -> Iterator[str]:
    """Yield the events of a streamed chat completion."""
    frame = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": request.get("model", "test"),
    }

    def event(delta: Mapping[str, str], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return f"data: {json.dumps({**frame, 'choices': [choice]})}\n\n"

    yield event({"role": "assistant", "content": ""})
    for piece in _pieces(reply):
        yield event({"content": piece})
    if reply.broken:
        return
    if reply.finish is not None:
        yield event({}, reply.finish)
    if reply.usage is not None:
        yield f"data: {json.dumps({**frame, 'choices': [], 'usage': reply.usage})}\n\n"
    if reply.done:
        yield "data: [DONE]\n\n"


def _ollama_events(reply: Reply, path: str) -> Iterator[str]:
    """Yield the lines of an answer in Ollama's protocol."""
    frame = {"model": "test", "created_at": "2026-01-01T00:00:00Z"}

    def line(text: str, **ending: object) -> str:
        chat = {"message": {"role": "assistant", "content": text}}
        content = chat if path == "/api/chat" else {"response": text}
        return json.dumps({**frame, **content, "done": False, **ending}) + "\n"

    for piece in _pieces(reply):
        yield line(piece)
    if reply.finish is not None:
        usage = reply.usage or {"prompt_tokens": 1, "completion_tokens": 1}
        counts = {
            "prompt_eval_count": usage["prompt_tokens"],
            "eval_count": usage["completion_tokens"],
        }
        yield line("", done=True, done_reason=reply.finish, **counts)


def _completion(reply: Reply, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a chat completion in one piece."""
    message = {"role": "assistant", "content": reply.text}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": request.get("model", "test"),
        "choices": [{"index": 0, "message": message, "finish_reason": reply.finish}],
        **({"usage": reply.usage} if reply.usage is not None else {}),
    }


def _embeddings(request: Mapping[str, Any], dimension: int) -> dict[str, Any]:
    """Return vectors that are similar for texts with common words."""
    texts = [request["input"]] if isinstance(request["input"], str) else request["input"]
    size = request.get("dimensions") or dimension
    data = [
        {"object": "embedding", "index": index, "embedding": _bag_of_words(text, size)}
        for index, text in enumerate(texts)
    ]
    count = sum(len(text.split()) for text in texts)
    usage = {"prompt_tokens": count, "total_tokens": count}
    return {"object": "list", "data": data, "model": request.get("model", ""), "usage": usage}


def _bag_of_words(text: str, dimension: int) -> list[float]:
    counts = [1e-3] * dimension
    for word in re.findall(r"\w+", text.lower()):
        counts[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) % dimension] += 1.0
    length = math.sqrt(sum(count * count for count in counts))
    return [count / length for count in counts]
