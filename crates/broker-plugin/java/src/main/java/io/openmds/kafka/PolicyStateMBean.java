package io.openmds.kafka;

/** What JMX shows of deciding at one instance of the plugin. Counts are since the node's start. */
public interface PolicyStateMBean {
    /** Of the engine's own decisions, those that allow. */
    long getAllowed();

    /** Of the engine's own decisions, those that refuse. */
    long getDenied();

    /** Requests refused because of a fault of the plugin. */
    long getErrors();

    /** Panics of the native engine and failures on the way to it. */
    long getPanics();

    /** 1 if the engine has all the rules that it is to decide by. */
    int getReady();

    /** The server's number of the policy held; -1 if none is. */
    long getPolicyGeneration();

    /** Milliseconds since a server last said what the policy is; -1 if none did since the node started. */
    long getPolicyAgeMs();

    /** 1 if the policy goes on deciding although no server has confirmed it for longer than {@code openmds.policy.stale.ms}. */
    int getPolicyStale();

    /** Why the copy of the policy on disk is older than the policy in force; empty if it is not. */
    String getPolicyCopyTrouble();
}
