package io.openmds.kafka;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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
        CompletableFuture<HttpResponse<byte[]>> asked = client.sendAsync(request, answer -> new BoundedBody(Jwks.MOST_BYTES));
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
}
