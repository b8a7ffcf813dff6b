"""POST /v2/images/generate: which bytes are read at all."""

import io
import json

import pytest

from tests.api.conftest import GENERATE, ORDER
from tests.api.made import nothing_is_left

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "raw",
    [
        b" ",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b'{"prompt": "a", "model": "dall-e-3",}',
        b'{"prompt": "a", "model": "dall-e-3", "dalleParams": {"style": NaN}}',
        b'{"prompt": "a", "model": "dall-e-3", "n": Infinity}',
        b'{"prompt": "a", "model": "flux-1.1-pro", "fluxParams": {"guidance": 1e999}}',
        b'{"prompt": "a", "model": "dall-e-3", "model": "dall-e-3"}',
        b'{"prompt": "\xff", "model": "dall-e-3"}',
        b'{"prompt": "\\ud800", "model": "dall-e-3"}',
        b'{"prompt": "a", "model": "flux-1.1-pro", "fluxParams": {"resolution": "\\u0000"}}',
        b'{"dalleParams": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"a":' * 100_000,
        b'{"prompt": ' + b"9" * 5000 + b"}",
        b"\xef\xbb\xbf{}",
        b"\x00",
    ],
)
def test_what_is_no_json_of_ours_is_400(order, raw):
    response = order(raw=raw)
    assert (response.status_code, list(response.json())) == (400, ["error"])
    assert nothing_is_left()


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", ""]
)
def test_only_json_is_read(order, kind):
    response = order(raw=json.dumps(ORDER).encode(), headers={"Content-Type": kind})
    assert (response.status_code, list(response.json())) == (415, ["error"])


def test_a_charset_beside_the_type_is_fine(order):
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert order(raw=json.dumps(ORDER).encode(), headers=headers).status_code == 202


def test_a_body_over_1_mb_is_413(order):
    response = order(raw=b'{"prompt": "' + b"x" * (1024 * 1024) + b'"}')
    assert (response.status_code, list(response.json())) == (413, ["error"])


@pytest.mark.parametrize(
    ("sent", "status"), [(json.dumps(ORDER).encode(), 202), (b"", 400), (b"{}" + b" " * 1024 * 1024, 413)]
)
def test_a_body_of_unannounced_length_is_read_too(client, key, sent, status):
    chunked = {"wsgi.input": io.BytesIO(sent), "wsgi.input_terminated": True, "CONTENT_TYPE": "application/json"}
    assert client.generic("POST", GENERATE, headers={"X-API-Key": key}, **chunked).status_code == status
