"""English words in paths: what has no plural, what there is one of, and what is no thing at all.

Sources: the word lists of English grammars (uncountable nouns, irregular plurals) and the paths of public FastAPI backends.
"""

from __future__ import annotations

UNCOUNTABLE = frozenset({
    "access", "advice", "aftercare", "art", "attendance", "audio", "audit", "baggage", "bandwidth", "biology", "broadcast", "capacity", "cargo",
    "cash", "chat", "clothing", "code", "collateral", "commerce", "communication", "compliance", "connectivity", "consent", "content",
    "correspondence", "coverage", "craft", "crew", "crypto", "currency", "debt", "demand", "deer", "economy", "education", "electricity",
    "email", "energy", "engagement", "entertainment", "equipment", "equity", "evidence", "experience", "feedback", "finance", "firmware", "fish",
    "food", "fraud", "freight", "fruit", "fuel", "furniture", "gold", "governance", "hardware", "help", "history", "homework", "hr", "identity",
    "income", "info", "information", "infrastructure", "insurance", "intelligence", "inventory", "jewelry", "knowledge", "labor", "labour",
    "legislation", "leisure", "liquidity", "literature", "livestock", "logic", "luck", "luggage", "machinery", "mail", "malware", "math",
    "merchandise", "merch", "middleware", "money", "moose", "music", "news", "nutrition", "overtime", "paperwork", "patience", "payroll",
    "permission", "personnel", "police", "pollution", "poultry", "power", "privacy", "produce", "progress", "property", "quality", "rain",
    "research", "revenue", "rice", "risk", "salary", "salmon", "scenery", "security", "sheep", "shipping", "shopping", "silver", "sleep",
    "software", "spam", "sport", "staff", "stock", "storage", "stuff", "supply", "support", "swine", "tax", "text", "time", "traffic",
    "transport", "travel", "trash", "trout", "trust", "video", "warranty", "waste", "water", "wealth", "weather", "wildlife", "wifi", "work",
    "workforce",
})  # fmt: skip
"""Words that are never asked for in the plural; generous, for a wrong plural costs more than a missed one."""

SINGLETONS = frozenset({
    "about", "account", "allowlist", "blacklist", "blocklist", "denylist", "waitlist", "watchlist", "whitelist", "admin", "agenda", "analytics", "api", "app", "archive", "auth", "avatar", "basket", "billing", "board", "cache",
    "calendar", "captcha", "cart", "catalog", "catalogue", "clipboard", "cockpit", "company", "compass", "config", "configuration", "connect",
    "console", "context", "control", "core", "csrf", "current", "dashboard", "database", "db", "debug", "default", "desktop", "dev", "diary",
    "directory", "docs", "documentation", "engine", "env", "environment", "erp", "explore", "external", "faq", "favicon", "favorite", "feed",
    "filesystem", "frontend", "gateway", "general", "global", "graph", "graphql", "health", "healthcheck", "heartbeat", "home", "host", "inbox",
    "index", "internal", "journal", "kanban", "kb", "landing", "latest", "ledger", "legal", "library", "live", "local", "log", "main", "manifest",
    "map", "marketplace", "master", "me", "menu", "meta", "metrics", "mobile", "mock", "monitor", "my", "myself", "navigation", "network", "next",
    "notebook", "oauth", "oidc", "onboarding", "openapi", "outbox", "overview", "own", "password", "ping", "platform", "play", "plugin", "portal",
    "preferences", "preview", "previous", "private", "profile", "proxy", "public", "queue", "random", "ready", "recent", "registry", "rest",
    "robots", "root", "rpc", "saml", "schedule", "schema", "scim", "search", "self", "server", "service", "session", "setting", "settings",
    "setup", "shared", "shop", "site", "sitemap", "sso", "static", "stats", "status", "store", "stripe", "summary", "system", "test", "timeline",
    "today", "token", "trash", "ui", "universe", "user-info", "userinfo", "v", "vault", "version", "wallet", "warehouse", "web", "webhook",
    "website", "whoami", "wiki", "wishlist", "workspace", "world", "ws",
})  # fmt: skip
"""Things of which a service, or a user, has one, and names of parts of an API: their singular says nothing."""

NAMESPACES = frozenset({
    "admin", "api", "app", "apis", "auth", "backend", "backoffice", "core", "dev", "erp", "external", "internal", "main", "mobile", "mock",
    "monitor", "platform", "portal", "private", "public", "rest", "secure", "server", "service", "staff", "system", "test", "web",
})  # fmt: skip
"""Parts of an API that are no resources: what comes after them stands for itself."""

