"""Celery and its whole schedule. Tasks only wake a worker: the work itself lies in PostgreSQL."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")

app = Celery("chapterhouse")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    worker_hijack_root_logger=False,  # lines of workers look like all others
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    # A broker that is gone must cost a web request a blink: the sweeps find what was not announced.
    task_publish_retry=False,
    broker_transport_options={
        "visibility_timeout": 300,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.1,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
    },
    timezone="UTC",
    beat_schedule={
        "drive what Stripe hinted at": {"task": "webhooks.tasks.drive_due_targets", "schedule": 2},
        "sweep the outbox": {"task": "audit.tasks.sweep_outbox", "schedule": 5},
        "seal the log": {"task": "audit.tasks.seal_log", "schedule": 5},
        "finish what a crash interrupted": {
            "task": "subscriptions.tasks.sweep_intents",
            "schedule": 30,
        },
        "settle what changes by itself": {"task": "subscriptions.tasks.settle_due", "schedule": 30},
        "let seats follow who takes one": {
            "task": "subscriptions.tasks.follow_who_takes_a_seat",
            "schedule": 10,
        },
        "carry out decisions on applications": {
            "task": "community.tasks.carry_out_due_decisions",
            "schedule": 5,
        },
        "release claims that timed out": {
            "task": "community.tasks.release_stale_claims",
            "schedule": 60,
        },
        "warn of ends": {"task": "subscriptions.tasks.warn_of_ends", "schedule": 300},
        "close what cannot be undone": {
            "task": "subscriptions.tasks.close_what_is_due",
            "schedule": 300,
        },
        "free names of the unpaid": {
            "task": "subscriptions.tasks.free_unpaid_names",
            "schedule": 3600,
        },
        "reconcile with Stripe": {"task": "subscriptions.tasks.reconcile_all", "schedule": 3600},
        "carry out resets of second factors": {
            "task": "accounts.tasks.carry_out_due_resets",
            "schedule": 60,
        },
        "count seats anew": {
            "task": "orgs.tasks.recount_seats",
            "schedule": crontab(hour=3, minute=10),
        },
        "prune logs that are kept no longer": {
            "task": "orgs.tasks.prune_logs",
            "schedule": crontab(hour=4, minute=10),
        },
        "forget sessions that ended": {
            "task": "saas.tasks.clear_sessions",
            "schedule": crontab(hour=3, minute=40),
        },
        "tell that beat lives": {"task": "saas.tasks.beat_tick", "schedule": 15},
    },
)
app.autodiscover_tasks()
