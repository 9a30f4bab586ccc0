package io.openmds.kafka;

import io.openmds.kafka.WaitingRoom.Miss;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Obeys the companion where it asks for more than best effort: requests wait for their events, or are refused without. */
final class FailModes {
    private static final Logger LOG = LoggerFactory.getLogger(FailModes.class);
    /** So many bytes come before those of the actions. */
    static final int TICKET = 8;
    /** What the engine says of an action ({@code spec/native-bridge.md}, {@code authorize}). */
    private static final int AWAITED = 2;
    private static final int REQUIRED = 4;
    private static final int LOST = 8;

    private final WaitingRoom room;
    private final ModeCounters counters;
    private final Seldom refusals = new Seldom();
    private final Seldom misses = new Seldom();

    FailModes(WaitingRoom room, ModeCounters counters) {
        this.room = room;
        this.counters = counters;
    }

    /**
     * Waits once for all events of a request; the decisions that stand then.
     *
     * @param held what the engine wrote back
     */
    List<AuthorizationResult> obey(AuthorizableRequestContext context, List<Action> actions,
            List<AuthorizationResult> results, byte[] held) {
        Miss miss = await(held, actions.size());
        List<AuthorizationResult> standing = null;
        for (int i = 0; i < actions.size(); i++) {
            int what = held[TICKET + i];
            Miss why = (what & LOST) != 0 ? Miss.QUEUE_FULL : (what & AWAITED) != 0 ? miss : null;
            if (why == null) {
                continue;
            }
            if ((what & REQUIRED) != 0 && results.get(i) == AuthorizationResult.ALLOWED) {
                standing = standing == null ? new ArrayList<>(results) : standing;
                standing.set(i, AuthorizationResult.DENIED);
                refused(context, actions.get(i), why);
            } else {
                missed(context, actions.get(i), why);
            }
        }
        return standing == null ? results : standing;
    }

    private Miss await(byte[] held, int count) {
        int awaited = 0;
        for (int i = 0; i < count; i++) {
            awaited += (held[TICKET + i] & AWAITED) == 0 ? 0 : 1;
        }
        if (awaited == 0) {
            return null;
        }
        long from = System.nanoTime();
        Miss miss = room.await(ByteBuffer.wrap(held).getLong(), awaited);
        counters.awaitedRequests.increment();
        counters.awaitedMicros.add((System.nanoTime() - from) / 1_000);
        return miss;
    }

    private void refused(AuthorizableRequestContext context, Action action, Miss why) {
        counters.refused(why).increment();
        if (refusals.now()) {
            LOG.error("A request was refused because its audit event is required and could not be recorded: {}. It was {} of"
                    + " {} {} by {}; {} refused so far for that reason. The trail's own log lines name what is wrong with"
                    + " disk and destination", why.text, action.operation(), action.resourcePattern().resourceType(),
                    action.resourcePattern().name(), context.principal(), counters.refused(why).sum());
        }
    }

    private void missed(AuthorizableRequestContext context, Action action, Miss why) {
        counters.missed(why).increment();
        if (misses.now()) {
            LOG.warn("A request was answered before its audit event was safe, though its route is durable: {}. It was {} of"
                    + " {} {} by {}; {} so far for that reason", why.text, action.operation(),
                    action.resourcePattern().resourceType(), action.resourcePattern().name(), context.principal(),
                    counters.missed(why).sum());
        }
    }
}
