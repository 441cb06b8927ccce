"""Collections of Milvus become documents; Milvus Lite stands for a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ragpg.adoption.milvus import Address, parse_address
from ragpg.errors import UsageError
from ragpg.optional import MILVUS
from tests.contract.test_adopt import POLICY, adopt, assert_found, rows, texts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import Project

# Its client warns of what its own libraries do.
pytestmark = pytest.mark.filterwarnings("ignore")
needs_milvus = pytest.mark.skipif(not MILVUS.is_installed, reason="pip install '.[milvus]'")


def make_collection(path: Path, *, dynamic: bool) -> None:
    """A collection as LangChain makes it, or with a field for all metadata."""
    pytest.importorskip("milvus_lite")
    from pymilvus import DataType, MilvusClient

    client = MilvusClient(str(path))
    schema = MilvusClient.create_schema(auto_id=True, enable_dynamic_field=dynamic)
    schema.add_field("pk", DataType.INT64, is_primary=True)
    schema.add_field("text", DataType.VARCHAR, max_length=65_535)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=384)
    if not dynamic:
        schema.add_field("metadata", DataType.JSON)
    index = client.prepare_index_params()
    index.add_index("vector", metric_type="COSINE", index_type="FLAT")
    client.create_collection("handbook", schema=schema, index_params=index)
    made = [
        {
            "text": row["text"],
            "vector": row["vector"],
            **(row["metadata"] if dynamic else {"metadata": row["metadata"]}),
        }
        for row in rows()
    ]
    client.insert("handbook", made)
    client.close()


@needs_milvus
@pytest.mark.parametrize("dynamic", [True, False])
def test_a_collection(project: Project, tmp_path: Path, dynamic: bool) -> None:
    """Its rows become the document that they were cut out of, or keep their vectors."""
    file = tmp_path / "milvus.db"
    make_collection(file, dynamic=dynamic)
    project = project.with_own_table()
    receipt = adopt(project, f"milvus://{file}/handbook")
    assert (receipt["source"], receipt["status"]) == ("docs/leave_policy.md", "added")
    assert texts(project) == {"docs/leave_policy.md": POLICY.strip()}
    assert_found(project)
    kept = project.with_own_table()
    receipt = adopt(kept, f"milvus://{file}/handbook", "--keep-vectors")
    assert (receipt["chunks"], receipt["embedded"]) == (len(rows()), 0)
    assert_found(kept)
    gone = project.run("adopt", f"milvus://{file}/other")
    assert gone.code == 1
    assert "has no collection 'other'" in gone.err
    assert "hint: it has handbook" in gone.err


@needs_milvus
def test_what_is_not_there(project: Project, tmp_path: Path) -> None:
    """No file is made, and a server that does not answer is named, without the password."""
    result = project.run("adopt", f"milvus://{tmp_path}/gone.db/handbook")
    assert (result.code, list(tmp_path.glob("*.db"))) == (1, [])
    assert "there is no file" in result.err
    result = project.run("adopt", "milvus://me:s3cret@127.0.0.1:1/handbook")
    assert result.code == 1
    assert "error: Milvus at http://127.0.0.1:1: " in result.err
    assert "s3cret" not in result.err


def test_addresses() -> None:
    """A server's, with what opens it, or a file's."""
    assert parse_address("milvus://h/c") == Address("http://h:19530", "", "c")
    assert parse_address("milvus://u:p%40@h:1/c") == Address("http://h:1", "u:p@", "c")
    assert parse_address("milvus:///a/b.db/c") == Address("/a/b.db", "", "c")
    for wrong in ("milvus://h", "milvus://h/", "milvus:///c", "milvus://h/a/c", "milvus://h:x/c"):
        with pytest.raises(UsageError) as caught:
            parse_address(wrong)
        assert caught.value.hint is not None
