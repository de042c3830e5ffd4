#!/usr/bin/python3
"""The checks by pika. ../restart_clients.py runs this and restarts the broker when it asks for it."""

import messages  # noqa: F401  makes its checks known
import topology  # noqa: F401

from checks import run_checks

run_checks()
