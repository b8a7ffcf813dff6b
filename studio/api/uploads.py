"""Files of the Apiframe dialect: one picture a request, kept for a day or for as long as jobs use it."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
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
from studio.jobs.uploads import BoundedUpload, Draft, keep

FIELD = "file"


def receive(request: HttpRequest, *, key: ApiKey) -> Reference:
    """The picture in the field `file`, checked and kept. Raises NotAForm, Invalid and RateLimited."""
    if request.content_type != "multipart/form-data":
        raise NotAForm
    limits.admit(key.pk, "upload")
    request.upload_handlers = [BoundedUpload(request, is_open=True)]
    try:
        sent = [draft for drafts in request.FILES.lists() for draft in drafts[1]]
    except RequestDataTooBig:
        raise Invalid({FIELD: [BadReference("too_large").message]}) from None
    except MultiPartParserError:
        raise Invalid({FIELD: [_("The form cannot be read.")]}) from None
    if len(sent) != 1 or request.FILES.get(FIELD) is None:
        raise Invalid({FIELD: [_("Send one file, in the field file.")]})
    draft = sent[0]
    assert isinstance(draft, Draft)
    try:
        return keep(user=key.user, draft=draft)
    except BadReference as error:
        raise Invalid({FIELD: [error.message]}) from None


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
