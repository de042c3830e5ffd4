#!/usr/bin/python3
"""Runs the scenarios of mirrored queues; the last line is 'N passed, N failed, N skipped'."""

import sys

import places
import run

if __name__ == "__main__":
    sys.exit(run.main((places.HERE,), __doc__))
