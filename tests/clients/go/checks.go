package main

import (
	"bytes"
	"context"
	"reflect"
	"strconv"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

var checks = []check{
	{"a message with properties is published and got", withChannel(publishAndGet)},
	{"a thousand messages are consumed in order with prefetch and acks", withChannel(consume)},
	{"500 publishes are confirmed", withChannel(confirms)},
	{"a publish that a full queue rejects is nacked", withChannel(nacked)},
	{"an unroutable mandatory publish comes back", withChannel(returned)},
	{"exchanges and queues are declared, bound, unbound and deleted", withChannel(topology)},
	{"after a channel error the connection opens a new channel", channelError},
	{"a missing vhost and a wrong password are refused", connectionErrors},
	{"a connection error is told to those who listen", connectionErrorTold},
	{"a body of 10 MB comes back whole", withChannel(largeBody)},
	{"200 channels work on one connection", manyChannels},
	{"a consumer is told when its queue is deleted", withChannel(cancelled)},
	{"heartbeats keep an idle connection alive", heartbeats},
}

func publish(channel *amqp.Channel, exchange, key string, message amqp.Publishing) {
	must(channel.PublishWithContext(context.Background(), exchange, key, false, false, message))
}

func text(body string) amqp.Publishing {
	return amqp.Publishing{Body: []byte(body)}
}

func get(channel *amqp.Channel, queue string) (amqp.Delivery, bool) {
	message, ok, err := channel.Get(queue, true)
	must(err)
	return message, ok
}

func publishAndGet(channel *amqp.Channel) {
	queue := temporaryQueue(channel, nil)
	headers := amqp.Table{"n": int32(5), "l": []any{int64(1), "x"}, "t": time.Unix(1700000000, 0), "b": true, "f": 1.5}
	sent := amqp.Publishing{Headers: headers, MessageId: "m", DeliveryMode: 2, Priority: 3, Body: []byte("body")}
	publish(channel, "", queue, sent)
	got, ok := get(channel, queue)
	want(ok && string(got.Body) == "body" && got.MessageId == "m" && got.DeliveryMode == 2, "got %v", got)
	want(reflect.DeepEqual(got.Headers, headers), "headers %v", got.Headers)
	_, ok = get(channel, queue)
	want(!ok, "the queue is not empty")
}

func consume(channel *amqp.Channel) {
	queue := temporaryQueue(channel, nil)
	must(channel.Qos(20, 0, false))
	deliveries, err := channel.Consume(queue, "", false, false, false, false, nil)
	must(err)
	for number := 0; number < 1000; number++ {
		publish(channel, "", queue, text(strconv.Itoa(number)))
	}
	for number := 0; number < 1000; number++ {
		message := next(deliveries, "a delivery")
		want(string(message.Body) == strconv.Itoa(number), "%s instead of %d", message.Body, number)
		must(message.Ack(false))
	}
}

func confirms(channel *amqp.Channel) {
	queue := temporaryQueue(channel, nil)
	must(channel.Confirm(false))
	acks := channel.NotifyPublish(make(chan amqp.Confirmation, 500))
	for number := 0; number < 500; number++ {
		publish(channel, "", queue, amqp.Publishing{DeliveryMode: 2, Body: []byte("m")})
	}
	for number := uint64(1); number <= 500; number++ {
		ack := next(acks, "an ack")
		want(ack.Ack && ack.DeliveryTag == number, "%v instead of ack %d", ack, number)
	}
}

func nacked(channel *amqp.Channel) {
	queue := temporaryQueue(channel, amqp.Table{"x-max-length": 1, "x-overflow": "reject-publish"})
	must(channel.Confirm(false))
	outcomes := channel.NotifyPublish(make(chan amqp.Confirmation, 2))
	for _, wanted := range []bool{true, false} {
		publish(channel, "", queue, text("m"))
		want(next(outcomes, "a confirm").Ack == wanted, "confirm is not %v", wanted)
	}
}

func returned(channel *amqp.Channel) {
	returns := channel.NotifyReturn(make(chan amqp.Return, 1))
	must(channel.PublishWithContext(context.Background(), "", unique("none"), true, false, text("m")))
	message := next(returns, "the return")
	want(message.ReplyCode == 312 && message.ReplyText == "NO_ROUTE" && string(message.Body) == "m", "%v", message)
}

func topology(channel *amqp.Channel) {
	source, target, queue := unique("go.source"), unique("go.target"), temporaryQueue(channel, nil)
	must(channel.ExchangeDeclare(source, "topic", false, false, false, false, nil))
	must(channel.ExchangeDeclare(target, "fanout", false, true, false, false, nil))
	must(channel.ExchangeBind(target, "a.#", source, false, nil))
	must(channel.QueueBind(queue, "", target, false, nil))
	publish(channel, source, "a.b", text("through"))
	message, ok := get(channel, queue)
	want(ok && string(message.Body) == "through", "not through two exchanges")
	must(channel.ExchangeUnbind(target, "a.#", source, false, nil))
	must(channel.QueueUnbind(queue, "", target, nil))
	must(channel.ExchangeDelete(source, false, false))
	count, err := channel.QueuePurge(queue, false)
	must(err)
	want(count == 0, "%d messages purged", count)
	_, err = channel.QueueDelete(queue, false, false, false)
	must(err)
}

func channelError() {
	connection := connect()
	defer connection.Close()
	_, err := open(connection).QueueDeclarePassive(unique("none"), false, false, false, false, nil)
	refused(404, err)
	refused(406, open(connection).ExchangeDeclare("amq.direct", "fanout", true, false, false, false, nil))
	temporaryQueue(open(connection), nil)
}

func connectionErrors() {
	_, err := amqp.Dial(url("guest", "nope"))
	refused(403, err) // the client's own word for whatever refuses connection.open
	_, err = amqp.Dial(url("wrong", ""))
	refused(403, err)
}

func connectionErrorTold() {
	connection := connect()
	closed := connection.NotifyClose(make(chan *amqp.Error, 1))
	channel := open(connection)
	must(channel.PublishWithContext(context.Background(), "", "k", false, true, text("immediate")))
	want(next(closed, "the end of the connection").Code == 540, "not 540")
	want(connection.IsClosed(), "still open")
}

func largeBody(channel *amqp.Channel) {
	queue := temporaryQueue(channel, nil)
	body := bytes.Repeat([]byte("0123456789abcdef"), 655360)
	publish(channel, "", queue, amqp.Publishing{Body: body})
	message, ok := get(channel, queue)
	want(ok && bytes.Equal(message.Body, body), "%d bytes", len(message.Body))
}

func manyChannels() {
	connection := connect()
	defer connection.Close()
	done := make(chan string, 200)
	for number := 0; number < 200; number++ {
		channel := open(connection)
		go func() { done <- run(func() { useChannel(channel) }) }()
	}
	for number := 0; number < 200; number++ {
		why := next(done, "a channel's result")
		want(why == "", "%s", why)
	}
}

func useChannel(channel *amqp.Channel) {
	queue := temporaryQueue(channel, nil)
	deliveries, err := channel.Consume(queue, "", true, false, false, false, nil)
	must(err)
	publish(channel, "", queue, text(queue))
	want(string(next(deliveries, "a delivery").Body) == queue, "a message of another channel")
}

func cancelled(channel *amqp.Channel) {
	queue := temporaryQueue(channel, nil)
	cancels := channel.NotifyCancel(make(chan string, 1))
	_, err := channel.Consume(queue, "tag", false, false, false, false, nil)
	must(err)
	_, err = channel.QueueDelete(queue, false, false, false)
	must(err)
	want(next(cancels, "the cancel") == "tag", "another tag")
}

func heartbeats() {
	connection, err := amqp.DialConfig(url("guest", ""), amqp.Config{Heartbeat: time.Second, Locale: "en_US"})
	must(err)
	defer connection.Close()
	time.Sleep(4 * time.Second)
	open(connection)
}
