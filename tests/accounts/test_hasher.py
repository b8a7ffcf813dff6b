"""How passwords are hashed and which are allowed."""

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from studio import settings as product

HASHERS = product.PASSWORD_HASHERS


def test_argon2id_comes_first_and_older_hashes_are_made_anew(settings):
    settings.PASSWORD_HASHERS = HASHERS
    encoded = make_password("a quiet northern window")
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password("a quiet northern window", encoded)
    assert not identify_hasher(encoded).must_update(encoded)
    old = make_password("a quiet northern window", hasher="pbkdf2_sha256")
    renewed = []
    assert check_password("a quiet northern window", old, setter=renewed.append)
    assert renewed == ["a quiet northern window"]


@pytest.mark.parametrize("password", ["elevenchars", "password1234", ""])
def test_short_and_common_passwords_are_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password", ["twelve chars", "all lower case and no digit", "x9" * 64, "長い長い長い長い長い合言葉"]
)
def test_length_is_enough(password):
    validate_password(password)
