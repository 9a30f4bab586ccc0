package io.openmds.kafka;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;

/** Requests to the metadata server: one at a time, bounded in time and size, without redirects. */
final class ServerCalls {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int MOST_TEXT = 1_000;

    private final HttpClient client;

    /** An answer with status 2xx. */
    static final class Answer {
        final int status;
        final byte[] body;
        private final HttpResponse<?> response;

        private Answer(HttpResponse<?> response, byte[] body) {
            status = response.statusCode();
            this.body = body;
            this.response = response;
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    /** The server said no; its words are the message. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;
        final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    ServerCalls(SSLContext context) {
        client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .sslContext(context)
                .build();
    }

    /**
     * Posts JSON.
     *
     * @param boundMs for head and body together
     * @param most the longest body that is taken, bytes after decompression
     */
    Answer post(URI url, byte[] json, long boundMs, long most) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(Duration.ofMillis(boundMs))
                .header("Content-Type", "application/json")
                .header("Accept-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json))
                .build();
        AtomicReference<BoundedBody> reading = new AtomicReference<>();
        CompletableFuture<HttpResponse<byte[]>> asked = client.sendAsync(request, head -> {
            BoundedBody body = new BoundedBody(most);
            reading.set(body);
            return body;
        });
        try {
            return taken(asked.get(boundMs, TimeUnit.MILLISECONDS), most);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + boundMs + " ms");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException ? (IOException) e.getCause() : new IOException(e.getCause());
        } finally {
            asked.cancel(true);
            BoundedBody body = reading.get();
            if (body != null) {
                body.abandon();
            }
        }
    }

    private static Answer taken(HttpResponse<byte[]> response, long most) throws IOException {
        boolean packed = response.headers().firstValue("content-encoding").orElse("").equalsIgnoreCase("gzip");
        byte[] body = packed && response.body().length > 0 ? unpacked(response.body(), most) : response.body();
        if (response.statusCode() / 100 != 2) {
            throw new Refused(response.statusCode(), words(response.statusCode(), body));
        }
        return new Answer(response, body);
    }

    private static byte[] unpacked(byte[] body, long most) throws IOException {
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        byte[] piece = new byte[64 * 1024];
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                taken.write(piece, 0, count);
                if (taken.size() > most) {
                    throw BoundedBody.tooLong(most);
                }
            }
        }
        return taken.toByteArray();
    }

    private static String words(int status, byte[] body) {
        String message = null;
        try {
            message = StrictJson.text(StrictJson.object(body), "message");
        } catch (IOException e) {
            // Not an answer of the metadata server itself.
        }
        String text = message == null ? new String(body, 0, Math.min(body.length, MOST_TEXT), StandardCharsets.UTF_8) : message;
        return "it answers " + status + ": " + text.substring(0, Math.min(text.length(), MOST_TEXT)).replaceAll("\\p{Cntrl}", " ");
    }
}
