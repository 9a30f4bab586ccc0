package io.openmds.kafka;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/** The server's JWKS over http or https: one bounded request at a time, without redirects. */
final class JwksEndpoint {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** For the whole answer. */
    private static final long BOUND_SECONDS = 15;
    private static final int OK = 200;

    private final HttpClient client;
    private final HttpRequest request;

    /** @param trust null for what Java trusts anyway */
    JwksEndpoint(URI url, SSLContext trust) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER);
        if (trust != null) {
            builder.sslContext(trust);
        }
        client = builder.build();
        request = HttpRequest.newBuilder(url)
                .timeout(Duration.ofSeconds(BOUND_SECONDS))
                .header("Accept", "application/json")
                .build();
    }

    /** What the server answers now. */
    byte[] fetch() throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> asked = client.sendAsync(request, answer -> new Bounded());
        try {
            HttpResponse<byte[]> answer = asked.get(BOUND_SECONDS, TimeUnit.SECONDS);
            if (answer.statusCode() != OK) {
                throw new IOException("it answers " + answer.statusCode());
            }
            return answer.body();
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no answer within " + BOUND_SECONDS + " s");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw cause instanceof IOException ? (IOException) cause : new IOException(cause);
        } finally {
            asked.cancel(true);
        }
    }

    /** Takes up a body, and refuses it once it is too long. */
    private static final class Bounded implements HttpResponse.BodySubscriber<byte[]> {
        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private Flow.Subscription subscription;

        @Override
        public CompletionStage<byte[]> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(1);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                taken.write(bytes, 0, bytes.length);
            }
            if (taken.size() > Jwks.MOST_BYTES) {
                subscription.cancel();
                body.completeExceptionally(new IOException("its answer is longer than " + Jwks.MOST_BYTES + " bytes"));
            } else {
                subscription.request(1);
            }
        }

        @Override
        public void onError(Throwable error) {
            body.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            body.complete(taken.toByteArray());
        }
    }
}
