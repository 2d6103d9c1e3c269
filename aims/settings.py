"""Settings of AIMS. Every value comes from the environment; `script/demo` and `script/test` set what they need."""

from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def database(address: str) -> dict[str, Any]:
    """Django's connection settings for a PostgreSQL address (`postgresql://role@/name?host=/socket/folder`)."""
    parts = conninfo_to_dict(address)
    known = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    options = {k: v for k, v in parts.items() if k not in known.values()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{name: str(parts.get(key) or "") for name, key in known.items()},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        # the tests make their databases as the owner (tests/conftest.py)
        "TEST": {"NAME": f"test_{parts.get('dbname') or 'aims'}"},
    }


SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it to a long random text; script/demo makes one by itself."
    )
DEBUG = env.bool("DEBUG", default=False)
if len(set(SECRET_KEY)) < 5 or len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY is too weak. Set it to at least 32 random characters.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=False)
SITE_ADDRESS = env.str("SITE_ADDRESS", default="http://127.0.0.1:8000")
AIMS_DATA = Path(env.str("AIMS_DATA", default=str(BASE_DIR / "var")))

# The clauses in their order; each has one `workspace.py` with a `workspace` (aims.records.registry).
CLAUSE_APPS = ["context", "leadership", "planning", "support", "operation", "evaluation", "improvement"]
ROOM_WORKSPACES = ["aims.records.workspace.workspace", "aims.schedule.workspace.workspace"]
# who reads files that are no tables, by the register into which they go
DOCUMENTS = {"ai-systems": "context.documents.reading.read_system"}
WORKSPACES = [*ROOM_WORKSPACES, *(f"{app}.workspace.workspace" for app in CLAUSE_APPS)]

INSTALLED_APPS = [
    "aims.organisation",
    "aims.journal",
    "aims.records",
    "aims.schedule",
    "aims.pages",
    "aims.api",
    *CLAUSE_APPS,
    "aims.pack",
    "aims.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "aims.api.problems.ProblemsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "aims.pages.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "aims.organisation.middleware.ActingMiddleware",
    "aims.pages.middleware.DoorMiddleware",
    "evaluation.outside.OutsideMiddleware",
]

ROOT_URLCONF = "aims.urls"
WSGI_APPLICATION = "aims.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "aims.pages.context.shell",
            ]
        },
    }
]

# One alias: the application's role. Commands that need another role become it (aims.organisation.roles).
DATABASES = {"default": database(env.str("DATABASE_URL"))}
ROLE_ADDRESSES = {
    "app": env.str("DATABASE_URL"),
    "owner": env.str("DATABASE_OWNER_URL", default=""),
    "system": env.str("DATABASE_SYSTEM_URL", default=""),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in throttles live here, shared by all web processes and still there when Redis is not.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

AUTH_USER_MODEL = "organisation.Person"
GUARDIAN_USER_OBJ_PERMS_MODEL = "organisation.Grant"
ANONYMOUS_USER_NAME = None
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "aims.organisation.sign_in.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[AIMS] "
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "AIMS"
# nobody signs up here, so nobody can lock a stranger's address; who is invited must not wait for a second mail
MFA_ALLOW_UNVERIFIED_EMAIL = True

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = AIMS_DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "evidence": {
        "BACKEND": env.str("EVIDENCE_STORAGE", default="django.core.files.storage.FileSystemStorage"),
        "OPTIONS": {"location": str(AIMS_DATA / "evidence"), "file_permissions_mode": 0o440},
    },
    "packs": {
        "BACKEND": env.str("PACK_STORAGE", default="django.core.files.storage.FileSystemStorage"),
        "OPTIONS": {"location": str(AIMS_DATA / "packs")},
    },
    "staticfiles": {
        "BACKEND": env.str(
            "STATICFILES_STORAGE", default="whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
# without a collected folder (tests, first minutes of development) files come straight from their apps
WHITENOISE_USE_FINDERS = True
WHITENOISE_MANIFEST_STRICT = False
EVIDENCE_LIMIT = env.int("EVIDENCE_LIMIT", default=200 * 1024 * 1024)
PACK_SECONDS = env.int("PACK_SECONDS", default=1500)  # of a build; below the task's limit
PACK_MEMORY = env.int("PACK_MEMORY", default=4 * 1024**3)  # of the process that sets the document
PACK_PAGES = env.int("PACK_PAGES", default=250)  # of a document, about; more of them become volumes
# evidence inside a PDF; where there is more all of it goes beside, into a ZIP
PACK_ENCLOSED = env.int("PACK_ENCLOSED", default=200 * 1000**2)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_FAILURE_VIEW = "aims.pages.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "aims.api.authentication.BearerToken",
        "aims.api.authentication.Session",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["aims.api.authentication.IsMember"],
    "DEFAULT_RENDERER_CLASSES": ["aims.api.renderers.JSON"],
    "DEFAULT_PARSER_CLASSES": ["aims.api.parsers.StrictJSON"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "aims.api.problems.handler",
    "UNAUTHENTICATED_USER": None,
}

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="redis://127.0.0.1:6379/0")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 1800
# KiB, below 150 MB: a process that a pack has made larger is replaced after its task
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 146_000
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "unacked_restore_throttle": 1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "schedule audits": {"task": "evaluation.tasks.schedule_audits", "schedule": 300.0},
    "schedule management reviews": {
        "task": "evaluation.tasks.schedule_management_reviews",
        "schedule": 300.0,
    },
    "settle objectives": {"task": "planning.tasks.settle_objectives", "schedule": crontab(hour=0, minute=23)},
    "ask who has not read the policy": {"task": "leadership.tasks.chase_readers", "schedule": 900.0},
    "follow what auditors ask for": {"task": "evaluation.tasks.follow_requests", "schedule": 300.0},
    "review classifications": {
        "task": "planning.tasks.review_classifications",
        "schedule": crontab(hour=3, minute=41),  # UTC: new rules come with a new release, not during the day
    },
    "follow up nonconformities": {"task": "improvement.tasks.follow_up_nonconformities", "schedule": 300.0},
    "bring up what is due": {"task": "aims.schedule.tasks.tick", "schedule": 300.0},
    "send digests": {"task": "aims.schedule.tasks.send_digests", "schedule": 900.0},
    "read all evidence again": {
        "task": "aims.records.tasks.rehash_evidence",
        "schedule": crontab(hour=2, minute=17),  # UTC: at night where most of our users are
    },
    "wake forgotten jobs": {"task": "aims.records.tasks.sweep_jobs", "schedule": 15.0},
}

EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    default="django.core.mail.backends.smtp.EmailBackend"
    if env.str("EMAIL_HOST", default="")
    else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = str(AIMS_DATA / "mail")
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="AIMS <aims@localhost>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}

SPECTACULAR_SETTINGS = {
    "TITLE": "AIMS",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "COMPONENT_SPLIT_REQUEST": True,
    # without its own hook: enumerations stay where they are used, many fields are called `state`
    "POSTPROCESSING_HOOKS": ["aims.api.schema.share_refusals"],
}
