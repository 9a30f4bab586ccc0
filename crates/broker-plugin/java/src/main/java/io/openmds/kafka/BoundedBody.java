package io.openmds.kafka;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** The body of an answer, up to a length. No thread waits for it, so that a server that never ends its answer holds none. */
final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
    private final long most;
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private volatile Flow.Subscription subscription;

    /** @param most the longest body that is taken, bytes */
    BoundedBody(long most) {
        this.most = most;
    }

    static IOException tooLong(long most) {
        return new IOException("its answer is longer than " + most + " bytes");
    }

    /** Whatever is still to come is not wanted: the connection is closed. Without effect on a body that is there. */
    void abandon() {
        end(new IOException("nobody waits for it any more"));
    }

    private void end(Throwable why) {
        Flow.Subscription coming = subscription;
        if (whole.completeExceptionally(why) && coming != null) {
            coming.cancel();
        }
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return whole;
    }

    @Override
    public void onSubscribe(Flow.Subscription coming) {
        subscription = coming;
        if (whole.isDone()) {
            coming.cancel();
        } else {
            coming.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
        for (ByteBuffer piece : pieces) {
            if (whole.isDone()) {
                return;
            }
            if (taken.size() + (long) piece.remaining() > most) {
                end(tooLong(most));
                return;
            }
            byte[] bytes = new byte[piece.remaining()];
            piece.get(bytes);
            taken.write(bytes, 0, bytes.length);
        }
    }

    @Override
    public void onError(Throwable error) {
        whole.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
        whole.complete(taken.toByteArray());
    }
}
