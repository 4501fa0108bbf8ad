"""Uploaded files: kept for an hour within limits, under names made safe."""

import asyncio
import os
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, cast

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from app.corpus.upload_names import free_path, safe_name
from app.ui.words import say

# Bytes and files of one person; seconds that files are kept, an upload may last, and may stall.
_LARGEST_TOTAL: Final = 1_000_000_000
_MOST_FILES: Final = 1000
_KEPT_SECONDS: Final = 3600
_UPLOAD_SECONDS: Final = 1800
_STALLED_SECONDS: Final = 60


def named_files(payload: Sequence[Mapping[str, Any]] | None) -> list[tuple[str, str]]:
    """Returns each uploaded file's path and original name, by which a manifest beside it refers to it.

    The value of `gr.File` has no original names, and a component patched to give them is recreated after the first
    event. So the event takes the browser's payload; Gradio has checked that each path lies in the upload folder.
    """
    return [(str(file["path"]), str(file.get("orig_name") or Path(file["path"]).name)) for file in payload or ()]


def collect(files: Sequence[tuple[str, str]], folder: Path) -> list[Path]:
    """Copies uploaded files into a folder under their own names; equal names get a number."""
    return [Path(shutil.copyfile(path, free_path(folder, name))) for path, name in files]


async def store_upload(request: Request, uploads: Path, folder: Path, largest_file: int) -> list[str]:
    """Stores the files of a request in `folder`, which lies in that of its person; returns their paths.

    Files in `uploads` that are older than an hour are deleted first. An upload, or a file of more than `largest_file`
    bytes, that has no room is an HTTPException.
    """
    files, size = await run_in_threadpool(_expire_and_measure, uploads, folder.parent)
    parts = _bounded(request.receive, _LARGEST_TOTAL - size)
    room_for = max(0, _MOST_FILES - files)
    try:
        form = await MultiPartParser(request.headers, cast(Any, parts), max_files=room_for, max_fields=0).parse()
    except MultiPartException as exc:
        room = {"files": _MOST_FILES, "size": _LARGEST_TOTAL // 1_000_000, "minutes": _UPLOAD_SECONDS // 60}
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, say("refused-uploads", **room)) from exc
    try:
        sent = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
        if any((file.size or 0) > largest_file for file in sent):
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, say("refused-file", size=f"{largest_file:,}"))
        return await run_in_threadpool(_store, sent, folder)
    finally:
        await form.close()


async def _bounded(receive: Receive, limit: int) -> AsyncIterator[bytes]:
    more, ends = True, time.monotonic() + _UPLOAD_SECONDS
    while more:
        try:
            message = await asyncio.wait_for(receive(), _STALLED_SECONDS)
        except TimeoutError as exc:
            raise ClientDisconnect from exc
        if message["type"] != "http.request":
            raise ClientDisconnect
        body = message.get("body", b"")
        more, limit = message.get("more_body", False), limit - len(body)
        if limit < 0 or time.monotonic() > ends:
            raise MultiPartException("too long")
        yield body


def _store(files: list[UploadFile], folder: Path) -> list[str]:
    stored = []
    for file in files:
        path = folder / secrets.token_hex(8) / safe_name(file.filename or "")
        path.parent.mkdir(parents=True, mode=0o700)
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target)
        stored.append(str(path))
    return stored


def _expire_and_measure(uploads: Path, own: Path) -> tuple[int, int]:
    """Deletes all uploads older than an hour; returns how many files and bytes are then in the folder `own`."""
    sizes = []
    # Gradio deletes old files as well, and a session's folder when it ends: os.walk skips folders that are gone.
    for path in [Path(folder, name) for folder, _, names in os.walk(uploads) for name in names]:
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - _KEPT_SECONDS:
                path.unlink()
                path.parent.rmdir()
            elif path.is_relative_to(own):
                sizes.append(path.stat().st_size)
    return len(sizes), sum(sizes)
