"""The formats of providers' tokens, and what tells a real URL with a password from one of documentation. Data for `queries.secret_formats`.

Source: the formats that providers document so that leaked tokens can be found, and their own examples.
"""

from __future__ import annotations

B64 = r"[A-Za-z0-9+/]"
_WEB = r"[A-Za-z0-9_-]"
_ANY = r"[A-Za-z0-9]"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_MIXED = rf"(?={_WEB}*\d)(?={_WEB}*[A-Za-z])"
PROVIDERS: tuple[tuple[str, str, str], ...] = (
    ("AKIA", "AWS access key id", r"\bAKIA[A-Z2-7]{16}\b"),
    ("ASIA", "AWS access key id", r"\bASIA[A-Z2-7]{16}\b"),
    *((f"gh{kind}_", "GitHub token", rf"\bgh[opsur]_{_ANY}{{36,255}}\b") for kind in "opsur"),
    ("github_pat_", "GitHub token", rf"\bgithub_pat_{_ANY}{{22}}_{_ANY}{{59}}\b"),
    *((mark, "GitLab token", rf"\bgl(?:pat|dt|rt|cbt|ptt|oas|ft|imt|agent|soat)-{_MIXED}{_WEB}{{20,}}") for mark in ("glpat-", "gl")),
    ("xox", "Slack token", r"\bxox[abeoprs](?:\.xox[bp])?-(?=[A-Za-z0-9-]*\d{6})[A-Za-z0-9-]{20,}"),
    ("xoxe.", "Slack token", rf"\bxoxe\.xox[bp]-\d-{_ANY}{{24,}}"),
    ("xapp-", "Slack token", r"\bxapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{32,}"),
    ("hooks.slack.com/services/", "Slack webhook", rf"hooks\.slack\.com/services/T[A-Z0-9]{{6,}}/B[A-Z0-9]{{6,}}/{_ANY}{{20,}}"),
    ("k_live_", "Stripe key", rf"\b[rs]k_live_{_ANY}{{20,}}\b"),
    ("whsec_", "Stripe webhook secret", rf"\bwhsec_{B64}{{32,}}"),
    ("AIza", "Google API key", rf"\bAIza{_WEB}{{35}}\b"),
    ("GOCSPX-", "Google OAuth client secret", rf"\bGOCSPX-{_WEB}{{28}}"),
    ("ya29.", "Google OAuth token", rf"\bya29\.{_WEB}{{40,}}"),
    ("SG.", "SendGrid key", rf"\bSG\.{_WEB}{{22}}\.{_WEB}{{43}}\b"),
    ("SK", "Twilio key", r"\bSK[0-9a-f]{32}\b"),
    ("key-", "Mailgun key", r"\bkey-[0-9a-f]{32}\b"),
    ("-", "Mailgun key", r"\b[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}\b"),
    ("-us", "Mailchimp key", r"\b[0-9a-f]{32}-us\d{1,2}\b"),
    ("xkeysib-", "Brevo key", rf"\bxkeysib-[0-9a-f]{{64}}-{_ANY}{{16}}\b"),
    ("npm_", "npm token", rf"\bnpm_{_ANY}{{36}}\b"),
    ("pypi-AgE", "PyPI token", rf"\bpypi-AgE{_WEB}{{50,}}"),
    ("rubygems_", "RubyGems key", r"\brubygems_[0-9a-f]{48}\b"),
    ("sk-ant-", "Anthropic key", rf"\bsk-ant-{_WEB}{{32,}}"),
    ("sk-", "OpenAI key", rf"\bsk-(?:proj-|svcacct-|admin-|or-v1-)?{_MIXED}{_WEB}{{32,}}"),
    ("hf_", "Hugging Face token", rf"\bhf_{_ANY}{{34}}\b"),
    ("r8_", "Replicate token", rf"\br8_{_MIXED}{_ANY}{{37}}\b"),
    ("gsk_", "Groq key", rf"\bgsk_{_ANY}{{48,}}\b"),
    ("xai-", "xAI key", rf"\bxai-{_ANY}{{70,}}\b"),
    ("pplx-", "Perplexity key", rf"\bpplx-{_ANY}{{40,}}\b"),
    ("lsv2_", "LangSmith key", r"\blsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}\b"),
    ("tvly-", "Tavily key", rf"\btvly-(?:dev-|prod-)?{_MIXED}{_ANY}{{28,}}\b"),
    ("pcsk_", "Pinecone key", rf"\bpcsk_{_ANY}+_?{_ANY}{{50,}}\b"),
    ("nvapi-", "NVIDIA key", rf"\bnvapi-{_WEB}{{60,}}"),
    ("AccountKey=", "Azure storage key", rf"AccountKey={B64}{{86}}=="),
    ("SharedAccessKey=", "Azure access key", rf"SharedAccessKey={B64}{{40,}}="),
    ("Q~", "Azure client secret", r"(?<![\w.~-])[\w.~-]{3}\dQ~[\w.~-]{31,34}(?![\w.~-])"),
    ("sig=", "Azure signature", r"[?&]sv=\d{4}-\d\d-\d\d&(?:[^\s\"']*&)?sig=[A-Za-z0-9%+/]{40,}"),
    ("/api/webhooks/", "Discord webhook", rf"discord(?:app)?\.com/api/webhooks/\d{{17,20}}/{_WEB}{{60,}}"),
    (".webhook.office.com/", "Teams webhook", rf"/webhookb2/{_UUID}@{_UUID}/IncomingWebhook/[0-9a-f]{{32}}/{_UUID}"),
    (".", "Discord token", rf"\b[MNO]{_WEB}{{23,25}}\.{_WEB}{{6}}\.{_WEB}{{27,38}}\b"),
    (":", "Telegram bot token", rf"(?<![\w:])\d{{8,10}}:AA{_WEB}{{33}}(?![\w-])"),
    ("_v1_", "DigitalOcean token", r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    ("HRKU-", "Heroku key", rf"\bHRKU-{_MIXED}{_WEB}{{36,}}"),
    *((mark, "Vault token", rf"\bhv[bs]\.{_MIXED}{_WEB}{{24,}}") for mark in ("hvs.", "hvb.")),
    (".atlasv1.", "Terraform token", rf"\b{_ANY}{{14}}\.atlasv1\.{_WEB}{{60,}}"),
    ("pul-", "Pulumi token", r"\bpul-[0-9a-f]{40}\b"),
    ("dp.", "Doppler token", rf"\bdp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]+\.)?{_ANY}{{40,44}}\b"),
    ("dapi", "Databricks token", r"\bdapi[0-9a-f]{32}\b"),
    ("dckr_", "Docker Hub token", rf"\bdckr_[op]at_{_WEB}{{27,32}}"),
    ("sbp_", "Supabase token", r"\bsbp_[0-9a-f]{40}\b"),
    ("sb_secret_", "Supabase token", rf"\bsb_secret_{_MIXED}{_WEB}{{31}}"),
    ("pscale_", "PlanetScale token", rf"\bpscale_(?:tkn|pw|oauth)_{_MIXED}{_WEB}{{32,}}"),
    ("sntry", "Sentry token", rf"\bsntry[su]_{_MIXED}[\w+/=-]{{60,}}"),
    ("NRAK-", "New Relic key", r"\bNRAK-[A-Z0-9]{27}\b"),
    ("glsa_", "Grafana token", rf"\bglsa_{_ANY}{{32}}_[0-9a-fA-F]{{8}}\b"),
    ("glc_", "Grafana token", rf"\bglc_{_MIXED}{B64}{{32,}}"),
    ("lin_api_", "Linear key", rf"\blin_api_{_ANY}{{40}}\b"),
    ("ntn_", "Notion token", rf"\bntn_{_MIXED}{_ANY}{{40,}}\b"),
    ("secret_", "Notion token", rf"\bsecret_{_MIXED}{_ANY}{{43}}\b"),
    ("pat", "Airtable token", rf"\bpat{_ANY}{{14}}\.[0-9a-f]{{64}}\b"),
    ("ATATT3", "Atlassian token", r"\bATATT3[\w=-]{100,}"),
    ("PMAK-", "Postman key", r"\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b"),
    *((f"shp{kind}_", "Shopify token", r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b") for kind in ("at", "ca", "pa", "ss")),
    ("sq0", "Square token", rf"\bsq0(?:csp|atp)-{_WEB}{{22,43}}\b"),
    ("EAAA", "Square token", rf"\bEAAA{_MIXED}{_WEB}{{60}}\b"),
    ("re_", "Resend key", rf"\bre_(?={_ANY}*\d){_ANY}{{8}}_{_ANY}{{24}}\b"),
    ("AGE-SECRET-KEY-1", "age key", r"\bAGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}\b"),
)  # fmt: skip
"""(a text that must occur, name, pattern)"""
BEFORE: dict[str, tuple[int, int] | None] = {
    "k_live_": (1, 1), "-": (32, 32), "-us": (32, 32), "Q~": (4, 4), ".": (24, 26), ":": (8, 10), "_v1_": (3, 3), ".atlasv1.": (14, 14),
    "sig=": None, "/api/webhooks/": None, ".webhook.office.com/": None,
}  # fmt: skip
"""The text of a format -> how many characters before it a token begins: from so many to so many, None where nobody can say. With all others
a token begins with it."""
"""(text that must occur, name, format). A text of three characters and less is met everywhere: whole files are searched for the others only."""
AZURITE = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq"
"""The account key of Microsoft's storage emulator, printed in its documentation: no secret."""


DUMMY_PASSWORDS = frozenset(
    {"pass", "passwd", "password", "pw", "pwd", "secret", "token", "key", "mypassword", "userpass"}
)
DUMMY_USERS = frozenset({"", "me", "myuser", "name", "u", "usr", "user", "username", "login", "foo", "scott"})
DUMMY_HOSTS = frozenset({"host", "hostname", "server", "domain", "domain.com", "ip", "addr", "address"})
KEYED_HOSTS = ("host", "hostname", "server", "data source", "addr", "hostaddr")
KEYED_USERS = ("user", "username", "uid", "user id")
KEYED_PASSWORDS = ("password", "pwd", "passwd")
"""The keys of a connection string: `host=db user=shop password=...`, `Server=db;UID=shop;PWD=...`, `?user=shop&password=...`."""
