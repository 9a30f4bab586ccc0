package io.openmds.kafka;

/** Why a token is not accepted. For the broker's log only: a client learns {@code invalid_token} and nothing else. */
class TokenRefused extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int MOST_SHOWN = 80;

    TokenRefused(String reason) {
        super(reason, null, false, false);
    }

    /** A value that a stranger wrote, fit for one line of a log. */
    static String shown(String value) {
        if (value == null) {
            return "none";
        }
        StringBuilder text = new StringBuilder("\"");
        value.codePoints().limit(MOST_SHOWN).forEach(c -> {
            if (c < ' ' || c == '"' || c == '\\' || c >= 0x7f) {
                text.append(String.format("\\u%04x", c));
            } else {
                text.append((char) c);
            }
        });
        return text.append(value.length() > MOST_SHOWN ? "\"..." : "\"").toString();
    }
}
