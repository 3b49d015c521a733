"""The jars of the cluster that tests start are those that were checked, or there is no cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services import jars
from tests.services.jars import ServiceError


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of two jars, with their checksums accepted."""
    folder = tmp_path / "jars"
    folder.mkdir()
    (folder / "index-1.jar").write_bytes(b"index")
    (folder / "search-1.jar").write_bytes(b"search")
    monkeypatch.setattr(jars, "CHECKSUMS", tmp_path / "jars.sha256")
    jars.check_jars(folder, accept=True)
    return folder


def test_jars_as_they_were_accepted_are_taken(checked: Path) -> None:
    jars.check_jars(checked, accept=False)

    assert jars.CHECKSUMS.read_text(encoding="ascii").count("\n") == 2


@pytest.mark.parametrize(("name", "content"), [("index-1.jar", b"another"), ("stranger-1.jar", b"index")])
def test_a_jar_that_differs_or_is_one_too_many_is_refused(checked: Path, name: str, content: bytes) -> None:
    (checked / name).write_bytes(content)

    with pytest.raises(ServiceError, match=f"not the jars of jars.sha256: {name}"):
        jars.check_jars(checked, accept=False)


def test_a_jar_that_is_missing_is_refused(checked: Path) -> None:
    (checked / "index-1.jar").unlink()

    with pytest.raises(ServiceError, match=r"index-1\.jar"):
        jars.check_jars(checked, accept=False)
