"""Routes under /accounts/: those of allauth's pages that the studio has, and the studio's own."""

from allauth.account import views as allauth_views
from django.urls import include, path

from . import factor_views, views

own = [
    path("", views.profile, name="profile"),
    path("theme/", views.theme, name="theme"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("sessions/<int:pk>/end/", views.session_end, name="session_end"),
]
_factor = [
    path("", factor_views.index, name="mfa_index"),
    path("sign-in/", factor_views.authenticate, name="mfa_authenticate"),
    path("app/", factor_views.activate_app, name="mfa_activate_totp"),
    path("app/remove/", factor_views.deactivate_app, name="mfa_deactivate_totp"),
    path("codes/", factor_views.codes, name="mfa_view_recovery_codes"),
    path("codes/new/", factor_views.new_codes, name="mfa_generate_recovery_codes"),
    path("codes/download/", factor_views.download_codes, name="mfa_download_recovery_codes"),
    path("passkeys/add/", factor_views.add_passkey, name="mfa_add_webauthn"),
    path("passkeys/sign-in/", factor_views.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("passkeys/<int:pk>/", factor_views.rename_passkey, name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", factor_views.remove_passkey, name="mfa_remove_webauthn"),
    path("confirm/", factor_views.confirm, name="account_reauthenticate"),
    path("confirm/code/", factor_views.confirm_by_code, name="mfa_reauthenticate"),
    path("confirm/passkey/", factor_views.confirm_by_passkey, name="mfa_reauthenticate_webauthn"),
]
urlpatterns = [
    path("second-factor/", include(_factor)),
    path("", include((own, "accounts"))),
    path("login/", views.login, name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth_views.password_reset_done, name="account_reset_password_done"),
    path("sessions/", views.sessions, name="usersessions_list"),
    path("language/", views.language, name="set_language"),
]
