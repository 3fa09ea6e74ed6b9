"""How often a token may ask: a window of a minute, counted in Redis in one round trip.

Without Redis nothing is counted and everybody is let through, with a line in the log: this limit
keeps the service fair, it does not keep anybody out.
"""

import time
from dataclasses import dataclass

import redis
import structlog
from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

WINDOW = 60
PATIENCE = 0.25
"""Seconds that a request waits for Redis."""
REST = 5.0
"""Seconds that nobody asks Redis after it did not answer."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Rate:
    """What is left of a window, as the answer's headers tell it."""

    limit: int
    left: int
    resets_in: int

    def headers(self) -> dict[str, str]:
        """Return the headers of the draft on rate limits."""
        return {
            "RateLimit-Policy": f'"default";q={self.limit};w={WINDOW}',
            "RateLimit": f'"default";r={self.left};t={self.resets_in}',
        }


class TokenRate(BaseThrottle):
    """So many calls a minute for each token; what is left travels on the request."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._redis = redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
        )
        self._rests_until = 0.0

    def allow_request(self, request: HttpRequest) -> bool:
        """Count this call; the answer's headers and 429 are made from ``request.rate``."""
        now = time.time()
        window = int(now // WINDOW)
        count = self._count(f"api-rate:{self._who(request)}:{window}", now)
        if count is None:
            return True
        resets_in = int((window + 1) * WINDOW - now) + 1
        request.rate = Rate(  # type: ignore[attr-defined]  # ours
            self.limit, max(0, self.limit - count), resets_in
        )
        return count <= self.limit

    def _who(self, request: HttpRequest) -> str:
        actor = request.auth  # type: ignore[attr-defined]  # set by the authenticator, which ran first
        return f"{actor.kind}:{actor.credential_id}"

    def _count(self, key: str, now: float) -> int | None:
        if now < self._rests_until:
            return None
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.incr(key)
                pipe.expire(key, 2 * WINDOW)
                return int(pipe.execute()[0])
        except redis.RedisError as error:
            self._rests_until = now + REST
            log.warning("api calls are not counted", error=str(error))
            return None


class AddressRate(TokenRate):
    """So many calls a minute from each address, where no token is asked for."""

    def _who(self, request: HttpRequest) -> str:
        return f"address:{getattr(request, 'client_address', '')}"
