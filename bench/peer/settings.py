"""A small Django project: dj-stripe and one app."""

import json
import os

SECRET_KEY = "bench"
USE_TZ = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "bench.peer.urls"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "djstripe",
    "bench.peer.apps.Peer",
]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
DATABASES = {"default": json.loads(os.environ["PEER_DATABASE"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STRIPE_TEST_SECRET_KEY = "sk_test_benchbenchbenchbenchbench"
STRIPE_LIVE_MODE = False
STRIPE_API_HOST = os.environ["PEER_STRIPE"]
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
