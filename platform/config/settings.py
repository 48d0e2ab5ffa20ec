"""Settings of one node. Each variable is read once, here, and typed; `.env.example` lists them all.

Secrets have no default: a node that starts without them says so instead of running open.
"""

from pathlib import Path

import environ

from kernel.cells import read_cells
from kernel.sentinel import broker, cache

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent.parent
environ.Env.read_env(str(BASE_DIR / ".env"))

# --- This node ----------------------------------------------------------------------------------------
NODE_ID = env.str("NODE_ID", "hb")
NODE_NAME = env.str("NODE_NAME", "湖北省建筑工人管理服务信息平台")
NODE_REGION = env.str("NODE_REGION", "420000")
# province, city, county or enterprise; an enterprise's node says whose it is.
NODE_KIND = env.str("NODE_KIND", "province")
NODE_ENTERPRISE = env.str("NODE_ENTERPRISE", "")
# How long a neighbour may take to answer.
NODE_TIMEOUT_SECONDS = env.float("NODE_TIMEOUT_SECONDS", 20.0)
# teamSysNo is handed out from a block of 1,000,000 per node, so that it is unique in the province.
TEAM_NUMBER_START = env.int("TEAM_NUMBER_START", 1_500_000_000)
# Past one machine: which divisions each cell holds, and which cell this is; a hub has cells and is none.
CELLS = read_cells(env.json("CELLS", default={}))
CELL = env.str("CELL", "")
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).resolve()

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY")
# "id:algorithm:base64 key", the current one first; numbers, phones and cards are sealed with it.
FIELD_KEYS = env.str("FIELD_KEYS")
# "id:base64 key" of the blind indexes; it never leaves this node.
INDEX_KEY = env.str("INDEX_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
# How other systems reach this node, for addresses in answers: https://shiming.example; empty: paths only.
PUBLIC_URL = env.str("PUBLIC_URL", "").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Synthetic identity numbers (420001-420099, 999999) pass validation only where nobody real is registered.
SYNTHETIC_PEOPLE = env.bool("SYNTHETIC_PEOPLE", False)
DEMO_PASSWORD = env.str("DEMO_PASSWORD", "demo-2019-27")

# --- Applications -------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "guardian",
    "axes",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "regions",
    "standards",
    "accounts",
    "audit",
    "outbox",
    "web",
    "projects",
    "workers",
    "attendance",
    "payroll",
    "ledgers",
    "integrity",
    "federation",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "config.middleware.ClientAddressMiddleware",
    "config.middleware.DatabaseAwayMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages shrink to a third; CSRF tokens are masked per page and Django pads the length (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "config.middleware.RequestLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # After messages: whoever is shown out is told why.
    "accounts.middleware.ActorMiddleware",
    "web.replica.WrittenMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.frame",
            ],
            "builtins": ["django.contrib.humanize.templatetags.humanize"],
        },
    },
]

# --- Database: web and worker use a role without DDL; migrations use the owner -------------------------
DATABASES = {"default": env.db("DATABASE_URL")}
if env.str("MIGRATION_DATABASE_URL", "") and env.bool("AS_DATABASE_OWNER", False):
    DATABASES["default"] = env.db("MIGRATION_DATABASE_URL")
DATABASES["default"].update(
    ENGINE="django.db.backends.postgresql",
    CONN_MAX_AGE=600,
    CONN_HEALTH_CHECKS=True,
    OPTIONS={"connect_timeout": 5, "options": "-c timezone=UTC"},
    TEST={"NAME": env.str("TEST_DATABASE_NAME", "test_hubei")},
)
APP_DATABASE_ROLE = env.str("APP_DATABASE_ROLE", "")
# A streaming replica for what is only looked at (kernel/replica.py); without one everything is the primary's.
if env.str("REPLICA_DATABASE_URL", ""):
    DATABASES["replica"] = {
        **DATABASES["default"],
        **env.db("REPLICA_DATABASE_URL"),
        "ENGINE": "django.db.backends.postgresql",
        # Away, it must not hold up a page.
        "OPTIONS": {"connect_timeout": 1, "options": "-c timezone=UTC"},
        "TEST": {"MIRROR": "default"},
    }
    DATABASE_ROUTERS = ["kernel.replica.Router"]

# --- Redis and Celery: the queue may be lost at any time, the truth is in PostgreSQL --------------------
REDIS_URL = env.str("REDIS_URL")
CACHES = {"default": cache(REDIS_URL)}
CELERY_BROKER_URL, _sentinels = broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 180}
CELERY_TASK_DEFAULT_QUEUE = f"{NODE_ID}-default"
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A publish must not hang a request while Redis is away; the sweep finds what was not queued.
CELERY_BROKER_TRANSPORT_OPTIONS |= {"socket_timeout": 5, "socket_connect_timeout": 2, **_sentinels}
CELERY_TASK_PUBLISH_RETRY = False
# Celery would open a connection to the database for each task; Django's own rule for old ones is kept instead
# (config/celery.py), so that Celery's count never comes to an end.
CELERY_DB_REUSE_MAX = 2**31
# Of several beats one works.
CELERY_BEAT_SCHEDULER = "config.clock:OneClock"

# --- People and sign-in ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.NotOneself"},
    {
        "NAME": "accounts.passwords.LongEnough",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "accounts.passwords.NotCommon"},
    {"NAME": "accounts.passwords.NotOnlyFigures"},
]
LOGIN_URL = "/account/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL
# How long a process remembers parameters, code lists and which versions of the standard are in force.
STANDARDS_KEPT_SECONDS = 5.0

