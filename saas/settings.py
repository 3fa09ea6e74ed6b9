"""Django's settings, fed by the typed environment in ``saas.env``. There is no other settings
file.
"""

from datetime import timedelta
from pathlib import Path

import dj_database_url

from saas.development import SECOND_FACTOR
from saas.env import listed, read_environment
from saas.logs import logging_config
from saas.mail import mail_settings

ENV = read_environment()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = ENV.data_dir.resolve()

DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key.get_secret_value()
SECRET_KEY_FALLBACKS = list(listed(ENV.secret_key_fallbacks))
BASE_URL = ENV.base_url
ALLOWED_HOSTS = list(listed(ENV.allowed_hosts)) or ["localhost", "127.0.0.1", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
DEPLOYMENT = ENV.deployment

# --- What is installed
# -----------------------------------------------------------------------------

INSTALLED_APPS = [
    "kernel",
    "audit",
    "accounts",
    "orgs",
    "subscriptions",
    "webhooks",
    "community",
    "saas",
    "saas.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.forms",  # its widgets' templates, for the form renderer
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "ninja",  # serves the API's documentation page from here instead of from a CDN
    "djstripe",
]

MIDDLEWARE = [
    "saas.middleware.HealthFirst",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "saas.middleware.RequestTrace",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "saas.middleware.RefusalPages",
]

ROOT_URLCONF = "saas.urls"
WSGI_APPLICATION = "saas.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "saas.context.place",
            ],
        },
    }
]
FORM_RENDERER = "saas.look.forms.TablerRenderer"

# --- Where rows, jobs and files live
# ---------------------------------------------------------------

DATABASES = {
    "default": {
        **dj_database_url.parse(ENV.database_url or "postgresql:///chapterhouse"),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # From its second run on a statement is prepared; what migrations send once often cannot be.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 1},
    }
}
# dj-stripe's own migrations take a minute from empty; this folder replaces them by one.
MIGRATION_MODULES = {"djstripe": "subscriptions.djstripe_migrations"}

# Rate limits of sign-in must hold when Redis is gone, so the cache is a table.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},  # a full cache forgets at random, limits too
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

REDIS_URL = ENV.redis_url or "redis://127.0.0.1:6379/0"
CELERY_BROKER_URL = ENV.broker_url or REDIS_URL

# --- Who signs in, and how
# -------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.sign_in.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.NameForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password or second factor is told by mail
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if BASE_URL.startswith("https://") else "http"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG  # http://localhost:PORT is no origin that browsers trust
MFA_FORMS = {"add_webauthn": "accounts.passkeys.PasskeyForm"}
MFA_TOTP_ISSUER = "Chapterhouse"
MFA_TOTP_INSECURE_BYPASS_CODE = SECOND_FACTOR if DEBUG else None
MFA_ADAPTER = "accounts.sign_in.SecondFactorAdapter"
USERSESSIONS_ADAPTER = "accounts.sign_in.DevicesAdapter"
USERSESSIONS_TRACK_ACTIVITY = False  # it would write a row at every request

SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "saas.views.csrf_failure"

# --- What browsers are told
# ------------------------------------------------------------------------

_SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SECURE_SSL_REDIRECT = _SECURE and not DEBUG
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if SECURE_SSL_REDIRECT else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SSL_REDIRECT
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"
TRUSTED_PROXIES = ENV.trusted_proxies
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Forms may lead to Stripe: Chromium holds the redirect after a POST to form-action as well.
STRIPE_HOSTED_ORIGINS = (
    [ENV.sandbox_url.rstrip("/")]
    if ENV.uses_sandbox
    else [
        "https://checkout.stripe.com",
        "https://billing.stripe.com",
        "https://invoice.stripe.com",
        *(f"https://{host}" for host in listed(ENV.stripe_hosted_hosts)),
    ]
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'", *STRIPE_HOSTED_ORIGINS],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

# --- Words and times
# -------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- Mail
# ------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from
MAIL_DIR = DATA_DIR / "mail"
globals().update(mail_settings(ENV.email_url))

# --- Stripe
# ----------------------------------------------------------------------------------------

STRIPE_API_VERSION = "2026-08-26.dahlia"  # the one place; SDK, mirror and endpoint follow it
STRIPE_SECRET_KEY = ENV.stripe_secret_key.get_secret_value()
STRIPE_API_BASE = ENV.stripe_api_base.rstrip("/")
STRIPE_WEBHOOK_SECRETS = ENV.webhook_secrets
STRIPE_LIVE_MODE = "_live_" in STRIPE_SECRET_KEY
USES_SANDBOX = ENV.uses_sandbox
SANDBOX_URL = ENV.sandbox_url.rstrip("/")

# dj-stripe is a mirror for people to read; nothing decides by it. Its view and urls are not
# mounted.
STRIPE_TEST_SECRET_KEY = "" if STRIPE_LIVE_MODE else STRIPE_SECRET_KEY
STRIPE_LIVE_SECRET_KEY = STRIPE_SECRET_KEY if STRIPE_LIVE_MODE else ""
STRIPE_API_HOST = STRIPE_API_BASE
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
SILENCED_SYSTEM_CHECKS = [
    "djstripe.W002"
]  # STRIPE_API_HOST is set on purpose, from STRIPE_API_BASE

# --- Chapterhouse's own rules
# ----------------------------------------------------------------------

BUSINESS_CLOCK_FILE = DATA_DIR / "clock" if USES_SANDBOX else None
REVIEW_UNDO_WINDOW = timedelta(0)
LOG_FORMAT = ENV.log_format
LOG_LEVEL = ENV.log_level
LOGGING = logging_config(LOG_FORMAT, LOG_LEVEL)
