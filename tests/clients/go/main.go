// The Go client amqp091-go.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const within = 10 * time.Second

type check struct {
	sentence string
	body     func()
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func url(password, vhost string) string {
	host, port := setting("AMQP_HOST", "127.0.0.1"), setting("AMQP_PORT", "5672")
	return fmt.Sprintf("amqp://guest:%s@%s:%s/%s", password, host, port, vhost)
}

// must ends the check when there is an error.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func want(ok bool, what string, details ...any) {
	if !ok {
		panic(fmt.Errorf(what, details...))
	}
}

func connect() *amqp.Connection {
	connection, err := amqp.Dial(url("guest", ""))
	must(err)
	return connection
}

func open(connection *amqp.Connection) *amqp.Channel {
	channel, err := connection.Channel()
	must(err)
	return channel
}

func withChannel(body func(*amqp.Channel)) func() {
	return func() {
		connection := connect()
		defer connection.Close()
		body(open(connection))
	}
}

func temporaryQueue(channel *amqp.Channel, arguments amqp.Table) string {
	queue, err := channel.QueueDeclare("", false, true, true, false, arguments)
	must(err)
	return queue.Name
}

func unique(prefix string) string {
	return fmt.Sprintf("%s.%d", prefix, time.Now().UnixNano())
}

// next takes a value that must come in time.
func next[T any](values <-chan T, what string) T {
	select {
	case value, open := <-values:
		want(open, "%s: the channel is closed", what)
		return value
	case <-time.After(within):
		panic(fmt.Errorf("%s does not come", what))
	}
}

func refused(code int, err error) {
	failure, ok := err.(*amqp.Error)
	want(ok && failure.Code == code, "%v instead of %d", err, code)
}

// run gives why the check failed, or "".
func run(body func()) (why string) {
	defer func() {
		if trouble := recover(); trouble != nil {
			why, _, _ = strings.Cut(fmt.Sprint(trouble), "\n")
		}
	}()
	body()
	return ""
}

func main() {
	failures := 0
	for _, check := range checks {
		if why := run(check.body); why == "" {
			fmt.Println("PASS", check.sentence)
		} else {
			failures++
			fmt.Println("FAIL", check.sentence, "--", why)
		}
	}
	if failures > 0 {
		os.Exit(1)
	}
}
