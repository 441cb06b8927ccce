"""Language models, through either client, with a provider that speaks HTTP."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.errors import ProviderError
from ragpg.llm.litellm_model import LiteLLM, find_context_tokens
from ragpg.llm.stripping import strip_fences, strip_thoughts
from ragpg.providers.keep_alive import GuardedStream
from ragpg.types import Completion
from tests.support.language_model import ADDRESS, ANSWER, MESSAGES, USAGE, answer, failure
from tests.support.provider import Provider, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.language_model import Client


SCRIPT = """
    import sys
    from ragpg.api.factories import choose_client
    from ragpg.types import Message
    from ragpg.errors import ProviderError
    print("ready", flush=True)
    llm = choose_client(sys.argv[1])(model=sys.argv[1], api_base=sys.argv[2] or None, timeout=600)
    try:
        for piece in llm.stream([Message("user", "?")]):
            print(piece, flush=True)
    except ProviderError as error:
        print(error)
"""


def test_an_answer_is_streamed_and_completed(client: Client) -> None:
    """The answer's text arrives whole, with the usage that the server counted."""
    with Provider(Reply(ANSWER.text, usage=USAGE)) as provider:
        assert answer(provider, client) == (ANSWER.text, Completion("stop", USAGE))
        (request,) = provider.requests
    assert request.path == "/v1/chat/completions"
    assert request.body == {
        "model": "test",
        "messages": [
            {"role": "system", "content": "Answer."},
            {"role": "user", "content": "How many days?"},
        ],
        "temperature": 0.0,
        "max_tokens": 50,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_the_first_piece_comes_before_the_last_is_sent(client: Client) -> None:
    """Pieces are passed on as they arrive."""
    with Provider(Reply("one two three", hangs=3)) as provider:
        llm = client(model="openai/test", api_base=provider.url, timeout=5)
        stream = llm.stream(MESSAGES)
        assert next(stream) == "one"


def test_usage_is_none_when_the_server_counts_nothing(client: Client) -> None:
    """An estimate of litellm's is not reported as the provider's count."""
    with Provider(ANSWER) as provider:
        assert answer(provider, client)[1] == Completion("stop", None)


def test_the_cost_is_there_where_prices_are_known(client: Client) -> None:
    """A model of litellm's price list gets its cost in dollars."""
    with Provider(Reply("Yes.", usage=USAGE)) as provider:
        usage = answer(provider, client, model="openai/gpt-4o")[1].usage
    assert usage is not None
    assert {**usage, "cost": None} == {**USAGE, "cost": None}
    assert 0 < usage["cost"] < 0.01


@pytest.mark.parametrize("model", ["ollama/test", "ollama_chat/test"])
def test_ollama_answers(client: Client, model: str) -> None:
    """Both of Ollama's protocols work, and nothing but the question is sent."""
    with Provider(Reply("Five days [1].", usage=USAGE)) as provider:
        assert answer(provider, client, model=model) == (
            "Five days [1].",
            Completion("stop", USAGE),
        )
        time.sleep(0.3)  # litellm would ask in the background
        assert [request.path for request in provider.requests] == [
            "/api/chat" if model == "ollama_chat/test" else "/api/generate"
        ]


def test_a_slow_answer_is_no_timeout(client: Client) -> None:
    """The timeout counts the seconds without a byte, not those of the whole answer."""
    with Provider(Reply("a b c d", delay=0.15)) as provider:
        begin = time.monotonic()
        assert answer(provider, client, timeout=0.5)[0] == "a b c d"
        assert time.monotonic() - begin > 0.5


def test_an_answer_cut_by_the_server_is_marked(client: Client) -> None:
    """The server's reason "length" is passed on."""
    with Provider(Reply("Up to", finish="length", usage=USAGE)) as provider:
        assert answer(provider, client) == ("Up to", Completion("length", USAGE))


@pytest.mark.parametrize("model", ["openai/test", "ollama_chat/test"])
@pytest.mark.parametrize("text", ["la ", "la" * 500, "a b c d e f g "])
def test_an_endless_answer_ends(client: Client, model: str, text: str) -> None:
    """Far beyond max_tokens reading stops and the connection is closed."""
    with Provider(Reply(text, endless=True)) as provider:
        received, completion = answer(provider, client, model=model, max_tokens=20)
        assert completion.finish_reason == "length"
        assert len(received) <= 8 * 20 + 64 + len(text)
        assert provider.abandoned.wait(5)


def test_an_endless_answer_without_text_ends(client: Client) -> None:
    """Events without content are counted as well."""
    with Provider(Reply("", endless=True)) as provider:
        assert failure(provider, client) == (
            "openai/test at HOST ended the connection without an answer",
            ADDRESS,
        )


@pytest.mark.parametrize("model", ["openai/test", "ollama/test", "ollama_chat/test"])
@pytest.mark.parametrize("done", [True, False])
def test_a_stream_that_ends_silently_broke_off(client: Client, model: str, *, done: bool) -> None:
    """An end without a finish reason is no end, whatever litellm reports."""
    with Provider(Reply("Up to 5", finish=None, done=done)) as provider:
        assert failure(provider, client, model=model) == (
            f"{model} at HOST broke off in the middle of its answer",
            "Try again later.",
        )
        assert len(provider.requests) == 1


def test_a_connection_that_is_lost_broke_off(client: Client) -> None:
    """A connection lost after the first piece is an error, and nothing is asked twice."""
    with Provider(Reply("Up to 5", broken=True)) as provider:
        pieces: list[str | Completion] = []
        llm = client(model="openai/test", api_base=provider.url)
        with pytest.raises(ProviderError) as caught:
            pieces.extend(llm.stream(MESSAGES))
        assert "".join(map(str, pieces)) == "Up to 5"
        assert caught.value.message.endswith(" broke off: the connection was lost")
        assert len(provider.requests) == 1


@pytest.mark.parametrize("position", [-1, 0, 2])
def test_a_hanging_server_is_a_timeout(client: Client, position: int) -> None:
    """Silence is noticed before the head, before the first event and between two of them."""
    with Provider(Reply("a b c d", hangs=position)) as provider:
        assert failure(provider, client, timeout=0.5) == (
            "openai/test at HOST sent nothing for 0.5 s",
            "Raise timeout. Try again later.",
        )
        assert len(provider.requests) == 1


@pytest.mark.parametrize("position", [0, 2])
def test_comments_do_not_keep_a_client_waiting_for_ever(client: Client, position: int) -> None:
    """A server that is alive but says nothing gets more time than a silent one, and an end."""
    silent = Reply("a b c d", hangs=position, comments=True, delay=0.05)
    with Provider(silent) as provider:
        begin = time.monotonic()
        assert failure(provider, client, timeout=0.2) == (
            "openai/test at HOST sent nothing but keep-alives for 1 s",
            "Raise timeout. Try again later.",
        )
        assert 1 < time.monotonic() - begin < 60  # the first test of a run imports litellm
        assert provider.abandoned.wait(5)
        assert len(provider.requests) == 1


def test_comments_before_an_answer_are_no_failure() -> None:
    """Comments between events, longer than the timeout without them, change nothing."""
    parts = [": a comment, split in\n", ":\n\n", 'data: {"x": 1}\n\n', ": more"]

    class Body(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for part in parts * 4:
                time.sleep(0.03)
                yield part.encode()

    guarded = GuardedStream(Body(), seconds=0.2)
    assert b"".join(guarded).count(b"data") == 4


@pytest.mark.parametrize("text", ["", " \n "])
def test_an_empty_answer_is_a_failure(client: Client, text: str) -> None:
    """An answer without text is no refusal."""
    with Provider(Reply(text)) as provider:
        message, hint = failure(provider, client)
    assert message == "openai/test at HOST gave an empty answer"
    assert hint == "Raise maxTokens. Try again later."


def test_a_filtered_answer_is_a_failure(client: Client) -> None:
    """A provider's content filter is named."""
    with Provider(Reply("Up to", finish="content_filter")) as provider:
        message, _ = failure(provider, client)
    assert message == "openai/test at HOST stopped its answer: the provider's content filter"


def test_context_tokens_are_known_for_listed_models() -> None:
    """They come from the list inside litellm, not from the network."""
    assert find_context_tokens("openai/gpt-4o") == 128_000
    assert find_context_tokens("openai/no-such-model") is None
    assert find_context_tokens("nothing") is None


def test_the_prompt_leaves_room_for_the_answer(client: Client) -> None:
    """The configured window comes before the known one, that before a small one."""
    assert client(model="openai/gpt-4o", max_tokens=1000).prompt_tokens == 127_000
    assert client(model="ollama_chat/llama3", max_tokens=1000).prompt_tokens == 3096
    llm = client(model="openai/gpt-4o", max_tokens=1000, context_tokens=9000)
    assert llm.prompt_tokens == 8000
    assert client(model="openai/x", max_tokens=9000).prompt_tokens == 0


def run(
    *arguments: str, cwd: Path, environment: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start a Python process that asks a model."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), *arguments],
        cwd=cwd,
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("environment", [{}, {"SSL_VERIFY": "True"}])
def test_an_interrupt_ends_at_once(tmp_path: Path, environment: dict[str, str]) -> None:
    """Ctrl-C in the middle of an answer ends the process without waiting for the server."""
    with Provider(Reply("a b c", hangs=2)) as provider:
        process = run("openai/test", provider.url, cwd=tmp_path, environment=environment)
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["ready\n", "a\n"]
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)  # the server goes on, and time is left
        assert errors.rstrip().endswith("KeyboardInterrupt")


@pytest.mark.parametrize("model", ["openai/gpt-4o", "gpt-4o"])
def test_a_dotenv_file_is_not_read(tmp_path: Path, model: str) -> None:
    """A `.env` in the directory sets no key and no address; nothing else is printed either."""
    (tmp_path / ".env").write_text("OPENAI_API_KEY=sk-foreign\n")
    process = run(model, "", cwd=tmp_path, environment={"LITELLM_LOG": "DEBUG"})
    output, errors = process.communicate(timeout=60)
    assert output == f"ready\n{model} needs a key, and OPENAI_API_KEY is not set\n"
    assert errors == ""


ECHO = (
    "===== passage [1] from a.md > Leave\nFive days [1].\n  ====== end of passage [1]\n\nOr =====\n"
)


@given(st.lists(st.integers(1, 90), max_size=4))
def test_echoed_fences_are_stripped(cuts: list[int]) -> None:
    """The lines around passages are dropped, wherever the stream is cut; the rest stays."""
    bounds = [0, *sorted(min(cut, len(ECHO)) for cut in cuts), len(ECHO)]
    pieces = [ECHO[start:end] for start, end in pairwise(bounds)]
    assert "".join(strip_fences(iter(pieces))) == "Five days [1].\n\nOr =====\n"


@pytest.mark.parametrize("text", ["a == b", "=== x", "= 5\n== 6", "The fence: ===== passage [1]"])
def test_what_is_no_fence(text: str) -> None:
    """Signs of equality elsewhere are the model's own."""
    assert "".join(strip_fences(iter(text))) == text


def test_nothing_but_fences_is_an_empty_answer(client: Client) -> None:
    """Who only repeats them has said nothing."""
    with Provider(Reply("===== passage [1] from a.md\n===== end of passage [1]")) as provider:
        message, _ = failure(provider, client)
    assert message == "openai/test at HOST gave an empty answer"


@given(st.lists(st.integers(1, 60), max_size=4), st.sampled_from(["", "<think>a < b</think>\n\n"]))
def test_thoughts_are_stripped(cuts: list[int], thoughts: str) -> None:
    """Thoughts before the answer are dropped, wherever the stream is cut; the rest stays."""
    answer = "It <rains> [1]. <think> is a tag. Good."
    text = thoughts + answer
    bounds = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(bounds)]
    assert "".join(strip_thoughts(iter(pieces))) == answer


def test_a_model_that_only_thinks_answers_nothing() -> None:
    """Thoughts without an end are no answer, and text that only begins alike is one."""
    assert "".join(strip_thoughts(iter(["<thi", "nk>on and on"]))) == ""
    assert "".join(strip_thoughts(iter(["<th"]))) == "<th"


SCHEMA = {
    "type": "object",
    "properties": {"days": {"type": "integer"}, "who": {"type": "string"}},
    "required": ["days", "who"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("schema", "is_strict"),
    [(SCHEMA, True), ({**SCHEMA, "required": ["days"]}, False), ({"type": "object"}, False)],
)
def test_an_answer_by_a_schema(
    client: Client,
    schema: dict[str, object],
    is_strict: bool,
) -> None:
    """OpenAI's protocol asks for it strictly only where its rules for that are met."""
    with Provider(Reply('{"days": 5, "who": "HR"}')) as provider:
        llm = client(model="openai/test", api_base=provider.url, timeout=10)
        *pieces, _ = llm.stream(MESSAGES, schema=schema)
        [request] = provider.requests
    assert "".join(map(str, pieces)) == '{"days": 5, "who": "HR"}'
    assert request.body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": schema, "strict": is_strict},
    }


@pytest.mark.parametrize("model", ["ollama/test", "ollama_chat/test"])
def test_a_schema_for_ollama(client: Client, model: str) -> None:
    """Ollama's protocols have it as `format`."""
    with Provider(Reply('{"days": 5, "who": "HR"}')) as provider:
        llm = client(model=model, api_base=provider.root, timeout=10)
        list(llm.stream(MESSAGES, schema=SCHEMA))
        assert provider.requests[-1].body["format"] == SCHEMA


def test_a_provider_without_schemas() -> None:
    """Litellm would leave the schema out and say nothing."""
    llm = LiteLLM(model="petals/test", api_base="http://127.0.0.1:9/v1", timeout=1)
    with pytest.raises(ProviderError) as caught:
        list(llm.stream(MESSAGES, schema=SCHEMA))
    assert caught.value.message == "petals/test at 127.0.0.1:9 takes no schema for its answer"
