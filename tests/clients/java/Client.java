import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.RpcClient;
import com.rabbitmq.client.RpcClientParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The Java client of RabbitMQ. */
public final class Client {
  public static void main(String[] arguments) {
    Check.checkConnected("a message with properties is published and got", Client::publishAndGet);
    Check.checkConnected(
        "a thousand messages are consumed in order with prefetch and acks", Client::consume);
    Check.checkConnected("500 publishes are confirmed", Client::confirms);
    Check.checkConnected("a publish that a full queue rejects is nacked", Client::nacked);
    Check.checkConnected("an unroutable mandatory publish comes back", Client::returned);
    Check.checkConnected(
        "exchanges and queues are declared, bound, unbound and deleted", Client::topology);
    Check.checkConnected(
        "after a channel error the connection opens a new channel", Client::channelErrors);
    Check.checkConnected(
        "a connection error ends the connection with its code", Client::connectionError);
    Check.check("a missing vhost and a wrong password are refused", Client::refusedConnections);
    Check.checkConnected("a body of 10 MB comes back whole", Client::largeBody);
    Check.checkConnected("200 channels work on one connection", Client::manyChannels);
    Check.checkConnected("a consumer is told when its queue is deleted", Client::cancelled);
    Check.checkConnected("a request is answered by direct reply-to", Client::directReply);
    Check.checkConnected("a transaction is committed and rolled back", Client::transaction);
    System.exit(Check.exitCode());
  }

  private static String temporaryQueue(Channel channel, Map<String, Object> arguments)
      throws Exception {
    return channel.queueDeclare("", false, true, true, arguments).getQueue();
  }

  private static String temporaryQueue(Channel channel) throws Exception {
    return temporaryQueue(channel, null);
  }

  private static String unique(String prefix) {
    return prefix + "." + UUID.randomUUID();
  }

  private static void publishAndGet(Connection connection) throws Exception {
    Channel channel = connection.createChannel();
    String queue = temporaryQueue(channel);
    Map<String, Object> headers = Map.of("n", 5, "t", true, "l", List.of(1L), "f", 1.5);
    AMQP.BasicProperties sent = new AMQP.BasicProperties.Builder()
                                    .headers(headers)
                                    .messageId("m")
                                    .deliveryMode(2)
                                    .priority(3)
                                    .build();
    channel.basicPublish("", queue, sent, "body".getBytes());
    GetResponse got = channel.basicGet(queue, true);
    Check.same(new String(got.getBody()), "body");
    Check.same(got.getProps().getMessageId(), "m");
    Check.same(got.getProps().getHeaders(), headers);
    Check.same(channel.basicGet(queue, true), null);
  }

  private static void consume(Connection connection) throws Exception {
    Channel channel = connection.createChannel();
    String queue = temporaryQueue(channel);
    BlockingQueue<String> got = new LinkedBlockingQueue<>();
    channel.basicQos(20);
    channel.basicConsume(queue, false, (tag, message) -> {
      got.add(new String(message.getBody()));
      channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
    }, tag -> {});
    for (int number = 0; number < 1000; number++) {
      channel.basicPublish("", queue, null, Integer.toString(number).getBytes());
    }
    for (int number = 0; number < 1000; number++) {
      Check.same(Check.next(got, "a delivery"), Integer.toString(number));
    }
  }

  private static void confirms(Connection connection) throws Exception {
    Channel channel = connection.createChannel();
    String queue = temporaryQueue(channel);
    channel.confirmSelect();
    AMQP.BasicProperties persistent = new AMQP.BasicProperties.Builder().deliveryMode(2).build();
    for (int number = 0; number < 500; number++)
      channel.basicPublish("", queue, persistent, new byte[1]);
    channel.waitForConfirmsOrDie(Check.WITHIN_SECONDS * 1000);
    Check.same(channel.messageCount(queue), 500L);
  }

