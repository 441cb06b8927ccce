"""Providers that are spoken to without litellm, beside litellm: both ask the same of the same."""

from __future__ import annotations

import math
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragpg.api.factories import choose_client
from ragpg.errors import ConfigurationError, ProviderError
from ragpg.llm.direct_model import DirectModel
from ragpg.llm.litellm_model import LiteLLM, find_context_tokens
from ragpg.providers.direct_providers import LITELLM_VARIABLES, PROVIDERS
from ragpg.providers.litellm_import import import_litellm
from ragpg.providers.model_list import ListedModel, find_listed_model
from tests.support.language_model import (
    ANSWER,
    CLIENTS,
    MESSAGES,
    NOW,
    USAGE,
    answer,
    failure,
)
from tests.support.provider import Provider, Reply
from tests.support.tls import authority

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.language_model import Client

KEY = "test-0123456789"

VARIABLES = [
    ("openai", "OPENAI_BASE_URL", "OPENAI_API_KEY"),
    ("openai", "OPENAI_API_BASE", "OPENAI_API_KEY"),
    ("deepseek", "DEEPSEEK_API_BASE", "DEEPSEEK_API_KEY"),
    ("groq", "GROQ_API_BASE", "GROQ_API_KEY"),
    ("hosted_vllm", "HOSTED_VLLM_API_BASE", "HOSTED_VLLM_API_KEY"),
    ("mistral", "MISTRAL_AZURE_API_BASE", "MISTRAL_API_KEY"),
    ("openrouter", "OPENROUTER_API_BASE", "OPENROUTER_API_KEY"),
    ("together_ai", "TOGETHER_AI_API_BASE", "TOGETHERAI_API_KEY"),
    ("ollama", "OLLAMA_API_BASE", "OLLAMA_API_KEY"),
    ("ollama_chat", "OLLAMA_API_BASE", "OLLAMA_API_KEY"),
]
HOSTS = {
    "openai": "api.openai.com:443",
    "deepseek": "api.deepseek.com:443",
    "groq": "api.groq.com:443",
    "mistral": "api.mistral.ai:443",
    "openrouter": "openrouter.ai:443",
    "together_ai": "api.together.ai:443",
}
MODELS = [
    "openai/gpt-4o",
    "openai/gpt-5-mini",
    "openai/gpt-5.1",
    "openai/gpt-5-search-api",
    "openai/gpt-5-chat-latest",
    "openai/o1",
    "openai/o3-mini",
    "openai/unknown",
    "deepseek/deepseek-chat",
    "groq/openai/gpt-oss-20b",
    "hosted_vllm/org/model",
    "mistral/mistral-small",
    "openrouter/anthropic/claude-3.5-sonnet",
    "together_ai/meta-llama/Llama-3-8b",
    "ollama/llama3",
    "ollama_chat/llama3",
]


@pytest.fixture
def no_connections() -> Iterator[None]:
    """Let litellm forget its connections before and after: it makes them once for a process."""
    connections = import_litellm().in_memory_llm_clients_cache
    connections.flush_cache()
    yield
    connections.flush_cache()


@pytest.mark.parametrize(
    ("model", "chosen"),
    [
        *((f"{name}/test", DirectModel) for name in PROVIDERS),
        ("openai/gpt-5-mini", DirectModel),
        ("openai/gpt-5-pro", LiteLLM),  # reached by another protocol of OpenAI's
        ("openai/responses/gpt-4o", LiteLLM),
        ("openai/ft:babbage-002:org::id", LiteLLM),
        ("gpt-4o", LiteLLM),
        ("openai", LiteLLM),
        ("anthropic/claude", LiteLLM),
        ("xai/grok-4", LiteLLM),
    ],
)
def test_the_prefix_chooses_the_client(model: str, chosen: type) -> None:
    """Whatever its prefix does not settle is left to litellm."""
    assert choose_client(model) is chosen


