"""Language models through litellm, against a provider that speaks HTTP."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import textwrap
import time
from email.utils import formatdate
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.errors import ConfigurationError, ProviderError
from ragpg.llm.litellm_model import LiteLLM, find_context_tokens, strip_thoughts
from ragpg.providers.endpoint import LONGEST_PAUSE, Endpoint
from ragpg.providers.failures import parse_retry_after
from ragpg.providers.litellm_import import import_litellm
from ragpg.types import Completion, Message
from tests.support.provider import HTML_PAGE, Provider, Reply

if TYPE_CHECKING:
    from pathlib import Path

    from ragpg.protocols import LLM

KEY = "sk-test-0123456789abcdef"
ANSWER = Reply("Up to 5 days [1]. See the policy [2].")
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
MESSAGES = [Message("system", "Answer."), Message("user", "How many days?")]
NOW = {"Retry-After": "0"}
ADDRESS = "Check apiBase: for OpenAI's protocol it often ends in /v1."


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def answer(
    provider: Provider,
    *,
    model: str = "openai/test",
    max_tokens: int = 50,
    retries: int = 1,
    timeout: float = 10,
) -> tuple[str, Completion]:
    """Ask, and join the pieces."""
    base = provider.url if model.startswith("openai/") else provider.root
    settings = {"max_tokens": max_tokens, "retries": retries}
    llm: LLM = LiteLLM(model=model, api_base=base, timeout=timeout, **settings)
    *pieces, completion = llm.stream(MESSAGES)
    assert isinstance(completion, Completion)
    assert all(isinstance(piece, str) for piece in pieces)
    return "".join(str(piece) for piece in pieces), completion


def failure(
    provider: Provider, *, model: str = "openai/test", retries: int = 1, timeout: float = 10
) -> tuple[str, str]:
    """Ask in vain: the message, with HOST for the provider's address, and the hint."""
    with pytest.raises(ProviderError) as caught:
        answer(provider, model=model, retries=retries, timeout=timeout)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value.message.replace(provider.host, "HOST"), caught.value.hint or ""


def test_an_answer_is_streamed_and_completed() -> None:
    """The answer's text arrives whole, with the usage that the server counted."""
    with Provider(Reply(ANSWER.text, usage=USAGE)) as provider:
        assert answer(provider) == (ANSWER.text, Completion("stop", USAGE))
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


def test_the_first_piece_comes_before_the_last_is_sent() -> None:
    """Pieces are passed on as they arrive."""
    with Provider(Reply("one two three", hangs=3)) as provider:
        llm = LiteLLM(model="openai/test", api_base=provider.url, timeout=5)
        stream = llm.stream(MESSAGES)
        assert next(stream) == "one"


def test_usage_is_none_when_the_server_counts_nothing() -> None:
    """An estimate of litellm's is not passed off as the provider's figure."""
    with Provider(ANSWER) as provider:
        assert answer(provider)[1] == Completion("stop", None)


def test_the_cost_is_there_where_prices_are_known() -> None:
    """A model of litellm's price list gets its cost in dollars."""
    with Provider(Reply("Yes.", usage=USAGE)) as provider:
        usage = answer(provider, model="openai/gpt-4o")[1].usage
    assert usage is not None
    assert {**usage, "cost": None} == {**USAGE, "cost": None}
    assert 0 < usage["cost"] < 0.01


@pytest.mark.parametrize("model", ["ollama/test", "ollama_chat/test"])
def test_ollama_answers(model: str) -> None:
    """Both of Ollama's protocols work, and nothing but the question is sent."""
    with Provider(Reply("Five days [1].", usage=USAGE)) as provider:
        assert answer(provider, model=model) == ("Five days [1].", Completion("stop", USAGE))
        time.sleep(0.3)  # litellm would ask in the background
        assert [request.path for request in provider.requests] == [
            "/api/chat" if model == "ollama_chat/test" else "/api/generate"
        ]


def test_a_slow_answer_is_no_timeout() -> None:
    """The timeout counts the seconds without a byte, not those of the whole answer."""
    with Provider(Reply("a b c d", delay=0.15)) as provider:
        begin = time.monotonic()
        assert answer(provider, timeout=0.5)[0] == "a b c d"
        assert time.monotonic() - begin > 0.5


