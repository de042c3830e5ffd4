// What stands before a restart and what must stand after it, by amqplib. ../restart_clients.py runs this.
// Each check prepares, and gives the function that checks after the restart.
'use strict';
const amqplib = require('amqplib');
const { once } = require('events');
const { randomBytes, randomUUID } = require('crypto');
const assert = require('assert/strict');
const readline = require('readline');

const URL = `amqp://guest:guest@${process.env.AMQP_HOST}:${process.env.AMQP_PORT}`;
const PERSISTENT = { persistent: true };
const DURABLE = { durable: true };

const checks = [];
const check = (sentence, body) => checks.push([sentence, body]);
const unique = () => `n.${randomUUID()}`;

async function connected() {
  const connection = await amqplib.connect(URL);
  connection.on('error', () => {});
  return connection;
}

async function channel() {
  const ch = await (await connected()).createConfirmChannel();
  ch.on('error', () => {});
  return ch;
}

async function queueWith(ch, options = {}) {
  const name = unique();
  await ch.assertQueue(name, { ...DURABLE, ...options });
  return name;
}

async function publish(queue, bodies, options = PERSISTENT, exchange = '') {
  const ch = await channel();
  for (const body of bodies) ch.publish(exchange, queue, Buffer.from(body), options);
  await ch.waitForConfirms();
  await ch.connection.close();
}

// [body, redelivered] of all messages, which are acked.
async function takeAll(queue) {
  const ch = await channel();
  const got = [];
  for (let message; (message = await ch.get(queue));) {
    got.push([message.content.toString(), message.fields.redelivered]);
    ch.ack(message);
  }
  await ch.connection.close();
  return got;
}

const bodiesIn = async (queue) => (await takeAll(queue)).map(([body]) => body);

async function refused(code, operation) {
  const ch = await (await connected()).createChannel();
  const error = once(ch, 'error');
  await assert.rejects(operation(ch));
  assert.equal((await error)[0].code, code);
}

const numbers = (first, end) => Array.from({ length: end - first }, (_, i) => String(first + i));

check('a durable queue is there with its arguments, a transient one is not', async () => {
  const ch = await channel();
  const options = { messageTtl: 60000, maxLength: 10, deadLetterExchange: 'd', maxPriority: 3 };
  const durable = await queueWith(ch, options);
  const transient = await queueWith(ch, { durable: false });
  return async () => {
    await (await channel()).assertQueue(durable, { ...DURABLE, ...options });
    await refused(406, (other) => other.assertQueue(durable, { ...DURABLE, ...options, maxLength: 11 }));
    await refused(404, (other) => other.checkQueue(transient));
  };
});

check('exchanges of every type and what is bound to them route as before', async () => {
  const ch = await channel();
  const queue = await queueWith(ch);
  const exchanges = {};
  for (const type of ['direct', 'fanout', 'topic', 'headers']) {
    exchanges[type] = unique();
    await ch.assertExchange(exchanges[type], type, DURABLE);
  }
  await ch.bindQueue(queue, exchanges.direct, 'd');
  await ch.bindQueue(queue, exchanges.topic, '*.t.#');
  await ch.bindQueue(queue, exchanges.headers, '', { 'x-match': 'all', a: 1 });
  await ch.bindExchange(exchanges.topic, exchanges.fanout);
  const transient = unique();
  await ch.assertExchange(transient, 'fanout', { durable: false });
  return async () => {
    await publish('d', ['direct'], PERSISTENT, exchanges.direct);
    await publish('x', ['no'], PERSISTENT, exchanges.direct);
    await publish('a.t.b', ['topic'], PERSISTENT, exchanges.topic);
    await publish('', ['headers'], { ...PERSISTENT, headers: { a: 1 } }, exchanges.headers);
    await publish('b.t', ['through'], PERSISTENT, exchanges.fanout);
    assert.deepEqual(await bodiesIn(queue), ['direct', 'topic', 'headers', 'through']);
    await refused(406, (other) => other.assertExchange(exchanges.topic, 'direct', DURABLE));
    await refused(404, (other) => other.checkExchange(transient));
  };
});

check('exclusive queues are gone', async () => {
  const ch = await channel();
  const exclusive = await queueWith(ch, { exclusive: true });
  return () => refused(404, (other) => other.checkQueue(exclusive));
});

