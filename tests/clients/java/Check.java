import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** What the checks stand on: connections to the broker, and ways to say what is expected. */
final class Check {
  static final int WITHIN_SECONDS = 10;

  interface Body {
    void run() throws Exception;
  }

  interface WithConnection {
    void run(Connection connection) throws Exception;
  }

  private static int failures = 0;

  static void check(String sentence, Body body) {
    try {
      body.run();
      System.out.println("PASS " + sentence);
    } catch (Exception | AssertionError trouble) {
      failures++;
      System.out.println(
          "FAIL " + sentence + " -- " + trouble.toString().lines().findFirst().orElse(""));
    }
  }

  static void checkConnected(String sentence, WithConnection body) {
    check(sentence, () -> {
      Connection connection = factory().newConnection();
      try {
        body.run(connection);
      } finally {
        if (connection.isOpen())
          connection.close();
      }
    });
  }

  static int exitCode() {
    return failures == 0 ? 0 : 1;
  }

  static ConnectionFactory factory() {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(System.getenv().getOrDefault("AMQP_HOST", "127.0.0.1"));
    factory.setPort(Integer.parseInt(System.getenv().getOrDefault("AMQP_PORT", "5672")));
    factory.setAutomaticRecoveryEnabled(false);
    return factory;
  }

  static void same(Object got, Object wanted) {
    if (!Objects.deepEquals(got, wanted))
      throw new AssertionError(got + " instead of " + wanted);
  }

  static <T> T next(BlockingQueue<T> values, String what) throws InterruptedException {
    T value = values.poll(WITHIN_SECONDS, TimeUnit.SECONDS);
    if (value == null)
      throw new AssertionError(what + " does not come");
    return value;
  }

  /** The reply code with which the broker refuses this. */
  static int refusal(Body body) throws Exception {
    try {
      body.run();
    } catch (IOException | ShutdownSignalException trouble) {
      Throwable cause = trouble instanceof IOException && trouble.getCause() != null
          ? trouble.getCause()
          : trouble;
      return code((ShutdownSignalException) cause);
    }
    throw new AssertionError("not refused");
  }

  static int code(ShutdownSignalException signal) {
    Object reason = signal.getReason();
    if (reason instanceof com.rabbitmq.client.AMQP.Channel.Close) {
      return ((com.rabbitmq.client.AMQP.Channel.Close) reason).getReplyCode();
    }
    return ((com.rabbitmq.client.AMQP.Connection.Close) reason).getReplyCode();
  }
}
