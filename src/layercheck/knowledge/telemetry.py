"""Packages that trace, measure or correlate requests, and the headers and names that carry a request's id.

Asked by the rules on observability (LC313, LC314). Source: the packages' own documentation; W3C Trace Context for `traceparent`.
"""

from __future__ import annotations

TELEMETRY_PACKAGES: dict[str, str] = {
    "aioprometheus": "aioprometheus",
    "aws-xray-sdk": "aws_xray_sdk",
    "azure-monitor-opentelemetry": "azure.monitor",
    "datadog": "datadog",
    "ddtrace": "ddtrace",
    "elastic-apm": "elasticapm",
    "honeycomb-opentelemetry": "honeycomb",
    "logfire": "logfire",
    "newrelic": "newrelic",
    "opencensus": "opencensus",
    "opentelemetry-api": "opentelemetry",
    "opentelemetry-distro": "opentelemetry",
    "opentelemetry-exporter-otlp": "opentelemetry",
    "opentelemetry-instrumentation-fastapi": "opentelemetry",
    "opentelemetry-sdk": "opentelemetry",
    "prometheus-client": "prometheus_client",
    "prometheus-fastapi-instrumentator": "prometheus_fastapi_instrumentator",
    "scout-apm": "scout_apm",
    "sentry-sdk": "sentry_sdk",
    "starlette-exporter": "starlette_exporter",
    "starlette-prometheus": "starlette_prometheus",
    "statsd": "statsd",
    "uptrace": "uptrace",
}
"""Name on PyPI -> package to import, of error tracking, metrics and tracing."""

TELEMETRY_COMMANDS: tuple[str, ...] = (
    "ddtrace-run", "elasticapm-run", "logfire run", "newrelic-admin", "opentelemetry-instrument", "scout-apm",
)  # fmt: skip
"""Commands that wire an unchanged application when it is started with them."""

TRACING_ROOTS: frozenset[str] = frozenset({
    "aws_xray_sdk", "azure.monitor", "ddtrace", "elasticapm", "honeycomb", "logfire", "newrelic", "opencensus", "opentelemetry", "uptrace",
})  # fmt: skip
"""Packages that hand a trace id from service to service by themselves."""

CORRELATION_ROOTS: frozenset[str] = frozenset({
    "asgi_correlation_id", "fastapi_request_id", "starlette_context", "correlation_id", "fastapi_cloudrun_logging",
})  # fmt: skip
"""Packages whose middleware gives each request an id."""

CORRELATION_HEADERS: frozenset[str] = frozenset({
    "correlation-id", "request-id", "traceparent", "x-amzn-trace-id", "x-b3-traceid", "x-cloud-trace-context", "x-correlation-id",
    "x-request-id", "x-trace-id",
})  # fmt: skip
CORRELATION_NAMES: frozenset[str] = frozenset({"correlation_id", "req_id", "request_id", "request_uuid", "trace_id"})