PLURALS = {
    "child": "children", "foot": "feet", "goose": "geese", "half": "halves", "index": "indices", "knife": "knives", "leaf": "leaves",
    "life": "lives", "man": "men", "matrix": "matrices", "medium": "media", "mouse": "mice", "person": "people", "quiz": "quizzes",
    "self": "selves", "shelf": "shelves", "thief": "thieves", "tooth": "teeth", "vertex": "vertices", "wife": "wives", "wolf": "wolves",
    "woman": "women",
}  # fmt: skip
"""Irregular plurals by singular."""

PLURAL_FORMS = frozenset(PLURALS.values()) | {
    "agenda", "alumni", "bacteria", "corpora", "criteria", "data", "dice", "errata", "folk", "formulae", "fungi", "media", "memoranda", "metadata",
    "nuclei", "phenomena", "schemata", "spectra", "stimuli", "strata", "syllabi",
}  # fmt: skip
"""Plurals that do not end in s."""

ATTRIBUTES = frozenset({
    "address", "age", "alias", "author", "barcode", "brand", "category", "city", "color", "colour", "country", "date", "day", "domain", "ean",
    "email", "external", "format", "gender", "genre", "guid", "handle", "hash", "host", "id", "ip", "isbn", "key", "keyword", "kind", "label",
    "lang", "language", "level", "locale", "location", "login", "mode", "month", "name", "nickname", "number", "owner", "parent", "path", "period",
    "phone", "plate", "priority", "province", "range", "reference", "region", "role", "sha", "sku", "slug", "source", "state", "status",
    "symbol", "tag", "term", "ticker", "title", "topic", "type", "unit", "url", "username", "uuid", "value", "week", "year", "zip",
})  # fmt: skip
"""What things are looked up by: `/users/email/{email}`, `/posts/tag/{tag}`."""

ACTIONS = frozenset({
    "accept", "access", "acknowledge", "activate", "add", "aggregate", "allow", "analyze", "append", "apply", "approve", "archive", "ask", "assign",
    "attach", "authenticate", "authorize", "ban", "block", "browse", "buy", "calculate", "call", "cancel", "change", "check", "checkout", "claim",
    "clean", "clear", "clone", "close", "collect", "commit", "compare", "complete", "compute", "confirm", "connect", "convert", "copy", "count",
    "create", "deactivate", "debug", "decline", "delete", "deliver", "demote", "deny", "deploy", "destroy", "detach", "detect", "disable",
    "disconnect", "dislike", "dismiss", "display", "download", "drop", "duplicate", "edit", "embed", "enable", "end", "enqueue", "enroll",
    "evaluate", "execute", "explain", "export", "extend", "extract", "fetch", "fill", "find", "finish", "follow", "force", "fork", "forward",
    "generate", "get", "grant", "handle", "hide", "ignore", "import", "increment", "ingest", "init", "insert", "install", "invalidate", "invite",
    "invoke", "join", "kick", "kill", "launch", "leave", "like", "link", "list", "load", "lock", "login", "logout", "lookup", "make", "manage",
    "mark", "match", "merge", "migrate", "modify", "move", "mute", "new", "notify", "open", "parse", "patch", "pause", "pay", "pin", "ping",
    "play", "poll", "populate", "preview", "print", "process", "promote", "provision", "publish", "pull", "purchase", "purge", "push", "put",
    "query", "rate", "read", "rebuild", "recalculate", "recover", "redeem", "refresh", "refund", "regenerate", "register", "reindex", "reject",
    "release", "reload", "remove", "rename", "render", "renew", "reopen", "reorder", "replace", "replay", "reply", "request", "resend", "reset",
    "resolve", "restart", "restore", "resume", "retrieve", "retry", "return", "revert", "review", "revoke", "roll", "rotate", "run", "save", "scan",
    "scrape", "search", "select", "send", "serve", "set", "share", "show", "sign", "signup", "skip", "snooze", "solve", "sort", "split", "start",
    "stop", "stream", "submit", "subscribe", "suggest", "summarize", "suspend", "switch", "sync", "synchronize", "terminate", "toggle", "track",
    "train", "transcribe", "transfer", "transform", "translate", "trigger", "unarchive", "unassign", "unban", "unblock", "undo", "unfollow",
    "uninstall", "unlink", "unlock", "unmute", "unpin", "unpublish", "unsubscribe", "update", "upgrade", "upload", "upsert", "use", "validate",
    "verify", "view", "void", "vote", "watch", "withdraw", "write",
})  # fmt: skip
"""Words that say what is done: `/activate/{user_id}`. Some are nouns as well; they are left alone all the same."""

LINKS = frozenset({"as", "at", "by", "for", "from", "in", "is", "of", "on", "per", "to", "via", "with", "without"})
"""Words that begin a way of looking things up: `/users/by-name/{name}`."""
