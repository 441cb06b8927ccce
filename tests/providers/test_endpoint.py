"""Requests to providers: keys, addresses, attempts."""

from __future__ import annotations

import logging
import time
from email.utils import formatdate
from typing import TYPE_CHECKING

import pytest

from ragpg.errors import ConfigurationError, ProviderError
from ragpg.llm.direct_model import DirectModel
from ragpg.llm.litellm_model import LiteLLM
from ragpg.providers.endpoint import LONGEST_PAUSE
from ragpg.providers.failures import parse_retry_after
from ragpg.providers.litellm_endpoint import LiteLLMEndpoint
from ragpg.providers.litellm_import import import_litellm
from tests.support.language_model import ANSWER, MESSAGES, NOW, answer, each_client, failure
from tests.support.provider import HTML_PAGE, Provider, Reply

if TYPE_CHECKING:
    from tests.support.language_model import Client

KEY = "sk-test-0123456789abcdef"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
def test_temporary_failures_are_retried(
    client: Client, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """After 429 and 5xx the answer comes from the next attempt, which is logged."""
    failing = Reply(status=status, body=HTML_PAGE, headers=NOW)
    with caplog.at_level(logging.INFO, logger="ragpg"), Provider(failing, ANSWER) as provider:
        assert answer(provider, client)[0] == ANSWER.text
        what = "refuses: too many requests (429)" if status == 429 else f"failed ({status})"
        assert caplog.messages == [f"openai/test at {provider.host} {what}; trying again in 0.0 s"]


@pytest.mark.parametrize(
    ("client", "model"), each_client("openai/test", "ollama_chat/test", "anthropic/test")
)
def test_attempts_are_counted_once(client: Client, model: str) -> None:
    """`retries` further attempts are made, not multiplied by litellm's or an SDK's own."""
    with Provider(Reply(status=502, body=HTML_PAGE, headers=NOW)) as provider:
        assert failure(provider, client, model=model, retries=2) == (
            f"{model} at HOST failed (502)",
            "Try again later.",
        )
        assert len(provider.requests) == 3


@pytest.mark.parametrize("key", ["sk-x\n", "sk-x\r\n", "sk x", "sk-\u00e9"])
def test_a_key_that_cannot_be_one_is_named(
    client: Client, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """Before anything is sent, and without showing it."""
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with Provider(ANSWER) as provider:
        assert failure(provider, client) == (
            "OPENAI_API_KEY holds a blank, a line break or another character that no key has",
            "Set OPENAI_API_KEY to the key alone.",
        )
        assert not provider.requests


def test_too_many_requests_are_reported_in_the_end(client: Client) -> None:
    """A provider that stays at 429 is an error."""
    with Provider(Reply(status=429, body="{}", headers=NOW)) as provider:
        message, hint = failure(provider, client)
    assert message == "openai/test at HOST refuses: too many requests (429)"
    assert hint == "Try again later."


def test_retry_after_is_honoured_and_capped(client: Client) -> None:
    """Seconds and dates are understood, nonsense is not, and nobody waits for an hour."""
    with Provider(Reply(status=429, body="{}", headers={"Retry-After": "1"}), ANSWER) as provider:
        begin = time.monotonic()
        answer(provider, client)
        assert 1.0 < time.monotonic() - begin < LONGEST_PAUSE
    assert parse_retry_after(None) is None
    assert parse_retry_after("soon") is None
    assert parse_retry_after("-1") == 0
    assert 5 < (parse_retry_after(formatdate(time.time() + 10, usegmt=True)) or 0) <= 10
    assert LONGEST_PAUSE == 30


def test_an_unreachable_host_is_named(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """A port without a server is reported after another attempt."""
    with Provider() as closed:
        host, url = closed.host, closed.url
    caplog.set_level(logging.INFO, logger="ragpg")
    llm = client(model="openai/test", api_base=url, retries=1)
    with pytest.raises(ProviderError) as caught:
        list(llm.stream(MESSAGES))
    assert caught.value.message == f"openai/test at {host} cannot be reached: Connection refused"
    assert caught.value.hint == "Check the network, apiBase, and that the server runs."
    assert len(caplog.messages) == 1


@pytest.mark.parametrize(
    ("client", "model", "variable"),
    [
        (DirectModel, "openai/gpt-4o", "OPENAI_API_KEY"),
        (LiteLLM, "openai/gpt-4o", "OPENAI_API_KEY"),
        (DirectModel, "mistral/small", "MISTRAL_API_KEY"),
        (LiteLLM, "mistral/small", "MISTRAL_API_KEY"),
        (DirectModel, "together_ai/x", "TOGETHERAI_API_KEY"),
        (LiteLLM, "together_ai/x", "TOGETHERAI_API_KEY"),
        (LiteLLM, "gpt-4o", "OPENAI_API_KEY"),
        (LiteLLM, "anthropic/claude", "ANTHROPIC_API_KEY"),
        (LiteLLM, "gemini/flash", "GEMINI_API_KEY"),
    ],
)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_key_is_named_before_any_request(
    client: Client, model: str, variable: str, value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key a hosted model is not even asked; an empty variable is unset."""
    if value is not None:
        monkeypatch.setenv(variable, value)
    with pytest.raises(ProviderError) as caught:
        list(client(model=model).stream(MESSAGES))
    assert caught.value.message == f"{model} needs a key, and {variable} is not set"
    assert caught.value.hint == (f"Set {variable}, or name a server that needs no key as apiBase.")


def test_a_server_of_ones_own_needs_no_key(client: Client) -> None:
    """With apiBase a placeholder is sent where no key is set."""
    with Provider(ANSWER) as provider:
        assert answer(provider, client)[0] == ANSWER.text
        assert provider.requests[0].headers["Authorization"] == "Bearer none"


@pytest.mark.parametrize("model", ["llama3", "opnai/gpt-4o"])
def test_an_unknown_provider_is_answered_with_how_models_are_named(
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
def test_an_address_that_is_none_is_a_configuration_error(
    client: Client, address: str, shown: str
) -> None:
    """An apiBase is a web address; one with a password is not repeated."""
    with pytest.raises(ConfigurationError) as caught:
        list(client(model="openai/test", api_base=address).stream(MESSAGES))
    assert caught.value.message == f"{shown} is not the address of a server"


def test_a_password_in_the_address_is_not_shown() -> None:
    """Messages name host and port alone."""
    endpoint = LiteLLMEndpoint("openai/test", "http://user:secret@host:81/v1", timeout=1, retries=0)
    assert endpoint.make_error("failed").message == "openai/test at host:81 failed"


def test_embeddings_share_keys_errors_and_retries() -> None:
    """An endpoint serves other calls of litellm's as well."""
    failing = Reply(status=503, body=HTML_PAGE, headers=NOW)
    with Provider(failing, Reply(), dimension=8) as provider:
        endpoint = LiteLLMEndpoint("openai/embedder", provider.url, timeout=1, retries=1)
        arguments = endpoint.prepare_arguments()
        response = endpoint.request(lambda: import_litellm().embedding(input=["a b"], **arguments))
        assert [len(row["embedding"]) for row in response.data] == [8]
        assert len(provider.requests) == 2
