"""Failures of providers in our words, without keys and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ragpg.llm.litellm_model import LiteLLM
from tests.support.language_model import ADDRESS, failure
from tests.support.provider import HTML_PAGE, Provider, Reply

if TYPE_CHECKING:
    from tests.support.language_model import Client

KEY = "sk-test-0123456789abcdef"


@pytest.mark.parametrize("body", ['data: {"choi\n\n', "data: []\n\n", "data: nonsense\n\n"])
def test_invalid_json_is_a_failure(client: Client, body: str) -> None:
    """An answer in another protocol is reported without its text."""
    with Provider(Reply(body=body)) as provider:
        assert failure(provider, client) == (
            "openai/test at HOST sent something that is no answer in the provider's protocol",
            ADDRESS,
        )
        assert len(provider.requests) == 1


@pytest.mark.parametrize("body", [HTML_PAGE, '{"choices": ['])
def test_a_page_instead_of_a_stream_is_no_answer(client: Client, body: str) -> None:
    """A web page with status 200 is a wrong address, not an empty answer."""
    with Provider(Reply(body=body)) as provider:
        message, hint = failure(provider, client)
    assert message == "openai/test at HOST ended the connection without an answer"
    assert hint == ADDRESS


def test_an_error_within_the_stream_is_reported(client: Client) -> None:
    """A server that reports its error as an event is quoted."""
    with Provider(Reply(body='data: {"error": {"message": "out of memory"}}\n\n')) as provider:
        assert failure(provider, client)[0] == "openai/test at HOST failed: out of memory"


def test_a_refused_key_names_its_variable_and_never_the_key(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A 401 that echoes the key shows neither the key nor the server's words."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    echo = f'{{"error": {{"message": "Incorrect API key provided: {KEY}."}}}}'
    with Provider(Reply(status=401, body=echo)) as provider:
        assert failure(provider, client) == (
            "openai/test at HOST refuses the key (401)",
            "Set OPENAI_API_KEY to a valid key.",
        )
        assert [request.headers["Authorization"] for request in provider.requests] == [
            f"Bearer {KEY}"
        ]


def test_no_message_holds_the_key(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server's message is quoted without any key of the environment, or what looks like one."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OTHER_API_KEY", "hunter22")
    echo = f'{{"error": {{"message": "What is {KEY}, sk-proj-abc****xyz or hunter22?"}}}}'
    with Provider(Reply(status=400, body=echo)) as provider:
        message, _ = failure(provider, client)
    assert message == "openai/test at HOST refuses the request (400): What is …, … or …?"


def test_a_message_is_one_line_without_html(client: Client) -> None:
    """Neither pages nor line breaks of the server's come through."""
    lines = '{"error": {"message": "too\\nlong"}}'
    with Provider(Reply(status=400, body=HTML_PAGE), Reply(status=400, body=lines)) as provider:
        assert failure(provider, client)[0] == "openai/test at HOST refuses the request (400)"
        assert (
            failure(provider, client)[0]
            == "openai/test at HOST refuses the request (400): too long"
        )


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
    ],
)
def test_refusals_say_what_to_do(
    *, client: Client, model: str, status: int, body: str, message: str, hint: str
) -> None:
    """A refusal is reported at once, in our words, for any provider."""
    with Provider(Reply(status=status, body=body)) as provider:
        assert failure(provider, client, model=model) == (message, hint)
        assert len(provider.requests) == 1


def test_a_refusal_of_a_provider_with_a_protocol_of_its_own() -> None:
    """The variable of its key is named."""
    body = '{"type": "error", "error": {"message": "invalid x-api-key"}}'
    with Provider(Reply(status=401, body=body)) as provider:
        assert failure(provider, LiteLLM, model="anthropic/test") == (
            "anthropic/test at HOST refuses the key (401)",
            "Set ANTHROPIC_API_KEY to a valid key.",
        )
