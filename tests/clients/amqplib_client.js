// The Node client amqplib, by its promise API.
'use strict';
const amqplib = require('amqplib');
const { once } = require('events');
const { randomUUID } = require('crypto');
const assert = require('assert/strict');

const HOST = process.env.AMQP_HOST || '127.0.0.1';
const PORT = process.env.AMQP_PORT || '5672';
const WITHIN = 20000;

const checks = [];
const check = (sentence, body) => checks.push([sentence, body]);
const unique = (prefix) => `${prefix}.${randomUUID()}`;
const url = (rest = '') => `amqp://guest:guest@${HOST}:${PORT}${rest}`;

async function connected(body, rest) {
  const connection = await amqplib.connect(url(rest));
  connection.on('error', () => {});
  try {
    await body(connection);
  } finally {
    await connection.close().catch(() => {});
  }
}

const channel = (body) => connected(async (connection) => body(await connection.createChannel()));
const confirming = (body) => connected(async (connection) => body(await connection.createConfirmChannel()));
const temporaryQueue = async (ch, args = {}) =>
  (await ch.assertQueue('', { exclusive: true, arguments: args })).queue;

// The error of a channel that the broker closes.
async function refused(connection, code, operation) {
  const ch = await connection.createChannel();
  const error = once(ch, 'error');
  await assert.rejects(operation(ch));
  assert.equal((await error)[0].code, code);
}

check('a message with properties is published and got', () => channel(async (ch) => {
  const queue = await temporaryQueue(ch);
  const headers = { n: 5, f: 1.5, t: true, l: [1, 'x'], d: { a: 'b' } };
  ch.sendToQueue(queue, Buffer.from('body'), { headers, persistent: true, priority: 3, messageId: 'm' });
  const message = await ch.get(queue);
  assert.equal(message.content.toString(), 'body');
  assert.deepEqual(message.properties.headers, headers);
  assert.equal(message.properties.messageId, 'm');
  ch.ack(message);
  assert.equal(await ch.get(queue), false);
}));

check('a thousand messages are consumed in order with prefetch and acks', () => channel(async (ch) => {
  const queue = await temporaryQueue(ch);
  await ch.prefetch(20);
  const got = [];
  const all = new Promise((resolve) => {
    ch.consume(queue, (message) => {
      got.push(Number(message.content));
      ch.ack(message);
      if (got.length === 1000) resolve();
    });
  });
  for (let i = 0; i < 1000; i++) ch.sendToQueue(queue, Buffer.from(String(i)));
  await all;
  assert.deepEqual(got, [...Array(1000).keys()]);
}));

check('500 publishes are confirmed', () => confirming(async (ch) => {
  const queue = await temporaryQueue(ch);
  for (let i = 0; i < 500; i++) ch.sendToQueue(queue, Buffer.from('m'), { persistent: true });
  await ch.waitForConfirms();
  assert.equal((await ch.checkQueue(queue)).messageCount, 500);
}));

