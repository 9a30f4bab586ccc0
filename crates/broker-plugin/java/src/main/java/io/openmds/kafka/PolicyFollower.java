package io.openmds.kafka;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the policy of this node's cluster: one thread asks the server, hands what comes to the engines of this process,
 * and keeps a copy on disk. Nobody who authorizes waits for it. A node with both roles has one follower for two engines.
 */
final class PolicyFollower {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyFollower.class);
    private static final Map<Path, PolicyFollower> RUNNING = new HashMap<>();
    private static final int NO_CONTENT = 204;
    private static final int CONFLICT = 409;
    private static final long SLACK_MS = 15_000;
    private static final long MOST_BYTES = 1024L * 1024 * 1024;
    private static final long FIRST_RETRY_MS = 200;
    private static final long LAST_RETRY_MS = 10_000;

    final FeedSettings settings;
    final String clusterId;
    final int nodeId;
    final PolicyCopy copy;
    private final FeedKeys keys;
    final List<Follower> followers = new CopyOnWriteArrayList<>();
    /** Signs as this node; null as long as it is not enrolled. */
    volatile NodeSigner signer;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final Thread thread;
    private volatile boolean closed;
    private volatile long heardAt;
    private volatile boolean heard;
    private Enrolment enrolment;
    private ServerCalls calls;
    private int server;
    private boolean wantsSnapshot;
    /** What the server asked last. */
    private String questions = "";
    private final Reminder reminder = new Reminder();

    private PolicyFollower(FeedSettings settings, String clusterId, int nodeId) {
        this.settings = settings;
        this.clusterId = clusterId;
        this.nodeId = nodeId;
        copy = new PolicyCopy(settings.directory.resolve("policy.omf"));
        keys = FeedKeys.of(settings.directory);
        thread = new Thread(this::run, "openmds-feed-" + nodeId);
        thread.setDaemon(true);
    }

    /** Lets an instance follow; the first one in the process starts the thread. */
    static PolicyFollower follow(FeedSettings settings, String clusterId, int nodeId, Follower follower) {
        synchronized (RUNNING) {
            PolicyFollower running = RUNNING.get(settings.directory);
            boolean isNew = running == null;
            if (isNew) {
                running = new PolicyFollower(settings, clusterId, nodeId);
                RUNNING.put(settings.directory, running);
                running.begin(follower);
            } else {
                running.join(follower);
            }
            return running;
        }
    }

    /** Complete once there is a policy to decide by. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    /** Ends with the last instance that leaves. */
    void leave(NativeEngine engine) {
        synchronized (RUNNING) {
            followers.removeIf(follower -> follower.engine == engine);
            if (!followers.isEmpty()) {
                return;
            }
            closed = true;
            RUNNING.remove(settings.directory, this);
        }
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Milliseconds since a server last said what the policy is; -1 if none did since the node started. */
    long ageMs() {
        return heard ? TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heardAt) : -1;
    }

    /** Whether the policy goes on deciding although no server has confirmed it for long. */
    boolean isStale() {
        long age = ageMs();
        return age < 0 || age > settings.staleMs;
    }

    private void begin(Follower first) {
        followers.add(first);
        try {
            byte[] kept = copy.read();
            if (kept != null) {
                Pairs followed = first.engine.follow(kept);
                String why = whyNot(followed);
                if (why != null) {
                    LOG.warn("The policy kept on disk was not taken to its end ({}): the rest is asked for", why);
                }
                if (followed.first("generation") != null) {
                    LOG.info("Deciding by the policy kept on disk, generation {}, until a server answers", followed.first("generation"));
                }
                took(followed);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("The policy kept on disk cannot be read ({}): a new one is asked for", e.toString());
        }
        thread.start();
    }

    /** Nothing that comes meanwhile passes the new one by: it holds what the others hold, or gets it with them. */
    private void join(Follower next) {
        synchronized (followers) {
            byte[] policy = followers.get(0).engine.copy();
            if (policy != null && policy.length > 0) {
                took(next.engine.follow(policy));
            }
            followers.add(next);
        }
    }

    /** Why frames were not followed to their end; null if they were. */
    private static String whyNot(Pairs followed) {
        boolean whole = followed.first("refused") == null && followed.first("damaged") == null;
        return whole ? null : followed.first("reason");
    }

    private void took(Pairs followed) {
        keys.came(followed.first("keys"));
        if (followed.first("generation") != null) {
            ready.complete(null);
        }
    }

    private void run() {
        int failures = 0;
        while (!closed) {
            try {
                step();
                if (failures > 0) {
                    LOG.info("Following the policy of cluster {} from {}", clusterId, url());
                    reminder.forget();
                }
                failures = 0;
            } catch (InterruptedException e) {
                break;
            } catch (IOException | RuntimeException | Error e) {
                failures = Math.min(failures + 1, 16);
                calls = null;
                tell(e);
                server = (server + 1) % settings.urls.size();
                if (!pause(failures)) {
                    break;
                }
            }
        }
        if (enrolment != null) {
            try {
                enrolment.close();
            } catch (IOException e) {
                LOG.debug("The lock of {} could not be released", settings.directory, e);
            }
        }
    }

    private URI url() {
        return settings.urls.get(server);
    }

    private void step() throws IOException, InterruptedException {
        if (enrolment == null) {
            enrolment = new Enrolment(settings, clusterId, nodeId);
        }
        if (!enrolment.isEnrolled(Instant.now())) {
            enrolment.join(url());
            calls = null;
        }
        if (calls == null) {
            calls = new ServerCalls(enrolment.context());
        }
        if (enrolment.isDue(Instant.now())) {
            renew();
        }
        signer = enrolment.signer();
        enrolment.mend();
        ask();
    }

    private void renew() throws InterruptedException {
        try {
            enrolment.renew(url(), calls);
            calls = new ServerCalls(enrolment.context());
        } catch (IOException e) {
            LOG.warn("The node's certificate could not be renewed by {} ({}); it is tried again with the next request", url(),
                    e.getMessage());
        }
    }

    private void ask() throws IOException, InterruptedException {
        Pairs held = followers.get(0).engine.policy();
        boolean whole = wantsSnapshot || held.first("generation") == null;
        NativeEngine engine = followers.get(0).engine;
        String asked = questions;
        questions = "";
        byte[] request = FeedRequest.of(this, held, whole, NodeQuestions.answers(asked, engine));
        ServerCalls.Answer answer;
        try {
            answer = calls.post(url().resolve("/openmds/1.0/feed"), request, settings.waitMs + SLACK_MS, MOST_BYTES);
        } catch (ServerCalls.Refused e) {
            if (e.status == CONFLICT) {
                wantsSnapshot = false;
            }
            throw e;
        }
        if (answer.status != NO_CONTENT && answer.body.length > 0) {
            take(answer.body, whole);
        } else if (copy.trouble() != null) {
            keepWhole();
        }
        heardAt = System.nanoTime();
        heard = true;
        questions = answer.header("openmds-questions");
    }

    /** Gives what came to every engine; what one refuses is asked for again as a whole. */
    private void take(byte[] frames, boolean whole) throws IOException {
        synchronized (followers) {
            boolean first = true;
            for (Follower follower : followers) {
                Pairs followed = follower.engine.follow(frames);
                String refused = whyNot(followed);
                took(followed);
                if (refused == null) {
                    first = false;
                } else if (first) {
                    wantsSnapshot = !whole;
                    throw new IOException("the policy that came was refused: " + refused);
                } else {
                    took(follower.engine.follow(followers.get(0).engine.copy()));
                }
            }
        }
        wantsSnapshot = false;
        if (whole || !copy.append(frames)) {
            keepWhole();
        }
    }

    private void keepWhole() {
        byte[] policy = followers.get(0).engine.copy();
        if (policy != null) {
            copy.replace(policy);
        }
    }

    private boolean pause(int failures) {
        long delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS << Math.min(failures - 1, 10));
        try {
            TimeUnit.MILLISECONDS.sleep(delay + ThreadLocalRandom.current().nextLong(delay / 4 + 1));
            return !closed;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void tell(Throwable error) {
        String problem = error instanceof IOException && error.getMessage() != null ? error.getMessage() : error.toString();
        boolean decides = ready.isDone();
        boolean stale = decides && isStale();
        if (!reminder.isDue(url() + " " + stale + " " + problem)) {
            return;
        }
        String consequence = decides
                ? "the policy that is known goes on deciding" + (stale ? "; it is stale" : "")
                : "there is no policy yet: only super users are admitted, and listeners for clients stay closed";
        LOG.warn("No policy of cluster {} from {} ({}): {}", clusterId, url(), problem, consequence);
    }
}
