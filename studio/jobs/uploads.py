"""Files people and programs send: one at a time into a draft beside the pictures, bounded, hashed on the way."""

import hashlib
from io import BufferedWriter
from pathlib import Path
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopFutureHandlers
from django.http import HttpRequest

from studio.accounts.models import User
from studio.jobs import references
from studio.jobs.errors import BadReference
from studio.jobs.models import Reference
from studio.jobs.reference_files import MAX_BYTES, new_draft

MOST_FILES = 16  # of one form
MOST_BYTES = 5 * MAX_BYTES  # of one request


class Draft(UploadedFile):  # type: ignore[type-arg]
    """What was sent in one field. `size` is beyond MAX_BYTES for what was cut off there."""

    def __init__(self, path: Path, *, name: str, field: str, size: int, sha256: str, content_type: str | None) -> None:
        super().__init__(None, name=name, content_type=content_type, size=size)
        self.path = path
        self.field_name = field
        self.sha256 = sha256

    def close(self) -> None:
        """Removes what nobody took in; Django calls this at the end of the request."""
        self.path.unlink(missing_ok=True)


class BoundedUpload(FileUploadHandler):
    """Takes files only of those who may send any: people who are signed in, or where a view says so."""

    def __init__(self, request: HttpRequest | None = None, *, is_open: bool = False) -> None:
        super().__init__(request)
        self.is_open = is_open
        self.files = 0
        self._draft: Path | None = None
        self._file: BufferedWriter | None = None

    def handle_raw_input(self, input_data: Any, META: dict[str, Any], content_length: int, *args: Any) -> None:
        """Refuses a body that is too long before it is read. Raises RequestDataTooBig."""
        if content_length > MOST_BYTES:
            raise RequestDataTooBig

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.files += 1
        is_allowed = self.is_open or (self.request is not None and self.request.user.is_authenticated)
        if not is_allowed or self.files > MOST_FILES:
            raise SkipFile
        self._draft = new_draft()
        self._file = self._draft.open("wb")
        self._hash = hashlib.sha256()
        self._size = 0
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Counts everything, but keeps no more than a picture may have."""
        assert self._file is not None
        self._size += len(raw_data)
        if self._size <= MAX_BYTES:
            self._file.write(raw_data)
            self._hash.update(raw_data)

    def file_complete(self, file_size: int) -> Draft | None:
        if self._file is None or self._draft is None:
            return None
        self._file.close()
        self._file = None
        return Draft(
            self._draft,
            name=self.file_name or "",
            field=self.field_name or "",
            size=self._size,
            sha256=self._hash.hexdigest(),
            content_type=self.content_type,
        )

    def upload_interrupted(self) -> None:
        if self._file is not None and self._draft is not None:
            self._file.close()
            self._draft.unlink(missing_ok=True)


def keep(*, user: User, draft: Draft) -> Reference:
    """Keep what somebody sent as a reference of theirs. Raises BadReference."""
    if (draft.size or 0) > MAX_BYTES:
        raise BadReference("too_large")
    return references.keep_upload(user=user, draft=draft.path, sha256=draft.sha256)
