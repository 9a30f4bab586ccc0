package io.openmds.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A metadata server that does what a test says, well or badly. It has nothing new unless it is told otherwise. */
final class StandInServer implements AutoCloseable {
    private static final long NOTHING_NEW_AFTER_MS = 50;

    /** What is done with one request. */
    interface Answer {
        void give(HttpExchange exchange) throws IOException;
    }

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "stand-in-server");
        thread.setDaemon(true);
        return thread;
    });
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private volatile Answer always;
    /** What was asked so far: the path, then the body. */
    final List<JsonNode> asked = new CopyOnWriteArrayList<>();
    final List<String> paths = new CopyOnWriteArrayList<>();

    StandInServer(Identity identity) throws IOException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(identity.context()));
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    String url() {
        return "https://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The next request is answered so. */
    StandInServer then(Answer answer) {
        answers.add(answer);
        return this;
    }

    /** The next request gets these frames. */
    StandInServer then(byte[] frames) {
        return then(whole(200, frames));
    }

    /** All requests are answered so, unless an answer is laid out; null: nothing is new. */
    void always(Answer answer) {
        always = answer;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try {
            JsonNode body = StrictJson.object(exchange.getRequestBody().readAllBytes());
            paths.add(exchange.getRequestURI().getPath());
            asked.add(body);
            Answer given = always;
            Answer next = answers.poll(given == null ? NOTHING_NEW_AFTER_MS : 0, TimeUnit.MILLISECONDS);
            if (next != null) {
                next.give(exchange);
            } else if (given != null) {
                given.give(exchange);
            } else {
                exchange.sendResponseHeaders(204, -1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    /** Waits for so many more requests: whatever was answered before them has been taken or refused by then. */
    void awaitRequests(int more) {
        int wanted = asked.size() + more;
        FallbackLines.until(() -> asked.size() >= wanted, () -> "only " + asked.size() + " requests of " + wanted);
    }

    /** Waits until all that was laid out is given, and one more request has come. */
    void awaitAllGiven() {
        FallbackLines.until(answers::isEmpty, () -> answers.size() + " answers are left");
        awaitRequests(2);
    }

    static Answer whole(int status, byte[] body) {
        return exchange -> {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        };
    }

    static Answer refusal(int status, String message) {
        return whole(status, ("{\"status_code\":" + status + ",\"message\":\"" + message + "\",\"not_known_yet\":{}}").getBytes());
    }

    /** Promises all of the body, gives the beginning, and closes the connection. */
    static Answer cut(byte[] body, int after, boolean packed) {
        return exchange -> {
            if (packed) {
                exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body, 0, after);
        };
    }

    /** A byte at a time, without end. */
    static Answer trickle() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                while (true) {
                    out.write('O');
                    out.flush();
                    Thread.sleep(20);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
