#!/bin/sh
# Warren's figures beside those of Debian's rabbitmq-server, measured in turns in the same run; a markdown table on stdout.
#   tests/bench/run.sh [--only NAME]... [--reps N] [--seconds S] [--no-peer]
# Wants build/release/warren and build/release/warren-perf; warren-perf checks each run. Takes the machine for several minutes.
exec python3 "$(dirname "$0")/figures.py" "$@"
