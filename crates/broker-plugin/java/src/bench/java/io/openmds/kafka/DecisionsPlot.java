package io.openmds.kafka;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Draws what {@link Decisions} printed: time of a decision by number of rules, both axes logarithmic, as SVG. */
public final class DecisionsPlot {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 440;
    private static final int LEFT = 70;
    private static final int RIGHT = 230;
    private static final int TOP = 30;
    private static final int BOTTOM = 50;
    private static final Map<String, String> COLOURS = Map.of("typical", "#1b6ca8", "prefixes", "#b0413e", "denied", "#4a7c3a");

    private final StringBuilder svg = new StringBuilder();
    private double fewest = Double.MAX_VALUE;
    private double most;
    private double fastest = Double.MAX_VALUE;
    private double slowest;

    private DecisionsPlot() {}

    public static void main(String[] args) throws IOException {
        Map<String, TreeMap<Double, Double>> series = new LinkedHashMap<>();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith("decision ")) {
                Map<String, String> figures = new HashMap<>();
                for (String pair : line.substring(9).split(" ")) {
                    figures.put(pair.split("=")[0], pair.split("=")[1]);
                }
                for (String who : new String[] {"kafka", "openmds"}) {
                    if (figures.get("groups").equals("10") && figures.containsKey(who + "_ns")) {
                        series.computeIfAbsent(who + " " + figures.get("shape"), key -> new TreeMap<>())
                                .put(Double.valueOf(figures.get("rules")), Double.valueOf(figures.get(who + "_ns")));
                    }
                }
            }
        }
        if (series.isEmpty()) {
            throw new IOException("the input holds no line of decisions with 10 groups");
        }
        System.out.print(new DecisionsPlot().draw(series));
    }

    private String draw(Map<String, TreeMap<Double, Double>> series) {
        for (TreeMap<Double, Double> points : series.values()) {
            points.forEach((rules, nanos) -> {
                fewest = Math.min(fewest, rules);
                most = Math.max(most, rules);
                fastest = Math.min(fastest, nanos);
                slowest = Math.max(slowest, nanos);
            });
        }
        fastest = decade(fastest, false);
        slowest = decade(slowest, true);
        svg.append(String.format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                + " font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n", WIDTH, HEIGHT));
        axes();
        List<String> names = new ArrayList<>(series.keySet());
        names.sort((one, other) -> Double.compare(series.get(other).lastEntry().getValue(), series.get(one).lastEntry().getValue()));
        for (int i = 0; i < names.size(); i++) {
            line(names.get(i), series.get(names.get(i)), i);
        }
        return svg.append("</svg>\n").toString();
    }

    private static double decade(double value, boolean up) {
        double exponent = Math.log10(value);
        return Math.pow(10, up ? Math.ceil(exponent) : Math.floor(exponent));
    }

    private double x(double rules) {
        double share = most == fewest ? 0.5 : Math.log(rules / fewest) / Math.log(most / fewest);
        return LEFT + share * (WIDTH - LEFT - RIGHT);
    }

    private double y(double nanos) {
        return HEIGHT - BOTTOM - Math.log(nanos / fastest) / Math.log(slowest / fastest) * (HEIGHT - TOP - BOTTOM);
    }

    private void axes() {
        for (double nanos = fastest; nanos <= slowest * 1.01; nanos *= 10) {
            add("<line x1=\"%.0f\" y1=\"%.1f\" x2=\"%.0f\" y2=\"%.1f\" stroke=\"#ddd\"/>", (double) LEFT, y(nanos),
                    (double) WIDTH - RIGHT, y(nanos));
            add("<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 8.0, y(nanos) + 4, time(nanos));
        }
        for (double rules = decade(fewest, true); rules <= most * 1.01; rules *= 10) {
            add("<line x1=\"%.1f\" y1=\"%.0f\" x2=\"%.1f\" y2=\"%.0f\" stroke=\"#ddd\"/>", x(rules), (double) TOP, x(rules),
                    (double) HEIGHT - BOTTOM);
            add("<text x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%s</text>", x(rules), HEIGHT - BOTTOM + 18.0,
                    String.format(Locale.ROOT, "%,d", (long) rules));
        }
        add("<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\">rules</text>", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10.0);
        add("<text x=\"%.0f\" y=\"%.0f\">one decision, principals with 10 groups, one thread</text>", (double) LEFT, 18.0);
    }

    private static String time(double nanos) {
        return nanos < 1_000 ? (long) nanos + " ns" : nanos < 1_000_000 ? (long) (nanos / 1_000) + " µs" : (long) (nanos / 1e6) + " ms";
    }

    private void line(String name, TreeMap<Double, Double> points, int place) {
        boolean own = name.startsWith("openmds");
        String colour = COLOURS.get(name.split(" ")[1]);
        StringBuilder path = new StringBuilder();
        points.forEach((rules, nanos) -> path.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(rules), y(nanos))));
        String dashes = own ? "" : " stroke-dasharray=\"6 4\"";
        add("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>", path.toString().trim(), colour, dashes);
        double at = TOP + 14.0 + 22 * place;
        add("<line x1=\"%.0f\" y1=\"%.0f\" x2=\"%.0f\" y2=\"%.0f\" stroke=\"%s\" stroke-width=\"2\"%s/>", WIDTH - RIGHT + 15.0, at - 4,
                WIDTH - RIGHT + 50.0, at - 4, colour, dashes);
        add("<text x=\"%.0f\" y=\"%.0f\">%s, %s</text>", WIDTH - RIGHT + 58.0, at, own ? "OpenMDS" : "StandardAuthorizer",
                name.split(" ")[1]);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
