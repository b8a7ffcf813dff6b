"""Routes under /accounts/: those of allauth's pages that the studio has, and the studio's own."""

from allauth.account import views as allauth_views
from django.urls import include, path

from . import views

own = [
    path("", views.profile, name="profile"),
    path("theme/", views.theme, name="theme"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("sessions/<int:pk>/end/", views.session_end, name="session_end"),
]
urlpatterns = [
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