def test_an_answer_cut_by_the_server_is_marked() -> None:
    """The server's reason "length" is passed on."""
    with Provider(Reply("Up to", finish="length", usage=USAGE)) as provider:
        assert answer(provider) == ("Up to", Completion("length", USAGE))


@pytest.mark.parametrize("model", ["openai/test", "ollama_chat/test"])
@pytest.mark.parametrize("text", ["la ", "la" * 500, "a b c d e f g "])
def test_an_endless_answer_ends(model: str, text: str) -> None:
    """Far behind max_tokens we stop reading and leave the connection."""
    with Provider(Reply(text, endless=True)) as provider:
        received, completion = answer(provider, model=model, max_tokens=20)
        assert completion.finish_reason == "length"
        assert len(received) <= 8 * 20 + 64 + len(text)
        assert provider.abandoned.wait(5)


def test_an_endless_answer_without_text_ends() -> None:
    """Events without content are counted as well."""
    with Provider(Reply("", endless=True)) as provider:
        assert failure(provider) == (
            "openai/test at HOST ended the connection without an answer",
            ADDRESS,
        )


@pytest.mark.parametrize("model", ["openai/test", "ollama/test", "ollama_chat/test"])
@pytest.mark.parametrize("done", [True, False])
def test_a_stream_that_ends_silently_broke_off(model: str, *, done: bool) -> None:
    """An end without a finish reason is no end, whatever litellm reports."""
    with Provider(Reply("Up to 5", finish=None, done=done)) as provider:
        assert failure(provider, model=model) == (
            f"{model} at HOST broke off in the middle of its answer",
            "Try again later.",
        )
        assert len(provider.requests) == 1


def test_a_connection_that_is_lost_broke_off() -> None:
    """A lost connection behind the first piece is an error, and nothing is asked twice."""
    with Provider(Reply("Up to 5", broken=True)) as provider:
        pieces: list[str | Completion] = []
        llm = LiteLLM(model="openai/test", api_base=provider.url)
        with pytest.raises(ProviderError) as caught:
            pieces.extend(llm.stream(MESSAGES))
        assert "".join(map(str, pieces)) == "Up to 5"
        assert caught.value.message.endswith(" broke off: the connection was lost")
        assert len(provider.requests) == 1


@pytest.mark.parametrize("position", [-1, 0, 2])
def test_a_hanging_server_is_a_timeout(position: int) -> None:
    """Silence is noticed before the head, before the first event and between two of them."""
    with Provider(Reply("a b c d", hangs=position)) as provider:
        assert failure(provider, timeout=0.5) == (
            "openai/test at HOST sent nothing for 0.5 s",
            "Raise timeout. Try again later.",
        )
        assert len(provider.requests) == 1


@pytest.mark.parametrize("text", ["", " \n "])
def test_an_empty_answer_is_a_failure(text: str) -> None:
    """An answer without text is no refusal."""
    with Provider(Reply(text)) as provider:
        message, hint = failure(provider)
    assert message == "openai/test at HOST gave an empty answer"
    assert hint == "Raise maxTokens. Try again later."


def test_a_filtered_answer_is_a_failure() -> None:
    """A provider's content filter is named."""
    with Provider(Reply("Up to", finish="content_filter")) as provider:
        message, _ = failure(provider)
    assert message == "openai/test at HOST stopped its answer: the provider's content filter"


@pytest.mark.parametrize("body", ['data: {"choi\n\n', "data: []\n\n", "data: nonsense\n\n"])
def test_invalid_json_is_a_failure(body: str) -> None:
    """What is not the protocol is said to be none, without its text."""
    with Provider(Reply(body=body)) as provider:
        assert failure(provider) == (
            "openai/test at HOST sent something that is no answer in the provider's protocol",
            ADDRESS,
        )
        assert len(provider.requests) == 1


@pytest.mark.parametrize("body", [HTML_PAGE, '{"choices": ['])
def test_a_page_instead_of_a_stream_is_no_answer(body: str) -> None:
    """A web page with status 200 is a wrong address, not an empty answer."""
    with Provider(Reply(body=body)) as provider:
        message, hint = failure(provider)
    assert message == "openai/test at HOST ended the connection without an answer"
    assert hint == ADDRESS