@pytest.mark.parametrize("variable", ["SSL_VERIFY", "OPENAI_CUSTOM_HEADERS", "USE_LITELLM_PROXY"])
def test_what_only_litellm_obeys_is_left_to_it(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """A variable of litellm's own has its effect as before; an empty one counts as unset."""
    monkeypatch.setenv(variable, "")
    assert choose_client("openai/gpt-4o") is DirectModel
    monkeypatch.setenv(variable, "True")
    assert choose_client("openai/gpt-4o") is LiteLLM


@pytest.mark.parametrize(("name", "address", "key"), VARIABLES)
def test_address_and_key_come_from_the_variables_of_the_provider(
    client: Client, monkeypatch: pytest.MonkeyPatch, name: str, address: str, key: str
) -> None:
    """The key goes to the address that the environment names, and both clients obey it alike."""
    with Provider(ANSWER) as provider:
        is_ollama = name.startswith("ollama")
        monkeypatch.setenv(address, provider.root if is_ollama else provider.url)
        monkeypatch.setenv(key, KEY)
        list(client(model=f"{name}/test").stream(MESSAGES))
    # litellm also asks Ollama about the model.
    [request] = [request for request in provider.requests if request.path != "/api/show"]
    path = {"ollama": "/api/generate", "ollama_chat": "/api/chat"}
    assert request.path == path.get(name, "/v1/chat/completions")
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.body["model"] == "test"


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_requests_are_those_of_litellm(model: str, temperature: float) -> None:
    """What a model is asked, and what is told of its answer, is the same to the letter."""
    requests, results = [], []
    for client in CLIENTS:
        with Provider(Reply(ANSWER.text, usage=USAGE)) as provider:
            base = provider.root if model.startswith("ollama") else provider.url
            llm = client(model=model, api_base=base, temperature=temperature, max_tokens=50)
            results.append((list(llm.stream(MESSAGES))[-1], llm.prompt_tokens))
            [request] = provider.requests
        body = {name: value for name, value in request.body.items() if name != "images"}
        for message in body.get("messages", []):
            message.pop("images", None)  # litellm says that there are none
        requests.append((request.path, body, request.headers.get("Authorization")))
    assert requests[0] == requests[1]
    assert results[0] == results[1]


def test_windows_and_prices_are_those_of_litellm() -> None:
    """For each model that it lists, whatever the time of day and however long the prompt."""
    litellm, checked = import_litellm(), 0
    for key, entry in litellm.model_cost.items():
        name = entry.get("litellm_provider")
        if name not in HOSTS or entry.get("mode") != "chat" or "input_cost_per_token" not in entry:
            continue
        model = key.removeprefix(f"{name}/")
        listed, checked = find_listed_model(name, model), checked + 1
        assert listed.context_tokens == find_context_tokens(f"{name}/{model}")
        for prompt, completion in ((1000, 500), (300_000, 100)):
            theirs = litellm.cost_per_token(
                model=model,
                custom_llm_provider=name,
                prompt_tokens=prompt,
                completion_tokens=completion,
            )
            usage = {"prompt_tokens": prompt, "completion_tokens": completion}
            ours = listed.calculate_cost(usage, now=datetime.now(UTC))
            assert ours is not None
            assert math.isclose(ours, sum(theirs), rel_tol=1e-9)
    assert checked > 100


def test_the_documentation_names_the_variables() -> None:
    """Each prefix with its variables, and those that mean litellm."""
    page = Path("docs/configuration.md").read_text("utf-8")
    for name, provider in PROVIDERS.items():
        [row] = [
            line for line in page.splitlines() if line.startswith("|") and f"`{name}/`" in line
        ]
        for variable in (*provider.key_variables, *provider.address_variables):
            assert f"`{variable}`" in row
    assert ", ".join(f"`{variable}`" for variable in LITELLM_VARIABLES) in page


def test_prices_by_the_hour() -> None:
    """A window may last until midnight, and holds on its days."""
    windows = [
        {"hours_utc": ["00:00-01:00", "10:00-00:00"], "weekdays": [1]},
        {"hours_utc": "00:00-00:00", "weekdays": [7]},
    ]
    off_peak = {"input_cost_per_token": 1, "output_cost_per_token": 1, "windows": windows}
    entry = {"input_cost_per_token": 2, "output_cost_per_token": 2, "off_peak_pricing": off_peak}
    usage = {"prompt_tokens": 1, "completion_tokens": 1}

    def cost(day: int, hour: int) -> float | None:
        now = datetime(2026, 6, day, hour, tzinfo=UTC)  # the first is a Monday
        return ListedModel(entry).calculate_cost(usage, now=now)

    assert [cost(1, hour) for hour in (0, 1, 9, 10, 23)] == [2, 4, 4, 2, 2]
    assert [cost(2, 0), cost(7, 5)] == [4, 2]


@pytest.mark.usefixtures("no_connections")
@pytest.mark.parametrize(("name", "host"), HOSTS.items())
def test_proxies_are_obeyed_and_hosts_are_the_known_ones(
    client: Client, monkeypatch: pytest.MonkeyPatch, name: str, host: str
) -> None:
    """Without an address the provider's own is asked for, through the proxy that is set."""
    with proxy() as (address, targets):
        monkeypatch.setenv("HTTPS_PROXY", address)
        monkeypatch.setenv(PROVIDERS[name].key_variables[-1], KEY)
        with pytest.raises(ProviderError) as caught:
            list(client(model=f"{name}/test", retries=0).stream(MESSAGES))
    assert targets == [host]
    assert caught.value.message.startswith(f"{name}/test cannot be reached")


@contextmanager
def proxy() -> Iterator[tuple[str, list[str]]]:
    """Note what a proxy is asked to connect to; it refuses."""
    targets: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            targets.append(self.path)
            self.send_error(502)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", targets
        server.shutdown()
        thread.join()


def test_others_have_http_2_after_it_was_left_out() -> None:
    """What needs it, in the same process, imports it with its connection."""
    program = (
        "import sys\n"
        "from ragpg.providers.direct_endpoint import make_client\n"
        "make_client()\n"
        "assert 'h2' not in sys.modules\n"
        "from httpcore._sync.http2 import HTTP2Connection\n"
        "import httpx\n"
        "httpx.Client(http2=True)\n"
        "from httpx._main import main\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("model", ["openai/test", "ollama_chat/test"])
def test_a_redirection_is_not_followed(
    monkeypatch: pytest.MonkeyPatch, model: str, status: int
) -> None:
    """Neither documents nor key go to an address that nobody has configured."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with Provider(ANSWER) as other:
        moved = Reply(status=status, body="", headers={"Location": f"http://u:p@{other.host}/v1"})
        with Provider(moved) as provider:
            assert failure(provider, DirectModel, model=model) == (
                f"{model} at HOST redirects to {other.host} ({status}), which is not followed",
                "Set apiBase to the address that answers.",
            )
            assert len(provider.requests) == 1
        assert not other.requests


@pytest.mark.usefixtures("no_connections")
@pytest.mark.parametrize("is_trusted", [False, True])
def test_certificates_are_verified(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_trusted: bool
) -> None:
    """One that nobody vouches for is refused with the reason; SSL_CERT_FILE says who does."""
    files = authority(tmp_path / "ca")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(files.root))
    with Provider(ANSWER, tls=context) as provider:
        address = provider.url.replace("http://127.0.0.1", "https://localhost")
        reason = " cannot be reached: certificate verify failed: "
        llm = client(model="openai/test", api_base=address, retries=0, timeout=5)
        with nullcontext() if is_trusted else pytest.raises(ProviderError, match=reason):
            list(llm.stream(MESSAGES))
        assert len(provider.requests) == is_trusted


@pytest.mark.parametrize("code", [429, 503])
def test_an_error_event_that_names_a_status_means_it(code: int) -> None:
    """One that may pass is tried again, as long as nothing has been said."""
    event = f'data: {{"error": {{"message": "busy", "code": {code}}}}}\n\n'
    with Provider(Reply(body=event), ANSWER) as provider:
        assert answer(provider, DirectModel)[0] == ANSWER.text
        assert len(provider.requests) == 2


def test_an_endless_line_is_no_answer() -> None:
    """What never ends a line fills no memory."""
    with Provider(Reply(body="data: " + "x" * 3_000_000)) as provider:
        message, _ = failure(provider, DirectModel)
    assert message.endswith("sent something that is no answer in the provider's protocol")


def test_line_separators_within_an_answer_are_its_own() -> None:
    """Only a line feed ends an event, in whatever pieces and encoding it comes."""
    text = "a\\u2028b\u2028c\x85d"
    body = 'data: {"choices": [{"delta": {"content": "%s"}, "finish_reason": "stop"}]}\r\n\r\n'
    with Provider(Reply(body=body % text)) as provider:
        assert answer(provider, DirectModel)[0] == "a\u2028b\u2028c\x85d"


def test_parts_of_an_answer_without_its_thoughts() -> None:
    """A reasoning model of Mistral's sends lists of parts."""
    content = '[{"type": "thinking", "thinking": []}, {"type": "text", "text": "Five."}]'
    body = 'data: {"choices": [{"delta": {"content": %s}, "finish_reason": "stop"}]}\n\n'
    with Provider(Reply(body=body % content)) as provider:
        assert answer(provider, DirectModel, model="mistral/magistral")[0] == "Five."


def test_ollama_reports_errors_in_the_middle() -> None:
    """They are quoted, and an answer that it cut is marked."""
    events = '{"message": {"content": "Up"}, "done": false}\n{"error": "out of memory"}\n'
    with Provider(Reply(body=events)) as provider:
        message, _ = failure(provider, DirectModel, model="ollama_chat/test")
    assert message == "ollama_chat/test at HOST failed: out of memory"
    with Provider(Reply("Up to", finish="length")) as provider:
        assert answer(provider, DirectModel, model="ollama/test")[1].finish_reason == "length"


def test_a_server_of_ones_own_has_to_be_named() -> None:
    """There is no address of vLLM that everybody knows."""
    with pytest.raises(ConfigurationError) as caught:
        list(DirectModel(model="hosted_vllm/test").stream(MESSAGES))
    assert caught.value.message == "hosted_vllm/test needs the address of its server"
    assert caught.value.hint == "Set apiBase in [llm], or HOSTED_VLLM_API_BASE."


def test_an_account_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenAI books a request to an organisation and a project."""
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    with Provider(Reply(status=503, body="", headers=NOW), ANSWER) as provider:
        answer(provider, client)
        for request in provider.requests:
            assert request.headers["OpenAI-Organization"] == "org-1"
            assert request.headers["OpenAI-Project"] == "proj-1"


def test_what_litellm_is_needed_for_says_so_where_it_is_missing() -> None:
    """A model of another prefix is one clear error, and the others do without it."""
    program = (
        "import sys\n"
        "sys.modules['litellm'] = None\n"
        "from ragpg.api.factories import choose_client\n"
        "from ragpg.errors import RagpgError\n"
        "from ragpg.types import Message\n"
        "for name in sys.argv[1:]:\n"
        "    try:\n"
        "        llm = choose_client(name)(model=name)\n"
        "        print(llm.prompt_tokens)\n"
        "        list(llm.stream([Message('user', '?')]))\n"
        "    except RagpgError as error:\n"
        "        print(error)\n"
    )
    environment = {"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin"}
    result = subprocess.run(
        [sys.executable, "-c", program, "anthropic/claude", "openai/unknown"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        'llm.model = "anthropic/claude" needs litellm, which is not installed',
        "3072",
        "openai/unknown needs a key, and OPENAI_API_KEY is not set",
    ]
