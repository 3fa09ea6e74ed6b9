"""Settings of the sandbox's own small Django; no models, no applications, no middleware."""

from pathlib import Path

HERE = Path(__file__).parent

SECRET_KEY = "a sandbox keeps no secrets"  # noqa: S105
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "sandbox.urls"
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {"libraries": {"money": "sandbox.pages.money"}},
    }
]
LOGGING_CONFIG = None
