"""The administrator that the first start makes."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from studio.accounts.models import User
from studio.accounts.services import ensure_first_administrator

pytestmark = pytest.mark.django_db


def test_a_password_is_generated_told_once_and_must_be_changed():
    name, password = ensure_first_administrator()
    admin = User.objects.get()
    assert (admin.username, name) == ("admin", "admin")
    assert admin.is_superuser
    assert admin.is_staff
    assert admin.must_change_password
    assert admin.check_password(password)
    assert len(password) >= 20
    assert ensure_first_administrator() is None
    assert User.objects.count() == 1


def test_a_given_password_is_used_and_not_told(settings):
    settings.STUDIO_ADMIN_PASSWORD = "correct horse battery"
    assert ensure_first_administrator() is None
    admin = User.objects.get()
    assert admin.check_password("correct horse battery")
    assert not admin.must_change_password


@pytest.mark.parametrize("password", ["tiny", "password1234"])
def test_a_given_password_must_pass_the_validators(settings, password):
    settings.STUDIO_ADMIN_PASSWORD = password
    with pytest.raises(ImproperlyConfigured, match="STUDIO_ADMIN_PASSWORD") as refused:
        ensure_first_administrator()
    assert password not in str(refused.value)
    assert not User.objects.exists()


def test_a_wrong_password_setting_is_no_matter_once_there_is_an_administrator(settings):
    User.objects.create_superuser("root")
    settings.STUDIO_ADMIN_PASSWORD = "tiny"
    assert ensure_first_administrator() is None
    assert User.objects.count() == 1


def test_a_member_called_admin_is_not_promoted():
    User.objects.create_user("Admin")
    with pytest.raises(ImproperlyConfigured, match="createsuperuser"):
        ensure_first_administrator()
    assert not User.objects.get().is_superuser