check('persistent messages are there in order, transient ones are not', async () => {
  const ch = await channel();
  const queue = await queueWith(ch);
  for (const body of numbers(0, 300)) {
    ch.sendToQueue(queue, Buffer.from(body), PERSISTENT);
    ch.sendToQueue(queue, Buffer.from('transient'), { persistent: false });
  }
  await ch.waitForConfirms();
  return async () => {
    assert.deepEqual(await bodiesIn(queue), numbers(0, 300));
  };
});

check('properties, headers and the body come back as they were', async () => {
  const ch = await channel();
  const queue = await queueWith(ch);
  const body = randomBytes(300000);
  const options = {
    persistent: true, contentType: 'a/b', contentEncoding: 'gzip', priority: 4, correlationId: 'c', replyTo: 'r',
    expiration: '86400000', messageId: 'm', timestamp: 1577934245, type: 't', userId: 'guest', appId: 'app',
    headers: { n: 1, big: 2 ** 40, f: 1.5, t: true, l: [1, 'x', { y: false }], d: { a: { b: 'c' } }, z: null },
  };
  ch.sendToQueue(queue, body, options);
  await ch.waitForConfirms();
  const before = await ch.get(queue);
  ch.nack(before);
  return async () => {
    const after = await (await channel()).get(queue);
    assert.ok(after.content.equals(body));
    assert.deepEqual(after.properties, before.properties);
    assert.deepEqual(after.properties.headers, options.headers);
    assert.equal(after.fields.redelivered, true);
  };
});

check('what was delivered and not acked comes back flagged, what was acked does not come back', async () => {
  const ch = await channel();
  const queue = await queueWith(ch);
  await publish(queue, numbers(0, 20));
  await ch.prefetch(10);
  await new Promise((resolve) => {
    let seen = 0;
    ch.consume(queue, (message) => {
      if (!message) return;
      if (Number(message.content) < 5) ch.ack(message);
      if (++seen === 15) resolve();
    });
  });
  await ch.prefetch(10);
  return async () => {
    const got = await takeAll(queue);
    assert.deepEqual(got.map(([body]) => body), numbers(5, 20));
    const unflagged = got.filter(([body, redelivered]) => Number(body) < 15 && !redelivered);
    assert.deepEqual(unflagged, []);
  };
});

check('limits, priorities and dead letters work on what was there before', async () => {
  const ch = await channel();
  const target = await queueWith(ch);
  const short = await queueWith(ch, { maxLength: 2, deadLetterExchange: '', deadLetterRoutingKey: target });
  const ranked = await queueWith(ch, { maxPriority: 5 });
  await publish(short, ['0', '1']);
  for (const priority of [1, 5, 3]) await publish(ranked, [String(priority)], { persistent: true, priority });
  return async () => {
    await publish(short, ['2']);
    assert.deepEqual(await bodiesIn(short), ['1', '2']);
    const dead = await (await channel()).get(target);
    assert.equal(dead.content.toString(), '0');
    assert.equal(dead.properties.headers['x-death'][0].reason, 'maxlen');
    assert.deepEqual(await bodiesIn(ranked), ['5', '3', '1']);
  };
});

check('what was purged or deleted does not come back', async () => {
  const ch = await channel();
  const purged = await queueWith(ch);
  const deleted = await queueWith(ch);
  await publish(purged, ['old']);
  await publish(deleted, ['old']);
  await ch.purgeQueue(purged);
  await publish(purged, ['new']);
  await ch.deleteQueue(deleted);
  return async () => {
    assert.deepEqual(await bodiesIn(purged), ['new']);
    await refused(404, (other) => other.checkQueue(deleted));
  };
});

const told = (error) => String(error.stack || error).split('\n').slice(0, 4).join(' ');

async function main() {
  const results = new Map();
  const later = [];
  for (const [sentence, prepare] of checks) {
    try {
      later.push([sentence, await prepare()]);
    } catch (error) {
      results.set(sentence, `before the restart: ${told(error)}`);
    }
  }
  console.log('RESTART');
  await once(readline.createInterface({ input: process.stdin }), 'line');
  for (const [sentence, verify] of later) {
    try {
      await verify();
    } catch (error) {
      results.set(sentence, told(error));
    }
  }
  for (const [sentence] of checks) {
    const why = results.get(sentence);
    console.log(why ? `FAIL ${sentence} -- ${why.slice(0, 300)}` : `PASS ${sentence}`);
  }
  process.exit(0);
}

process.on('unhandledRejection', () => {});
main();
