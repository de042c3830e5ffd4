#!/bin/bash
# Installs the clients and what runs them, as far as it is missing on a Debian 12. Run again, it does nothing.
# What no Debian package has goes into a cache directory outside the tree.
set -eu
cd "$(dirname "$0")"
CACHE=${WARREN_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/warren-tests}
missing=()

# need PACKAGE COMMAND...: the package is wanted unless the command succeeds
need() { local package=$1; shift; "$@" >/dev/null 2>&1 || missing+=("$package"); }

for module in pika amqp kombu celery; do need "python3-$module" /usr/bin/python3 -c "import $module"; done
need amqp-tools command -v amqp-publish
need librabbitmq-dev test -e /usr/include/amqp.h -o -e /usr/include/rabbitmq-c/amqp.h
need gcc command -v cc
need nodejs command -v node
need npm command -v npm
need golang-go command -v go
need php-cli command -v php
need php-amqplib test -e /usr/share/php/PhpAmqpLib/autoload.php
need default-jdk-headless command -v javac
need maven command -v mvn
if [ ${#missing[@]} -gt 0 ]; then
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  $as_root apt-get -qq update
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}" >/dev/null
fi

mkdir -p "$CACHE"
[ -d "$CACHE/node/node_modules/amqplib" ] ||
  npm install --silent --no-audit --no-fund --prefix "$CACHE/node" amqplib@0.10.9 >/dev/null
compgen -G "$CACHE/java/amqp-client-*.jar" >/dev/null ||
  mvn -q -f java/pom.xml dependency:copy-dependencies -DoutputDirectory="$CACHE/java"
(cd go && go mod download)
