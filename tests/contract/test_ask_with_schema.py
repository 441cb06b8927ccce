"""`ask --schema`: an answer in JSON of a given shape, each string checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import pages
from tests.support.provider import Provider, Reply

if TYPE_CHECKING:
    from tests.support.command_line import Project, Result

QUESTION = "Can I encash leave at year end?"
SCHEMA = {
    "type": "object",
    "properties": {
        "rule": {"type": "string"},
        "limits": {"type": "array", "items": {"$ref": "#/$defs/limit"}},
        "days": {"type": "integer"},
    },
    "required": ["rule", "limits", "days"],
    "additionalProperties": False,
    "$defs": {"limit": {"type": "string"}},
}
RULE = "Up to 5 unused days of annual leave may be encashed at the end of the year."
GOOD = {"rule": RULE, "limits": ["5 unused days"], "days": 5}
BAD = {"rule": RULE, "limits": ["5 unused days", "75 unused days"], "days": 5}


@pytest.fixture
def policy(project: Project) -> Project:
    """A project with the leave policy and a schema."""
    own = project.with_own_table()
    own.write("leave_policy.md", (pages.ROOT / "leave_policy.md").read_bytes())
    own.write("schema.json", json.dumps(SCHEMA))
    own.ok("ingest", "leave_policy.md")
    return own


def ask(
    policy: Project,
    provider: Provider,
    *arguments: str,
    model: str = "openai/test",
    stdin: bytes = b"",
) -> Result:
    """Ask a model for an answer by the schema."""
    base = provider.root if model.startswith("ollama") else provider.url
    environment = {"OPENAI_API_KEY": "sk-test", "RAGPG_LLM_API_BASE": base}
    configured = policy.within({**environment, "RAGPG_LLM_MODEL": model, "RAGPG_LLM_RETRIES": "0"})
    question = () if "--batch" in arguments else (QUESTION,)
    return configured.run("ask", *question, "--schema", "schema.json", *arguments, stdin=stdin)


def test_an_answer_of_that_shape(policy: Project) -> None:
    """The value is there beside its text, and each string has its claims, with its pointer."""
    with Provider(Reply(json.dumps(GOOD))) as provider:
        result = ask(policy, provider, "--json", "--strict")
        [request] = provider.requests
    assert result.code == 0, result
    assert result.json["data"] == GOOD
    assert json.loads(result.json["answer"]) == GOOD
    found = [(claim["pointer"], claim["verdict"]) for claim in result.json["claims"]]
    assert found == [("/rule", "supported"), ("/limits/0", "supported")]
    assert {claim["cited_by"] for claim in result.json["claims"]} == {"check"}
    assert result.json["citations"]
    assert request.body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True},
    }
    assert json.dumps(SCHEMA) in request.body["messages"][0]["content"]


def test_a_string_that_no_passage_says(policy: Project) -> None:
    """It fails with --strict; as text the JSON stands alone on standard output."""
    with Provider(Reply(json.dumps(BAD))) as provider:
        result = ask(policy, provider, "--strict")
    assert result.code == 4
    assert json.loads(result.out) == BAD
    assert "/limits/1 75 unused days [uncited" in result.err
    assert "/limits/0" not in result.err
    assert "leave_policy.md:L" in result.err


def test_nothing_is_supported(policy: Project) -> None:
    """An answer with strings none of which a passage says fails in any case."""
    nothing = {"rule": "Every schooner has 75 masts.", "limits": [], "days": 5}
    with Provider(Reply(json.dumps(nothing))) as provider:
        assert ask(policy, provider).code == 4


@pytest.mark.parametrize("model", ["ollama/test", "ollama_chat/test"])
def test_ollama(policy: Project, model: str) -> None:
    """It gets the schema as `format`."""
    with Provider(Reply(json.dumps(GOOD))) as provider:
        result = ask(policy, provider, "--json", model=model)
        [request] = provider.requests
    assert result.json["data"] == GOOD
    assert request.body["format"] == SCHEMA


def test_a_refusal(policy: Project) -> None:
    """A model may say that the documents don't say; then there are no data."""
    with Provider(Reply("The documents do not say.")) as provider:
        result = ask(policy, provider, "--json")
    assert (result.code, result.json["answered"], result.json["data"]) == (3, False, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Up to 5 days [1].", "is no JSON: 'Up to 5 days [1].'"),
        ('{"rule": "x", "limits": [], "days": NaN}', "is no JSON"),
        ('{"rule": "x", "limits": [], "days": 1e999}', "is no JSON"),
        ("[" * 5000, "is no JSON"),
        ('{"rule": "x", "limits": [1], "days": 5}', "does not fit the schema at $.limits[0]: 1 is"),
        ("{}", "does not fit the schema at $: 'rule' is a required property"),
    ],
)
def test_a_model_that_does_not_support_it(policy: Project, text: str, reason: str) -> None:
    """What is not of the shape is an error that says so, and what to do."""
    with Provider(Reply(text)) as provider:
        result = ask(policy, provider, "--json")
    assert result.code == 1
    assert reason in result.json["error"]["message"]
    assert "supports structured outputs" in result.json["error"]["hint"]


