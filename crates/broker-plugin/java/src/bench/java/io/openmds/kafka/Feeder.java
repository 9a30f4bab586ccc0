package io.openmds.kafka;

import java.util.concurrent.locks.LockSupport;

/** A request thread that has recorded decisions for hours, at a rate, and otherwise as fast as the queue stays short. */
final class Feeder extends Thread implements AutoCloseable {
    private static final int FULL_PERMILLE = 40;
    private static final int AT_ONCE = 50;

    private final NativeEngine engine;
    private final byte[][] messages = Lines.messages();
    private final long perSecond;
    private volatile boolean over;
    private volatile long recorded;

    /** @param perSecond 0: never more than a short queue takes */
    Feeder(NativeEngine engine, long perSecond) {
        super("bench-feeder");
        setDaemon(true);
        this.engine = engine;
        this.perSecond = perSecond;
        start();
    }

    long recorded() {
        return recorded;
    }

    @Override
    public void run() {
        long begun = System.nanoTime();
        long count = 0;
        while (!over) {
            boolean room = perSecond == 0
                    ? engine.fillPermille() < FULL_PERMILLE
                    : count < (System.nanoTime() - begun) / 1e9 * perSecond;
            if (!room) {
                LockSupport.parkNanos(200_000);
                continue;
            }
            for (int i = 0; i < AT_ONCE; i++) {
                Lines.record(engine, messages[(int) (count++ % messages.length)]);
            }
            recorded = count;
        }
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        join();
    }
}