  private static void nacked(Connection connection) throws Exception {
    Channel channel = connection.createChannel();
    String queue =
        temporaryQueue(channel, Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
    channel.confirmSelect();
    for (boolean wanted : new boolean[] {true, false}) {
      channel.basicPublish("", queue, null, new byte[1]);
      Check.same(channel.waitForConfirms(Check.WITHIN_SECONDS * 1000), wanted);
    }
  }

  private static void returned(Connection connection) throws Exception {
    Channel channel = connection.createChannel();
    BlockingQueue<Return> returns = new ArrayBlockingQueue<>(1);
    channel.addReturnListener(returns::add);
    channel.basicPublish("", unique("none"), true, null, "m".getBytes());
    Return message = Check.next(returns, "the return");
    Check.same(message.getReplyCode() + " " + message.getReplyText(), "312 NO_ROUTE");
    Check.same(new String(message.getBody()), "m");
  }

  private static void topology(Connection connection) throws Exception {
    Channel channel = connection.createChannel();
    String source = unique("java"), target = unique("java"), queue = temporaryQueue(channel);
    channel.exchangeDeclare(source, "topic");
    channel.exchangeDeclare(target, "headers", false, true, null);
    channel.exchangeBind(target, source, "a.#");
    channel.queueBind(queue, target, "", Map.of("x-match", "any", "k", 1));
    AMQP.BasicProperties matching =
        new AMQP.BasicProperties.Builder().headers(Map.of("k", 1L)).build();
    channel.basicPublish(source, "a.b", matching, "through".getBytes());
    Check.same(new String(channel.basicGet(queue, true).getBody()), "through");
    channel.exchangeUnbind(target, source, "a.#");
    channel.queueUnbind(queue, target, "", Map.of("x-match", "any", "k", 1));
    channel.exchangeDelete(source);
    Check.same(channel.queuePurge(queue).getMessageCount(), 0);
    Check.same(channel.queueDelete(queue).getMessageCount(), 0);
  }

  private static void channelErrors(Connection connection) throws Exception {
    Check.same(
        Check.refusal(() -> connection.createChannel().queueDeclarePassive(unique("none"))), 404);
    Check.same(Check.refusal(
                   () -> connection.createChannel().exchangeDeclare("amq.direct", "fanout", true)),
        406);
    temporaryQueue(connection.createChannel());
  }

  private static void connectionError(Connection connection) throws Exception {
    BlockingQueue<Integer> codes = new ArrayBlockingQueue<>(1);
    connection.addShutdownListener(signal -> codes.add(Check.code(signal)));
    connection.createChannel().basicPublish("", "k", false, true, null, new byte[1]);
    Check.same(Check.next(codes, "the end of the connection"), 540);
  }

  private static void refusedConnections() throws Exception {
    ConnectionFactory elsewhere = Check.factory();
    elsewhere.setVirtualHost("nope");
    Check.same(Check.refusal(elsewhere::newConnection), 530);
    ConnectionFactory stranger = Check.factory();
    stranger.setPassword("wrong");
    try {
      stranger.newConnection();
    } catch (AuthenticationFailureException refused) {
      return;
    }
    throw new AssertionError("a wrong password is accepted");
  }

  private static void largeBody(Connection connection) throws Exception {
    Channel channel = connection.createChannel();
    String queue = temporaryQueue(channel);
    byte[] body = new byte[10 << 20];
    for (int i = 0; i < body.length; i++) body[i] = (byte) (i * 31);
    channel.basicPublish("", queue, null, body);
    Check.same(Arrays.equals(channel.basicGet(queue, true).getBody(), body), true);
  }

  private static void manyChannels(Connection connection) throws Exception {
    BlockingQueue<String> got = new LinkedBlockingQueue<>();
    List<Channel> channels = new ArrayList<>();
    List<String> queues = new ArrayList<>();
    for (int number = 0; number < 200; number++) {
      Channel channel = connection.createChannel();
      String queue = temporaryQueue(channel);
      channel.basicConsume(
          queue, true, (tag, message) -> got.add(queue + new String(message.getBody())), tag -> {});
      channels.add(channel);
      queues.add(queue);
    }
    for (int number = 0; number < 200; number++) {
      channels.get(number).basicPublish("", queues.get(199 - number), null, "!".getBytes());
      Check.same(Check.next(got, "a delivery"), queues.get(199 - number) + "!");
    }
  }

  private static void cancelled(Connection connection) throws Exception {
    Channel channel = connection.createChannel();
    String queue = temporaryQueue(channel);
    BlockingQueue<String> cancels = new ArrayBlockingQueue<>(1);
    String tag = channel.basicConsume(queue, true, (t, message) -> {}, cancels::add);
    channel.queueDelete(queue);
    Check.same(Check.next(cancels, "the cancel"), tag);
  }

  private static void directReply(Connection connection) throws Exception {
    Channel server = connection.createChannel();
    String queue = temporaryQueue(server);
    server.basicConsume(queue, true, (tag, request) -> {
      AMQP.BasicProperties properties =
          new AMQP.BasicProperties.Builder()
              .correlationId(request.getProperties().getCorrelationId())
              .build();
      server.basicPublish("", request.getProperties().getReplyTo(), properties, request.getBody());
    }, tag -> {});
    RpcClientParams client =
        new RpcClientParams().channel(connection.createChannel()).exchange("").routingKey(queue);
    RpcClient requester = new RpcClient(client.timeout(Check.WITHIN_SECONDS * 1000));
    Check.same(requester.stringCall("question"), "question");
  }

  private static void transaction(Connection connection) throws Exception {
    Channel channel = connection.createChannel();
    String queue = temporaryQueue(channel);
    channel.txSelect();
    channel.basicPublish("", queue, null, "kept".getBytes());
    channel.txCommit();
    channel.basicPublish("", queue, null, "undone".getBytes());
    channel.txRollback();
    Check.same(new String(channel.basicGet(queue, true).getBody()), "kept");
    Check.same(channel.basicGet(queue, true), null);
  }
}
