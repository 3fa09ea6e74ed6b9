"""The door for web servers. WSGI on purpose: ASGI costs several times the CPU for synchronous
Django.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")
application = get_wsgi_application()