# Cookies know no ports: nodes side by side on one host would sign each other's people out.
_COOKIE_SUFFIX = env.str("COOKIE_SUFFIX", "")
SESSION_COOKIE_NAME = f"sessionid{_COOKIE_SUFFIX}"
CSRF_COOKIE_NAME = f"csrftoken{_COOKIE_SUFFIX}"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", 10) * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "web.stale_forms.stale_form"
AXES_FAILURE_LIMIT = env.int("SIGN_IN_FAILURES", 5)
AXES_COOLOFF_TIME = env.float("SIGN_IN_COOLOFF_HOURS", 0.25)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "web.account.locked_out"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False

# --- Web ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Photographs and scans: content-addressed and sealed by kernel.store, never served by a URL of their own.
    "files": {
        "BACKEND": env.str("FILE_STORAGE", "django.core.files.storage.FileSystemStorage"),
        "OPTIONS": env.json("FILE_STORAGE_OPTIONS", default={"location": str(VAR_DIR / "files")}),
    },
    "staticfiles": {
        "BACKEND": env.str("STATIC_STORAGE", "whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
# Django answers in a fixed pool of threads, so that each thread keeps its database connection.
WEB_THREADS = env.int("WEB_THREADS", 4)
# So many punches may wait for their commit in one web process; beyond it callers are told to come back.
INGEST_QUEUE = env.int("INGEST_QUEUE", 100_000)
# The largest legal vendor body is 20 MB; /open.api reads its own body, pages never need more than this.
DATA_UPLOAD_MAX_MEMORY_SIZE = 22 * 1024 * 1024
# TLS ends at the proxy in front; a node on plain HTTP (a demo, a site office) sets HTTPS_ONLY=0.
HTTPS_ONLY = env.bool("HTTPS_ONLY", True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS_ONLY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS_ONLY else None
# The vendors' protocol was specified for HTTP too: identity numbers in it are ciphertext, names are not.
# A node that must serve such clients says so; everybody else is sent to HTTPS.
OPEN_API_PLAIN_HTTP = env.bool("OPEN_API_PLAIN_HTTP", False)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", *([r"^open\.api$"] if OPEN_API_PLAIN_HTTP else [])]
# Addresses of proxies whose X-Forwarded-For is believed; sign-in locks and vendors' address lists need it.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        # Charts set element styles from script, which CSSOM allows; no inline style or script is needed.
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}
# Where the local bridge of an identity-card reader listens on the clerk's machine, and a program that reads
# pictures of cards, if the node has one: docs/id-reader-bridge.md.
ID_READER_ADDRESS = env.str("ID_READER_ADDRESS", "http://127.0.0.1:18990")
CARD_TEXT_READER = env.str("CARD_TEXT_READER", "")
# The map's source, and its approval number: official use needs a map with a 审图号.
MAP_SOURCE = env.str("MAP_SOURCE", "vendor/maps")
MAP_APPROVAL_NUMBER = env.str("MAP_APPROVAL_NUMBER", "")

# --- 四库一平台: where master data come from; without an address nothing is pulled -------------------------
FOUR_DATABASES_URL = env.str("FOUR_DATABASES_URL", "").rstrip("/")
FOUR_DATABASES_TOKEN = env.str("FOUR_DATABASES_TOKEN", "")
FOUR_DATABASES_CONNECTOR = env.str("FOUR_DATABASES_CONNECTOR", "federation.masters.http.HttpConnector")
FOUR_DATABASES_SECONDS = env.float("FOUR_DATABASES_SECONDS", 20.0)

# --- Messages to the outside: a sender for each channel; the demo's sender shows them in the product ------
MESSAGE_SENDERS = {
    "sms": env.str("SMS_SENDER", "web.delivery.demo_sender"),
    "mail": env.str("MAIL_SENDER", "web.delivery.demo_sender"),
}
vars().update(env.email("EMAIL_URL", "smtp://localhost:25"))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "no-reply@localhost")

# --- API ------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.authentication.HasActor"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "web.api.pagination.Pages",
    "PAGE_SIZE": 50,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "web.api.problems.problem_details",
    "DEFAULT_THROTTLE_CLASSES": ["web.api.throttles.Calls"],
    "DEFAULT_THROTTLE_RATES": {
        "user": env.str("API_RATE", "1200/min"),
        "sign_in": env.str("SIGN_IN_RATE", "30/min"),
    },
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_TTL": None}
SPECTACULAR_SETTINGS = {
    "TITLE": "湖北省建筑工人管理服务信息平台 API",
    "DESCRIPTION": "开放数据、开放协议：与页面相同的记录、相同的权限。",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    # No request leaves the server: the badge would be fetched from its makers.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "POSTPROCESSING_HOOKS": [
        "web.api.schema.without_docstrings",
        "web.api.schema.with_problems",
        "federation.api.node_schema.with_nodes",
    ],
    # The scoped manager refuses without somebody who asks, and the schema is drawn for nobody.
    "DEFAULT_QUERY_MANAGER": "_default_manager",
}

# --- Logs: structured, and without any field that may name a person --------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"personal": {"()": "config.logs.WithoutPersonalData"}},
    "formatters": {"json": {"()": "config.logs.json_formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["personal"]}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "axes": {"level": "WARNING"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # Beat's errands come every second; their successes are no news.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
