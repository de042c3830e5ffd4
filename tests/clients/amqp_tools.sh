#!/bin/bash
# The command line tools of the C library librabbitmq.
set -u
SERVER=(--server="${AMQP_HOST:-127.0.0.1}" --port="${AMQP_PORT:-5672}")
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
failures=0

# check SENTENCE FUNCTION
check() {
  if "$2" >"$WORK/out" 2>&1; then echo "PASS $1"; else
    failures=1
    echo "FAIL $1 -- $(tail -1 "$WORK/out")"
  fi
}

same() { [ "$1" = "$2" ] || { echo "'${1:0:100}' instead of '${2:0:100}'"; return 1; }; }
tool() { local name=$1; shift; timeout 20 "amqp-$name" "${SERVER[@]}" "$@"; }
unique() { echo "tools.$$.$RANDOM"; }

publish_and_get() {
  local queue; queue=$(unique)
  same "$(tool declare-queue -q "$queue")" "$queue" || return 1
  tool publish -r "$queue" -p -C text/plain -H 'a: b' -b hello || return 1
  same "$(tool get -q "$queue")" hello || return 1
  tool get -q "$queue"
  same $? 2 || return 1
  same "$(tool delete-queue -q "$queue")" 0
}

consume() {
  local queue; queue=$(unique)
  tool declare-queue -q "$queue" || return 1
  seq 100 | tool publish -r "$queue" -l || return 1
  same "$(tool consume -q "$queue" -c 60 -p 10 cat)" "$(seq 60)" || return 1
  same "$(tool consume -q "$queue" -c 40 --no-ack cat)" "$(seq 61 100)" || return 1
  tool delete-queue -q "$queue" -e
}

bound_consumer() {
  tool consume -e amq.topic -r 'tools.#' -x -q "" -c 1 cat >"$WORK/got" &
  for _ in $(seq 100); do
    tool publish -e amq.topic -r tools.x -b routed
    kill -0 $! 2>/dev/null || break
    sleep 0.05
  done
  wait $! && same "$(cat "$WORK/got")" routed
}

large_body() {
  local queue; queue=$(unique)
  head -c 10485760 /dev/urandom >"$WORK/body"
  tool declare-queue -q "$queue" || return 1
  tool publish -r "$queue" <"$WORK/body" || return 1
  tool get -q "$queue" | cmp - "$WORK/body" || return 1
  tool delete-queue -q "$queue"
}

errors() {
  tool get -q "$(unique)" 2>&1 | grep -q 'NOT_FOUND - no queue' || { echo "missing queue"; return 1; }
  tool get -q x --vhost=nope 2>&1 | grep -q 'vhost nope not found' || { echo "missing vhost"; return 1; }
  tool get -q x --username=guest --password=wrong 2>&1 | grep -q ACCESS_REFUSED || { echo "wrong password"; return 1; }
}

check "a message is published and got, and the queue is deleted" publish_and_get
check "lines are published and consumed with acks, prefetch and without acks" consume
check "a queue is bound to a topic and consumed from" bound_consumer
check "a body of 10 MB comes back whole" large_body
check "a missing queue, a missing vhost and a wrong password are told" errors
exit $failures