def test_an_error_within_the_stream_is_told() -> None:
    """A server that reports its error as an event is quoted."""
    with Provider(Reply(body='data: {"error": {"message": "out of memory"}}\n\n')) as provider:
        assert failure(provider)[0] == "openai/test at HOST failed: out of memory"


def test_a_refused_key_names_its_variable_and_never_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A 401 that echoes the key shows neither the key nor the server's words."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    echo = f'{{"error": {{"message": "Incorrect API key provided: {KEY}."}}}}'
    with Provider(Reply(status=401, body=echo)) as provider:
        assert failure(provider) == (
            "openai/test at HOST refuses the key (401)",
            "Set OPENAI_API_KEY to a valid key.",
        )
        assert [request.headers["Authorization"] for request in provider.requests] == [
            f"Bearer {KEY}"
        ]


def test_no_message_holds_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server's message is quoted without any key of the environment, or what looks like one."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OTHER_API_KEY", "hunter22")
    echo = f'{{"error": {{"message": "What is {KEY}, sk-proj-abc****xyz or hunter22?"}}}}'
    with Provider(Reply(status=400, body=echo)) as provider:
        message, _ = failure(provider)
    assert message == "openai/test at HOST refuses the request (400): What is …, … or …?"


def test_a_message_is_one_line_without_html() -> None:
    """Neither pages nor line breaks of the server's come through."""
    lines = '{"error": {"message": "too\\nlong"}}'
    with Provider(Reply(status=400, body=HTML_PAGE), Reply(status=400, body=lines)) as provider:
        assert failure(provider)[0] == "openai/test at HOST refuses the request (400)"
        assert failure(provider)[0] == "openai/test at HOST refuses the request (400): too long"


