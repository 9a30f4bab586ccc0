package io.openmds.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An address where a destination should be, and where something is wrong. */
final class BadPlace implements AutoCloseable {
    private static final int ENOUGH = 64;
    private static final int PATIENCE_MS = 200;
    private static final int SLOW_MS = 1_000;

    /** What is wrong. */
    enum Fault {
        /** Nobody listens: connections are refused. */
        REFUSED,
        /** Connections are neither accepted nor refused. */
        BLACK_HOLE,
        /** Connections are accepted, and nothing is ever answered. */
        SILENT,
        /** An answer comes, a byte a second. */
        SLOW
    }

    private final ServerSocket server;
    private final List<Socket> held = new CopyOnWriteArrayList<>();

    BadPlace(Fault fault) throws IOException {
        server = new ServerSocket(0, fault == Fault.BLACK_HOLE ? 1 : ENOUGH, InetAddress.getLoopbackAddress());
        switch (fault) {
            case REFUSED:
                server.close();
                break;
            case BLACK_HOLE:
                fill();
                break;
            case SLOW:
                inBackground(this::answerSlowly);
                break;
            default:
                break;
        }
    }

    /** Somebody else listens, who shows this certificate. */
    BadPlace(Identity stranger) throws IOException {
        server = stranger.context().getServerSocketFactory().createServerSocket(0, ENOUGH, InetAddress.getLoopbackAddress());
        inBackground(() -> {
            while (true) {
                Socket socket = server.accept();
                held.add(socket);
                inBackground(() -> socket.getInputStream().read());
            }
        });
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Takes all places of those who wait to be accepted: whoever comes then hears nothing at all. */
    private void fill() throws IOException {
        for (int i = 0; i < ENOUGH; i++) {
            Socket socket = new Socket();
            held.add(socket);
            try {
                socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), PATIENCE_MS);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
        throw new IllegalStateException("this system accepts " + ENOUGH + " connections that nobody asked for");
    }

    private void answerSlowly() throws Exception {
        while (true) {
            Socket socket = server.accept();
            held.add(socket);
            inBackground(() -> {
                while (true) {
                    // The first four of them say how long the answer is to be: 16 MiB.
                    for (int part : new int[] {1, 0, 0, 0, 0}) {
                        socket.getOutputStream().write(part);
                        Thread.sleep(SLOW_MS);
                    }
                }
            });
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Until everything is closed. */
    private static void inBackground(Work work) {
        Background.run("a bad place", () -> {
            try {
                work.run();
            } catch (IOException e) {
                // It was closed, from this side or from the other.
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : new ArrayList<>(held)) {
            socket.close();
        }
    }
}
