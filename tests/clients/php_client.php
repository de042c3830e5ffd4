<?php
// The PHP client php-amqplib.
require '/usr/share/php/PhpAmqpLib/autoload.php';

use PhpAmqpLib\Connection\AMQPStreamConnection;
use PhpAmqpLib\Exception\AMQPConnectionClosedException;
use PhpAmqpLib\Exception\AMQPProtocolChannelException;
use PhpAmqpLib\Message\AMQPMessage;
use PhpAmqpLib\Wire\AMQPTable;

const WITHIN = 10;

function connection(string $vhost = '/', string $password = 'guest'): AMQPStreamConnection
{
    $host = getenv('AMQP_HOST') ?: '127.0.0.1';
    $port = getenv('AMQP_PORT') ?: 5672;
    return new AMQPStreamConnection($host, $port, 'guest', $password, $vhost, false, 'AMQPLAIN', null, 'en_US', 30, 30);
}

function channel()
{
    return connection()->channel();
}

function temporary_queue($channel, array $arguments = []): string
{
    return $channel->queue_declare('', false, false, true, true, false, new AMQPTable($arguments))[0];
}

function same($got, $wanted): void
{
    if ($got !== $wanted) {
        throw new Exception(substr(var_export($got, true), 0, 100) . ' instead of ' . substr(var_export($wanted, true), 0, 100));
    }
}

function refused(int $code, callable $operation): void
{
    try {
        $operation();
    } catch (AMQPProtocolChannelException | AMQPConnectionClosedException $error) {
        same($error->getCode(), $code);
        return;
    }
    throw new Exception("not refused with $code");
}

$checks = [];

$checks['a message with properties is published and got'] = function () {
    $channel = channel();
    $queue = temporary_queue($channel);
    $headers = ['n' => 5, 't' => true, 'l' => [1, 'x'], 's' => 'y'];
    $properties = ['message_id' => 'm', 'delivery_mode' => 2, 'application_headers' => new AMQPTable($headers)];
    $channel->basic_publish(new AMQPMessage('body', $properties), '', $queue);
    $message = $channel->basic_get($queue);
    same([$message->getBody(), $message->get('message_id')], ['body', 'm']);
    $got = $message->get('application_headers')->getNativeData();
    ksort($got);
    ksort($headers);
    same($got, $headers);
    $message->ack();
    same($channel->basic_get($queue), null);
};

$checks['a thousand messages are consumed in order with prefetch and acks'] = function () {
    $channel = channel();
    $queue = temporary_queue($channel);
    $channel->basic_qos(0, 20, false);
    $got = [];
    $channel->basic_consume($queue, '', false, false, false, false, function ($message) use (&$got) {
        $got[] = (int) $message->getBody();
        $message->ack();
    });
    for ($i = 0; $i < 1000; $i++) {
        $channel->batch_basic_publish(new AMQPMessage((string) $i), '', $queue);
    }
    $channel->publish_batch();
    while (count($got) < 1000) {
        $channel->wait(null, false, WITHIN);
    }
    same($got, range(0, 999));
};

$checks['500 publishes are confirmed'] = function () {
    $channel = channel();
    $channel->confirm_select();
    $acked = 0;
    $channel->set_ack_handler(function () use (&$acked) {
        $acked++;
    });
    $queue = temporary_queue($channel);
    for ($i = 0; $i < 500; $i++) {
        $channel->basic_publish(new AMQPMessage('m', ['delivery_mode' => 2]), '', $queue);
    }
    $channel->wait_for_pending_acks(WITHIN);
    same($acked, 500);
};

$checks['an unroutable mandatory publish comes back'] = function () {
    $channel = channel();
    $channel->confirm_select();
    $returned = [];
    $channel->set_return_listener(function ($code, $text, $exchange, $key, $message) use (&$returned) {
        $returned = [$code, $text, $message->getBody()];
    });
    $channel->basic_publish(new AMQPMessage('m'), '', uniqid('none'), true);
    $channel->wait_for_pending_acks_returns(WITHIN);
    same($returned, [312, 'NO_ROUTE', 'm']);
};

