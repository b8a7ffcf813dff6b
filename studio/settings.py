"""One settings file: everything comes from the environment (README, "Settings"); nothing set is a working studio."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from studio import env
from studio.core.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

# --- Where everything is kept ---
STUDIO_DATA_DIR = Path(env.text("STUDIO_DATA_DIR", str(BASE_DIR / "var"))).expanduser().absolute()
SECRETS_DIR = STUDIO_DATA_DIR / "secrets"
MEDIA_ROOT = STUDIO_DATA_DIR / "media"
STATIC_ROOT = STUDIO_DATA_DIR / "static"
SECRET_KEY = env.secret("STUDIO_SECRET_KEY", SECRETS_DIR)
ENCRYPTION_KEY = env.secret("STUDIO_ENCRYPTION_KEY", SECRETS_DIR)
if len(SECRET_KEY) < 32 or len(ENCRYPTION_KEY) < 32:
    raise ImproperlyConfigured("STUDIO_SECRET_KEY and STUDIO_ENCRYPTION_KEY need at least 32 characters each.")

# --- Who may ask, and by which address ---
DEBUG = False
STUDIO_NAME = env.text("STUDIO_NAME", "Northlight")
# `up` passes its own address on as STUDIO_LISTEN; it is no address for providers, who get one only when it was set.
BASE_URL_WAS_SET = bool(env.url("STUDIO_BASE_URL"))
# A command beside `up` makes its links with the address that `up` wrote into the data folder.
STUDIO_BASE_URL = (
    env.url("STUDIO_BASE_URL") or env.url("STUDIO_LISTEN") or env.noted(STUDIO_DATA_DIR) or "http://127.0.0.1:8000"
)
_base = urlsplit(STUDIO_BASE_URL)
IS_HTTPS = _base.scheme == "https"
ALLOWED_HOSTS = env.items("STUDIO_ALLOWED_HOSTS") or [_base.hostname or "127.0.0.1", "localhost", "127.0.0.1", "[::1]"]
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("STUDIO_ALLOWED_HOSTS must name hosts; * would let anyone choose the studio's name.")
TRUSTED_PROXIES = env.integer("STUDIO_TRUSTED_PROXIES", 0, most=10)
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]

# --- Money and jobs ---
STUDIO_ADMIN_PASSWORD = env.text("STUDIO_ADMIN_PASSWORD")
OPENING_CREDITS = env.integer("STUDIO_OPENING_CREDITS", 500)
WORKERS = env.integer("STUDIO_WORKERS", 2, least=1, most=64)
CALLS_PER_WORKER = env.integer("STUDIO_CALLS_PER_WORKER", 256, least=1, most=4096)
SANDBOX = env.choice("STUDIO_SANDBOX", "auto", ("auto", "on", "off"))
SANDBOX_SECONDS = env.number("STUDIO_SANDBOX_SECONDS", 4, least=0, most=3600)
JOB_DEADLINE = env.integer("STUDIO_JOB_DEADLINE", 600, least=1, most=86_400)
DRAIN_SECONDS = env.integer("STUDIO_DRAIN_SECONDS", 25, most=3600)
SYNC_WAIT = env.integer("STUDIO_SYNC_WAIT", 570, least=1, most=3600)
SYNC_MAX_WAITING = env.integer("STUDIO_SYNC_MAX_WAITING", 200, most=10_000)
RESULT_DAYS = env.integer("STUDIO_RESULT_DAYS", 90, least=1, most=36_500)
DEFAULT_VISIBILITY = env.choice("STUDIO_DEFAULT_VISIBILITY", "me", ("me", "team"))
STAFF_SECOND_FACTOR = env.choice("STUDIO_STAFF_SECOND_FACTOR", "off", ("off", "on")) == "on"
PUBLIC_INDEX = env.choice("STUDIO_PUBLIC_INDEX", "off", ("off", "on")) == "on"
METRICS_TOKEN = env.text("STUDIO_METRICS_TOKEN")
WEBHOOK_ALLOW = env.networks("STUDIO_WEBHOOK_ALLOW")
RATE_LIMIT = env.rate("STUDIO_RATE_LIMIT", "60/min")
PERSON_RATE_LIMIT = env.rate("STUDIO_PERSON_RATE_LIMIT", "300/min")

# --- Providers (each key enables one; more can be added in the admin) ---
PROVIDERS_FROM_ENVIRONMENT = {
    "apiframe": {
        "key": env.text("APIFRAME_API_KEY"),
        "base_url": env.url("APIFRAME_BASE_URL", "https://api.apiframe.ai"),
    },
    "aimlapi": {
        "key": env.text("AIMLAPI_API_KEY"),
        "base_url": env.url("AIMLAPI_BASE_URL", "https://api.aimlapi.com"),
    },
    "openai": {
        "key": env.text("OPENAI_API_KEY"),
        "base_url": env.url("OPENAI_BASE_URL", "https://api.openai.com/v1"),
        "was_set": bool(env.text("OPENAI_API_KEY") or env.url("OPENAI_BASE_URL")),
    },
}

# --- The parts ---
INSTALLED_APPS = [
    "studio.ops",
    "studio.api",
    "studio.gallery",
    "studio.showcase",
    "studio.jobs",
    "studio.webhooks",
    "studio.providers",
    "studio.credits",
    "studio.accounts",
    "studio.core",
    "studio.core.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "csp",
    "django_q",
]
ROOT_URLCONF = "studio.urls"
WSGI_APPLICATION = "studio.wsgi.application"
MIDDLEWARE = [
    "studio.core.middleware.RequestIdMiddleware",
    "studio.core.middleware.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "studio.core.middleware.ContentPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "studio.api.middleware.DialectMiddleware",
    # From here to the junction for people alone: programs go round it (DialectMiddleware).
    "studio.core.middleware.CompressedPagesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "studio.accounts.middleware.PrivatePagesMiddleware",
    "studio.accounts.middleware.SessionLifeMiddleware",
    "studio.api.middleware.Junction",
    "django.middleware.common.CommonMiddleware",
    "studio.core.policy.PolicyMiddleware",
]
ROUTE_POLICIES = "studio.policies.POLICIES"
_loaders = [
    (
        "template_partials.loader.Loader",
        [
            (
                "django.template.loaders.cached.Loader",
                ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
            )
        ],
    )
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": _loaders,
            "builtins": [
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "studio.core.context.page",
                "studio.credits.context.meter",
            ],
        },
    }
]
FORM_RENDERER = "studio.core.forms.Renderer"

# --- Database ---
DATABASES = {"default": env.database("DATABASE_URL", STUDIO_DATA_DIR / "studio.sqlite3")}
IS_SQLITE = DATABASES["default"]["ENGINE"] == env.SQLITE
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Queue: the ORM broker on the same database, so a queue row commits or rolls back with the row it is about ---
Q_CLUSTER: dict[str, Any] = {
    "name": "studio",
    "orm": "default",
    "workers": WORKERS,
    "queue_limit": WORKERS,  # the retry clock starts when a row is fetched ahead, so fetch no more than can start
    "timeout": 60,
    "retry": 300,  # > timeout x (ceil((queue_limit + 1) / workers) + 1); guarded by studio.E003
    "max_attempts": 3,
    "ack_failures": True,
    "save_limit": -1,  # 250, the default, costs four fifths of the task rate
    "poll": 0.1,
    "recycle": 1_000_000_000,  # a recycled worker takes no tasks until its calls end
    "guard_cycle": 0.5,
    "catch_up": False,
    "scheduler": False,  # the engine's clock does what a schedule would; a Schedule row is code execution
    "label": "Queue",
}

# --- People ---
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["studio.accounts.backends.Backend"]
ACCOUNT_ADAPTER = "studio.accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "studio.accounts.forms.LoginForm",
    "change_password": "studio.accounts.forms.ChangePasswordForm",
    "set_password": "studio.accounts.forms.NewPasswordForm",
    "reset_password": "studio.accounts.forms.ResetForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are invited; nobody enters an address of their own
ACCOUNT_RATE_LIMITS = False  # they live in a per-process cache; ours are counted in the database (accounts.tries)
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_ADAPTER = "studio.accounts.factor_adapter.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # people are invited: an address is known, not proven
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = False  # as above: wrong codes are counted in the database
MFA_TOTP_TOLERANCE = 1  # steps of 30 s a telephone's clock may be off; no step is taken twice (accounts.factors)
PASSWORD_HASHERS = [
    "studio.accounts.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# --- Cookies, headers ---
_cookie_prefix = "__Host-" if IS_HTTPS else ""
SESSION_ENGINE = "studio.accounts.sessions"
SESSION_COOKIE_NAME = f"{_cookie_prefix}session"
CSRF_COOKIE_NAME = f"{_cookie_prefix}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 86_400
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_SSL_REDIRECT = False  # the proxy's work; an API never silently turns http into https
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # SECURE_SSL_REDIRECT: the proxy's work, see above
    "security.W005",  # HSTS for subdomains is the domain owner's to say
    "security.W021",  # so is the preload list
]
if not IS_HTTPS:  # a studio on plain http was asked for by its address: no HSTS, no cookies that only https carries
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W012", "security.W016"]

# --- Languages and time ---
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ja", "日本語"), ("ko", "한국어")]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 86_400
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = IS_HTTPS
LOCALE_PATHS = [BASE_DIR / "studio" / "locale"]
FORMAT_MODULE_PATH = "studio.core.formats"
USE_TZ = True
TIME_ZONE = env.time_zone("STUDIO_TIME_ZONE", "UTC")

# --- Files ---
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "studio.core.bundles.BundleFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "studio.core.static.Storage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["studio.jobs.uploads.BoundedUpload"]

# --- Mail ---
_email = env.email("STUDIO_EMAIL_URL")
EMAIL_IS_SET = bool(_email)
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
globals().update(_email)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("STUDIO_EMAIL_FROM", f"studio@{_base.hostname}")

# --- Logs ---
LOGGING = logging_config(env.choice("STUDIO_LOG_FORMAT", "text", ("text", "json")))
