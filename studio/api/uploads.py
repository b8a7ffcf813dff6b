"""Files of the Apiframe dialect: one picture a request, kept for a day or for as long as jobs use it."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from studio.accounts.models import ApiKey
from studio.api import schemas
from studio.api.errors import Invalid, NotAForm
from studio.jobs import limits
from studio.jobs.errors import BadReference
from studio.jobs.models import Reference
from studio.jobs.pictures import CONTENT_TYPES
from studio.jobs.reference_links import reference_url
from studio.jobs.reference_models import KEPT_UNUSED
from studio.jobs.reports import moment
from studio.jobs.uploads import MOST_BYTES, BoundedUpload, Draft, keep

FIELD = "file"


def receive(request: HttpRequest, *, key: ApiKey) -> Reference:
    """The picture in the field `file`, checked and kept. Raises NotAForm, Invalid and RateLimited."""
    if request.content_type != "multipart/form-data":
        raise NotAForm
    limits.admit(key.pk, key.user_id, "upload")
    request.upload_handlers = [BoundedUpload(request, is_open=True)]
    try:
        files = _files(request)
    except RequestDataTooBig:
        raise Invalid({FIELD: [BadReference("too_large").message]}) from None
    except MultiPartParserError:
        raise Invalid({FIELD: [_("The form cannot be read.")]}) from None
    sent = [draft for _name, drafts in files.lists() for draft in drafts]
    try:
        draft = files.get(FIELD)
        if len(sent) != 1 or not isinstance(draft, Draft):
            raise Invalid({FIELD: [_("Send one file, in the field file.")]})
        return keep(user=key.user, draft=draft)
    except BadReference as error:
        raise Invalid({FIELD: [error.message]}) from None
    finally:
        for draft in sent:
            draft.close()


def _files(request: HttpRequest) -> "MultiValueDict[str, UploadedFile[Any]]":
    """The files of the form, also of one of unannounced length (chunked), which Django takes for empty."""
    environ = request.META
    if environ.get("CONTENT_LENGTH") or not environ.get("wsgi.input_terminated"):
        return request.FILES
    most = {**environ, "CONTENT_LENGTH": str(MOST_BYTES)}
    return request.parse_file_upload(most, LimitedStream(environ["wsgi.input"], MOST_BYTES))[1]


def as_answer(row: Reference) -> schemas.Upload:
    """A kept picture as the vendor describes one."""
    until = row.wanted_at + KEPT_UNUSED
    return schemas.Upload(
        id=row.pk,
        url=reference_url(row, until=until),
        kind="image",
        contentType=CONTENT_TYPES[row.format],
        byteSize=row.size,
        expiresAt=moment(until),
    )
