"""Names by which lists are paged, and what stands beside the items in an envelope.

Asked by LC414 (unpaginated-list) and LC418 (unbounded-page-size). Source: the parameters of published FastAPI projects, of
fastapi-pagination, JSON:API, the GitHub, Stripe, Google and Relay conventions.
"""

from __future__ import annotations

PAGE_SIZES: frozenset[str] = frozenset({
    "limit", "page_size", "pagesize", "per_page", "perpage", "size", "count", "max_count", "num_records", "items_per_page", "itemsperpage",
    "page_limit", "max_results", "results_per_page", "rows", "take", "first", "last", "top", "limit_per_page", "n_results", "max_items",
})  # fmt: skip
"""Parameters (lower case) that say how many."""

PAGE_POSITIONS: frozenset[str] = frozenset({
    "after", "before", "continuation_token", "cursor", "ending_before", "from_id", "next_token", "offset", "page", "page_index", "page_no",
    "page_num", "page_number", "page_token", "pagenum", "pagenumber", "since_id", "skip", "start_index", "starting_after",
})  # fmt: skip
"""Parameters (lower case) that say from where."""

PAGING_LIBRARIES: tuple[str, ...] = (
    "fastapi_pagination",
    "fastapi_filter.contrib.pagination",
    "fastapi_utils.pagination",
)
"""Packages whose page types and functions bring the parameters with them."""

META_FIELDS: frozenset[str] = frozenset({
    "code", "count", "current_page", "cursor", "detail", "details", "elapsed", "error", "errors", "filters", "first_page", "has_more", "has_next",
    "has_prev", "has_previous", "info", "itemsperpage", "last_page", "last_updated", "limit", "link", "links", "message", "meta", "metadata", "msg",
    "next", "next_cursor", "next_page", "next_page_token", "offset", "ok", "page", "page_count", "page_info", "page_number", "page_size",
    "pages", "pagination", "per_page", "prev", "previous", "request_id", "result_count", "size", "skip", "status", "status_code", "success",
    "success_code", "summary", "timestamp", "took", "total", "total_count", "total_items", "total_pages", "totals", "updated_at", "version",
})  # fmt: skip
"""Fields (lower case) of an envelope that are no payload."""