check('a publish that a full queue rejects is nacked', () => confirming(async (ch) => {
  const queue = await temporaryQueue(ch, { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
  ch.sendToQueue(queue, Buffer.from('fits'));
  ch.sendToQueue(queue, Buffer.from('too much'));
  await assert.rejects(ch.waitForConfirms());
}));

check('an unroutable mandatory publish comes back before its confirm', () => confirming(async (ch) => {
  const order = [];
  ch.on('return', (message) => order.push(`return ${message.fields.replyCode} ${message.content}`));
  ch.publish('', unique('none'), Buffer.from('m'), { mandatory: true }, () => order.push('confirm'));
  await ch.waitForConfirms();
  assert.deepEqual(order, ['return 312 m', 'confirm']);
}));

check('exchanges and queues are declared, bound, unbound and deleted', () => channel(async (ch) => {
  const [source, target] = [unique('node'), unique('node')];
  const queue = await temporaryQueue(ch);
  await ch.assertExchange(source, 'topic', { durable: false });
  await ch.assertExchange(target, 'headers', { durable: false });
  await ch.bindExchange(target, source, 'a.#');
  await ch.bindQueue(queue, target, '', { 'x-match': 'any', k: 1 });
  ch.publish(source, 'a.b', Buffer.from('through'), { headers: { k: 1 } });
  ch.publish(source, 'a.b', Buffer.from('lost'), { headers: { k: 2 } });
  assert.equal((await ch.get(queue, { noAck: true })).content.toString(), 'through');
  assert.equal(await ch.get(queue), false);
  await ch.unbindQueue(queue, target, '', { 'x-match': 'any', k: 1 });
  await ch.unbindExchange(target, source, 'a.#');
  await ch.deleteExchange(source);
  await ch.deleteExchange(target);
  assert.equal((await ch.purgeQueue(queue)).messageCount, 0);
  assert.equal((await ch.deleteQueue(queue)).messageCount, 0);
}));

check('after channel errors the connection opens new channels', () => connected(async (connection) => {
  await refused(connection, 404, (ch) => ch.checkQueue(unique('none')));
  await refused(connection, 406, (ch) => ch.assertExchange('amq.direct', 'fanout'));
  await refused(connection, 403, (ch) => ch.assertQueue('amq.reserved'));
  await temporaryQueue(await connection.createChannel());
}));

check('a missing vhost and a wrong password are refused', async () => {
  await assert.rejects(connected(async () => {}, '/nope'), /ConnectionClose/);
  await assert.rejects(amqplib.connect(`amqp://guest:wrong@${HOST}:${PORT}`), /403|ACCESS_REFUSED/);
});

check('a body of 10 MB comes back whole', () => channel(async (ch) => {
  const queue = await temporaryQueue(ch);
  const body = Buffer.alloc(10 * 1024 * 1024, 'abcdefg');
  ch.sendToQueue(queue, body);
  assert.ok((await ch.get(queue, { noAck: true })).content.equals(body));
}));

check('200 channels work on one connection', () => connected(async (connection) => {
  const channels = await Promise.all([...Array(200)].map(() => connection.createConfirmChannel()));
  const queues = await Promise.all(channels.map((ch) => temporaryQueue(ch)));
  channels.forEach((ch, i) => ch.sendToQueue(queues[199 - i], Buffer.from(String(i))));
  await Promise.all(channels.map((ch) => ch.waitForConfirms()));
  const got = await Promise.all(channels.map((ch, i) => ch.get(queues[i], { noAck: true })));
  assert.deepEqual(got.map((message) => Number(message.content)), [...Array(200).keys()].reverse());
}));

check('a consumer is told when its queue is deleted', () => channel(async (ch) => {
  const queue = await temporaryQueue(ch);
  const told = new Promise((resolve) => { ch.consume(queue, resolve); });
  await ch.deleteQueue(queue);
  assert.equal(await told, null);
}));

check('a reply comes by direct reply-to', () => channel(async (ch) => {
  const queue = await temporaryQueue(ch);
  const reply = new Promise((resolve) => { ch.consume('amq.rabbitmq.reply-to', resolve, { noAck: true }); });
  await ch.consume(queue, (request) => {
    ch.sendToQueue(request.properties.replyTo, Buffer.from(`re: ${request.content}`));
  }, { noAck: true });
  ch.sendToQueue(queue, Buffer.from('question'), { replyTo: 'amq.rabbitmq.reply-to' });
  assert.equal((await reply).content.toString(), 're: question');
}));

const deadline = () => new Promise((_, reject) => {
  setTimeout(() => reject(new Error(`no end within ${WITHIN} ms`)), WITHIN).unref();
});

(async () => {
  let failures = 0;
  for (const [sentence, body] of checks) {
    try {
      await Promise.race([body(), deadline()]);
      console.log(`PASS ${sentence}`);
    } catch (error) {
      failures++;
      console.log(`FAIL ${sentence} -- ${String(error.message).split('\n')[0]}`);
    }
  }
  process.exit(failures ? 1 : 0);
})();