def test_a_server_that_refuses_it(policy: Project) -> None:
    """Its own words are the error."""
    body = json.dumps({"error": {"message": "response_format is not supported"}})
    with Provider(Reply(status=400, body=body)) as provider:
        result = ask(policy, provider, "--json")
    assert result.code == 1
    assert "(400): response_format is not supported" in result.json["error"]["message"]
    assert "supports structured outputs" in result.json["error"]["hint"]


def test_json_between_fences(policy: Project) -> None:
    """A model that is not held to the schema often fences its JSON."""
    with Provider(Reply(f"```json\n{json.dumps(GOOD)}\n```")) as provider:
        assert ask(policy, provider, "--json").json["data"] == GOOD


def test_a_batch(policy: Project) -> None:
    """Each line has its data, or its error."""
    with Provider(Reply(json.dumps(GOOD)), Reply("No.")) as provider:
        stdin = f"{QUESTION}\n{QUESTION}\n".encode()
        result = ask(policy, provider, "--batch", "-", "--json", stdin=stdin)
    first, second = result.lines
    assert first["data"] == GOOD
    assert "is no JSON" in second["error"]["message"]
    assert result.code == 1


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("{", "'schema.json' is no JSON: Expecting property name"),
        ("[]", "'schema.json' is no schema: it is no object"),
        ('{"type": "objekt"}', "'schema.json' is no schema: 'objekt' is not valid"),
        ('{"$ref": "https://example.org/s.json"}', "refers to 'https://example.org/s.json'"),
        ('{"$ref": "#/$defs/x"}', "refers to '#/$defs/x', which is not in it"),
        ("[" * 90_000, "'schema.json' is nested too deeply"),
        (f'{{"title": "{"x" * 100_000}"}}', "it is larger than 100000 bytes"),
    ],
)
def test_a_schema_that_is_none(policy: Project, schema: str, message: str) -> None:
    """It is wrong usage, told before a model is asked."""
    policy.write("schema.json", schema)
    with Provider() as provider:
        result = ask(policy, provider, "--json")
        assert provider.requests == []
    assert result.code == 2
    assert message in result.json["error"]["message"]


def test_a_model_is_needed(policy: Project) -> None:
    """Without one, and with --extractive, it is wrong usage; so is --prompt."""
    arguments: Any
    for arguments in ((), ("--extractive",)):
        result = policy.run("ask", QUESTION, "--schema", "schema.json", *arguments)
        assert result.code == 2
        assert "--schema needs a language model" in result.err
        assert "--model" in result.err
    both = policy.run("ask", QUESTION, "--schema", "schema.json", "--prompt")
    assert (both.code, "exclude each other" in both.err) == (2, True)
