"""dj-stripe's tables in one fresh migration that replaces upstream's first three.

Upstream's take about a minute from an empty database, nearly all of it rendering states that nobody
needs. Upstream's folder stays on the path, so that a later release's migrations are found.
"""

import djstripe.migrations as upstream

__path__ = [*__path__, *upstream.__path__]