$checks['exchanges and queues are declared, bound, unbound and deleted'] = function () {
    $channel = channel();
    [$source, $target, $queue] = [uniqid('php'), uniqid('php'), temporary_queue($channel)];
    $channel->exchange_declare($source, 'topic', false, false, false);
    $channel->exchange_declare($target, 'fanout', false, false, true);
    $channel->exchange_bind($target, $source, 'a.#');
    $channel->queue_bind($queue, $target);
    $channel->basic_publish(new AMQPMessage('through'), $source, 'a.b');
    same($channel->basic_get($queue, true)->getBody(), 'through');
    $channel->exchange_unbind($target, $source, 'a.#');
    $channel->queue_unbind($queue, $target);
    $channel->exchange_delete($source);
    same((int) $channel->queue_purge($queue), 0);
    same((int) $channel->queue_delete($queue), 0);
};

$checks['after a channel error the connection opens a new channel'] = function () {
    $connection = connection();
    refused(404, fn() => $connection->channel()->queue_declare(uniqid('none'), true));
    refused(406, fn() => $connection->channel()->exchange_declare('amq.direct', 'fanout', false, true, false));
    temporary_queue($connection->channel());
};

$checks['a missing vhost and a wrong password are refused'] = function () {
    refused(530, fn() => connection('nope'));
    refused(403, fn() => connection('/', 'wrong'));
};

$checks['a body of 10 MB comes back whole'] = function () {
    $channel = channel();
    $queue = temporary_queue($channel);
    $body = str_repeat('0123456789abcdef', 655360);
    $channel->basic_publish(new AMQPMessage($body), '', $queue);
    same($channel->basic_get($queue, true)->getBody() === $body, true);
};

$checks['200 channels work on one connection'] = function () {
    $connection = connection();
    for ($i = 1; $i <= 200; $i++) {
        $channels[$i] = $connection->channel($i);
        $queues[$i] = temporary_queue($channels[$i]);
    }
    foreach ($channels as $i => $channel) {
        $channel->basic_publish(new AMQPMessage("m$i"), '', $queues[$i]);
    }
    foreach ($channels as $i => $channel) {
        same($channel->basic_get($queues[$i], true)->getBody(), "m$i");
    }
};

$checks['a transaction is committed and rolled back'] = function () {
    $channel = channel();
    $queue = temporary_queue($channel);
    $channel->tx_select();
    $channel->basic_publish(new AMQPMessage('kept'), '', $queue);
    $channel->tx_commit();
    $channel->basic_publish(new AMQPMessage('undone'), '', $queue);
    $channel->tx_rollback();
    same($channel->basic_get($queue, true)->getBody(), 'kept');
    same($channel->basic_get($queue, true), null);
};

$checks['a rejected message comes to the dead-letter exchange'] = function () {
    $channel = channel();
    $dead = temporary_queue($channel);
    $queue = temporary_queue($channel, ['x-dead-letter-exchange' => '', 'x-dead-letter-routing-key' => $dead]);
    $channel->basic_publish(new AMQPMessage('m'), '', $queue);
    $got = null;
    $channel->basic_consume($dead, '', false, true, false, false, function ($message) use (&$got) {
        $got = $message;
    });
    $channel->basic_get($queue)->reject(false);
    while ($got === null) {
        $channel->wait(null, false, WITHIN);
    }
    same($got->get('application_headers')->getNativeData()['x-death'][0]['reason'], 'rejected');
};

$failures = 0;
foreach ($checks as $sentence => $check) {
    try {
        $check();
        echo "PASS $sentence\n";
    } catch (Throwable $trouble) {
        $failures++;
        echo "FAIL $sentence -- " . get_class($trouble) . ': ' . strtok($trouble->getMessage(), "\n") . "\n";
    }
}
exit($failures ? 1 : 0);
