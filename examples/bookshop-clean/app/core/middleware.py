"""What happens to every request: an id that follows it, a measurement, and the security headers of the answer."""

import logging
import time
from uuid import uuid4

from fastapi import Request, Response
from opentelemetry import metrics
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint

from app.core.logging import request_id

logger = logging.getLogger(__name__)
duration = metrics.get_meter(__name__).create_histogram("http.server.request.duration", unit="s")


class RequestIdMiddleware(BaseHTTPMiddleware):
    """Takes X-Request-ID from the caller or makes one, logs with it and sends it back."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        identifier = request.headers.get("X-Request-ID") or uuid4().hex
        token = request_id.set(identifier)
        started = time.perf_counter()
        try:
            response = await call_next(request)
            logger.info(
                "%s %s -> %s in %.1f ms",
                request.method,
                request.url.path,
                response.status_code,
                (time.perf_counter() - started) * 1000,
            )
        finally:
            request_id.reset(token)
        response.headers["X-Request-ID"] = identifier
        return response


class MetricsMiddleware(BaseHTTPMiddleware):
    """Measures every request; who starts the process with `opentelemetry-instrument` decides where the figures go."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        started = time.perf_counter()
        status_code = 500
        try:
            response = await call_next(request)
            status_code = response.status_code
        finally:
            handler = getattr(request.scope.get("endpoint"), "__name__", "unknown")
            labels = {"http.request.method": request.method, "http.response.status_code": status_code}
            duration.record(time.perf_counter() - started, labels | {"handler": handler})
        return response


class SecurityHeadersMiddleware(BaseHTTPMiddleware):
    """Tells browsers to insist on HTTPS, not to guess types and not to frame the shop."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
        return response
