package io.openmds.kafka;

/** An event that is to be on disk before anything else is done with it; a request may wait for that. */
final class AheadEvent extends AuditEvent {
    /** 0 if nobody waits. */
    private final long ticket;
    private final WaitingRoom room;
    private boolean tried;

    AheadEvent(String topic, byte[] line, long number, boolean own, long ticket, WaitingRoom room) {
        super(topic, line, number, own);
        this.ticket = ticket;
        this.room = room;
    }

    @Override
    boolean isAhead() {
        return true;
    }

    @Override
    boolean mayGoLive() {
        boolean first = !tried;
        tried = true;
        return first;
    }

    @Override
    void delivered() {
        settled(null);
    }

    @Override
    void kept() {
        settled(null);
    }

    @Override
    void lost() {
        settled(WaitingRoom.Miss.UNSAVED);
    }

    private void settled(WaitingRoom.Miss miss) {
        if (ticket != 0) {
            room.settled(ticket, miss);
        }
    }
}
