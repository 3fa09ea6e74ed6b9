"""The service's settings, with django-guardian beside it, and nothing noted for developers."""

from saas.settings import *  # noqa: F403 -- settings are names
from saas.settings import AUTHENTICATION_BACKENDS as BACKENDS
from saas.settings import INSTALLED_APPS as APPS

DEBUG = False
INSTALLED_APPS = [*APPS, "guardian"]
AUTHENTICATION_BACKENDS = [*BACKENDS, "guardian.backends.ObjectPermissionBackend"]
ANONYMOUS_USER_NAME = None
ROOT_URLCONF = "benchmarks.urls"