@pytest.mark.parametrize(
    ("model", "status", "body", "message", "hint"),
    [
        (
            "openai/test",
            403,
            '{"error": {"message": "no"}}',
            "openai/test at HOST refuses access (403)",
            "Set OPENAI_API_KEY to a key that may use this model.",
        ),
        (
            "openai/test",
            404,
            HTML_PAGE,
            "openai/test at HOST does not exist (404)",
            f"Check the model's name. {ADDRESS}",
        ),
        (
            "ollama_chat/test",
            404,
            '{"error": "model \\"test\\" not found, pull it"}',
            'ollama_chat/test at HOST does not exist (404): model "test" not found, pull it',
            f"Check the model's name. {ADDRESS}",
        ),
        (
            "anthropic/test",
            401,
            '{"type": "error", "error": {"message": "invalid x-api-key"}}',
            "anthropic/test at HOST refuses the key (401)",
            "Set ANTHROPIC_API_KEY to a valid key.",
        ),
    ],
)
def test_refusals_say_what_to_do(
    *, model: str, status: int, body: str, message: str, hint: str
) -> None:
    """A refusal is told once, in our words, for any provider."""
    with Provider(Reply(status=status, body=body)) as provider:
        assert failure(provider, model=model) == (message, hint)
        assert len(provider.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
def test_passing_failures_are_tried_again(status: int, caplog: pytest.LogCaptureFixture) -> None:
    """After 429 and 5xx the answer comes from the next attempt, which is logged."""
    failing = Reply(status=status, body=HTML_PAGE, headers=NOW)
    with caplog.at_level(logging.INFO, logger="ragpg"), Provider(failing, ANSWER) as provider:
        assert answer(provider)[0] == ANSWER.text
        what = "refuses: too many requests (429)" if status == 429 else f"failed ({status})"
        assert caplog.messages == [f"openai/test at {provider.host} {what}; trying again in 0.0 s"]


@pytest.mark.parametrize("model", ["openai/test", "ollama_chat/test", "anthropic/test"])
def test_attempts_are_counted_once(model: str) -> None:
    """`retries` further attempts are made, not multiplied by litellm's or an SDK's own."""
    with Provider(Reply(status=502, body=HTML_PAGE, headers=NOW)) as provider:
        assert failure(provider, model=model, retries=2) == (
            f"{model} at HOST failed (502)",
            "Try again later.",
        )
        assert len(provider.requests) == 3


@pytest.mark.parametrize("key", ["sk-x\n", "sk-x\r\n", "sk x", "sk-\u00e9"])
def test_a_key_that_cannot_be_one_is_named(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """Before anything is sent, and without showing it."""
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with Provider(ANSWER) as provider:
        assert failure(provider) == (
            "OPENAI_API_KEY holds a blank, a line break or another character that no key has",
            "Set OPENAI_API_KEY to the key alone.",
        )
        assert not provider.requests


def test_too_many_requests_are_told_in_the_end() -> None:
    """A provider that stays at 429 is an error."""
    with Provider(Reply(status=429, body="{}", headers=NOW)) as provider:
        message, hint = failure(provider)
    assert message == "openai/test at HOST refuses: too many requests (429)"
    assert hint == "Try again later."


def test_retry_after_is_honoured_and_capped() -> None:
    """Seconds and dates are understood, nonsense is not, and nobody waits for an hour."""
    with Provider(Reply(status=429, body="{}", headers={"Retry-After": "1"}), ANSWER) as provider:
        begin = time.monotonic()
        answer(provider)
        assert 1.0 < time.monotonic() - begin < 2.0
    assert parse_retry_after(None) is None
    assert parse_retry_after("soon") is None
    assert parse_retry_after("-1") == 0
    assert 5 < (parse_retry_after(formatdate(time.time() + 10, usegmt=True)) or 0) <= 10
    assert LONGEST_PAUSE == 30


def test_an_unreachable_host_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody listening is told after another attempt."""
    with Provider() as closed:
        host, url = closed.host, closed.url
    caplog.set_level(logging.INFO, logger="ragpg")
    llm = LiteLLM(model="openai/test", api_base=url, retries=1)
    with pytest.raises(ProviderError) as caught:
        list(llm.stream(MESSAGES))
    assert caught.value.message == f"openai/test at {host} cannot be reached: Connection refused"
    assert caught.value.hint == "Check the network, apiBase, and that the server runs."
    assert len(caplog.messages) == 1


@pytest.mark.parametrize(
    ("model", "variable"),
    [
        ("openai/gpt-4o", "OPENAI_API_KEY"),
        ("gpt-4o", "OPENAI_API_KEY"),
        ("anthropic/claude", "ANTHROPIC_API_KEY"),
        ("gemini/flash", "GEMINI_API_KEY"),
    ],
)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_key_is_named_before_any_request(
    model: str, variable: str, value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key a hosted model is not even asked; an empty variable is unset."""
    if value is not None:
        monkeypatch.setenv(variable, value)
    with pytest.raises(ProviderError) as caught:
        list(LiteLLM(model=model).stream(MESSAGES))
    assert caught.value.message == f"{model} needs a key, and {variable} is not set"
    assert caught.value.hint == (f"Set {variable}, or name a server that needs no key as apiBase.")


def test_a_server_of_ones_own_needs_no_key() -> None:
    """With apiBase a stand-in is sent where no key is set."""
    with Provider(ANSWER) as provider:
        assert answer(provider)[0] == ANSWER.text
        assert provider.requests[0].headers["Authorization"] == "Bearer none"


@pytest.mark.parametrize("model", ["llama3", "opnai/gpt-4o"])
def test_an_unknown_provider_is_told_how_models_are_named(
    model: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A name without a known provider is refused, and litellm prints nothing about it."""
    with pytest.raises(ProviderError) as caught:
        list(LiteLLM(model=model).stream(MESSAGES))
    assert caught.value.message == f'the model "{model}" names no known provider'
    assert caught.value.hint == (
        'Names are provider/model: "openai/gpt-4o-mini", "ollama_chat/llama3.2"; with apiBase for '
        f'a server that speaks OpenAI\'s protocol: "openai/{model}".'
    )
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("127.0.0.1:8080/v1", 'apiBase "127.0.0.1:8080/v1"'),
        ("http://[::1/v1", 'apiBase "http://[::1/v1"'),
        ("ftp://user:secret@host/v1", "apiBase"),
    ],
)
def test_an_address_that_is_none_is_a_configuration_error(address: str, shown: str) -> None:
    """An apiBase is a web address; one with a password is not repeated."""
    with pytest.raises(ConfigurationError) as caught:
        list(LiteLLM(model="openai/test", api_base=address).stream(MESSAGES))
    assert caught.value.message == f"{shown} is not the address of a server"


def test_a_password_in_the_address_is_not_shown() -> None:
    """Messages name host and port alone."""
    endpoint = Endpoint("openai/test", "http://user:secret@host:81/v1", timeout=1, retries=0)
    assert endpoint.error("failed").message == "openai/test at host:81 failed"


def test_context_tokens_are_known_for_listed_models() -> None:
    """The list that comes with litellm is asked, the network is not."""
    assert find_context_tokens("openai/gpt-4o") == 128_000
    assert find_context_tokens("openai/no-such-model") is None
    assert find_context_tokens("nothing") is None
    assert find_context_tokens("ollama/llama3") is None


def test_the_prompt_leaves_room_for_the_answer() -> None:
    """The configured window comes before the known one, that before a small one."""
    assert LiteLLM(model="openai/gpt-4o", max_tokens=1000).prompt_tokens == 127_000
    assert LiteLLM(model="ollama_chat/llama3", max_tokens=1000).prompt_tokens == 3096
    llm = LiteLLM(model="openai/gpt-4o", max_tokens=1000, context_tokens=9000)
    assert llm.prompt_tokens == 8000
    assert LiteLLM(model="openai/x", max_tokens=9000).prompt_tokens == 0


def test_embeddings_share_keys_errors_and_retries() -> None:
    """An endpoint serves other calls of litellm's as well."""
    failing = Reply(status=503, body=HTML_PAGE, headers=NOW)
    with Provider(failing, Reply(), dimension=8) as provider:
        endpoint = Endpoint("openai/embedder", provider.url, timeout=1, retries=1)
        arguments = endpoint.arguments()
        response = endpoint.request(lambda: import_litellm().embedding(input=["a b"], **arguments))
        assert [len(row["embedding"]) for row in response.data] == [8]
        assert len(provider.requests) == 2


SCRIPT = """
    import sys
    from ragpg.llm.litellm_model import LiteLLM
    from ragpg.types import Message
    from ragpg.errors import ProviderError
    print("ready", flush=True)
    llm = LiteLLM(model=sys.argv[1], api_base=sys.argv[2] or None, timeout=30)
    try:
        for piece in llm.stream([Message("user", "?")]):
            print(piece, flush=True)
    except ProviderError as error:
        print(error)
"""


def run(
    *arguments: str, cwd: Path, environment: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start a Python of its own that asks a model."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), *arguments],
        cwd=cwd,
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_an_interrupt_ends_at_once(tmp_path: Path) -> None:
    """Ctrl-C in the middle of an answer ends the process without waiting for the server."""
    with Provider(Reply("a b c", hangs=2)) as provider:
        process = run("openai/test", provider.url, cwd=tmp_path)
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["ready\n", "a\n"]
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
        assert time.monotonic() - begin < 3
        assert errors.rstrip().endswith("KeyboardInterrupt")


def test_a_dotenv_file_is_not_read(tmp_path: Path) -> None:
    """A `.env` in the directory sets no key and no address; nothing else is printed either."""
    (tmp_path / ".env").write_text("OPENAI_API_KEY=sk-foreign\n")
    process = run("openai/gpt-4o", "", cwd=tmp_path, environment={"LITELLM_LOG": "DEBUG"})
    output, errors = process.communicate(timeout=30)
    assert output == "ready\nopenai/gpt-4o needs a key, and OPENAI_API_KEY is not set\n"
    assert errors == ""


@given(st.lists(st.integers(1, 60), max_size=4), st.sampled_from(["", "<think>a < b</think>\n\n"]))
def test_thoughts_are_no_answer(cuts: list[int], thoughts: str) -> None:
    """What a model thinks aloud first is left out, wherever the stream is cut; the rest stays."""
    answer = "It <rains> [1]. <think> is a tag. Good."
    text = thoughts + answer
    bounds = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(bounds)]
    assert "".join(strip_thoughts(iter(pieces))) == answer


def test_a_model_that_only_thinks_answers_nothing() -> None:
    """Thoughts without an end are no answer, and text that only begins alike is one."""
    assert "".join(strip_thoughts(iter(["<thi", "nk>on and on"]))) == ""
    assert "".join(strip_thoughts(iter(["<th"]))) == "<th"
