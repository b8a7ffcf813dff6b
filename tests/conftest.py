"""The people of the tests."""

import pytest

from studio.accounts.models import User
from studio.providers.services import load_catalogue
from tests.factories import make_user


@pytest.fixture
def alice(db: None) -> User:
    """A member with 100 credits."""
    return make_user("alice", credits=100)


@pytest.fixture
def bob(db: None) -> User:
    """A stranger to alice, without credits."""
    return make_user("bob")


@pytest.fixture
def operator(db: None) -> User:
    """Somebody on the staff, without credits and without any permission that was not given."""
    return make_user("operator", is_staff=True)


@pytest.fixture
def catalogue(db: None) -> None:
    """Providers, models and prices as a release ships them."""
    load_catalogue()
