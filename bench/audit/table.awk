# The figures of `bench/run audit` as a table, and the last line of figures into the file `last`.
function has(name) { return index("," only ",", "," name ",") > 0 }
function row(what, value) { printf "| %s | %s |\n", what, value }
function target(name, value, met) { line = line sprintf("%s=%s ", name, value); if (!met) missed = missed " " name }
function least(key, value) { if (!(key in best) || value < best[key]) best[key] = value }
function most(key, value) { if (!(key in best) || value > best[key]) best[key] = value }
{
    split("", v)
    for (i = 2; i <= NF; i++) { at = index($i, "="); text = substr($i, at + 1); v[substr($i, 1, at - 1)] = text ~ /^-?[0-9.]+$/ ? text + 0 : text }
}
$1 == "instructions" { count[v["subject"]] = v["a_call"] }
$1 == "thread" {
    key = v["subject"] " " v["answer"]
    least(key " mean", v["mean"]); least(key " p50", v["p50"]); least(key " p999", v["p999"])
    most(key " rate", v["threads"] * 1e9 / v["mean"])
    if (v["subject"] == "recorded") { lost[v["answer"]] += v["dropped"]; kept[v["answer"]] += v["delivered"] + v["spilled"] + v["fallback"] }
}
$1 == "delivered" || $1 == "disk" || $1 == "drained" || $1 == "live" { for (name in v) figure[$1 " " name] = v[name] }
$1 == "memory" { mib[v["way"]] = v["mib"] }
END {
    print "| what | measured |"
    print "|---|--:|"
    if (has("instructions")) {
        row("instructions of a call: nothing recorded; no rule for such requests; rules about other topics", count["off"] "; " count["not-routed"] "; " count["not-matched"])
        row("instructions of a call: recorded; and taken out as a finished line (SHA-256 in software)", count["recorded"] "; " count["drained"])
        target("not_routed_instructions", sprintf("%.3f", count["not-routed"] / count["off"]), count["not-routed"] <= 1.1 * count["off"])
        target("not_matched_instructions", sprintf("%.3f", count["not-matched"] / count["off"]), 1)
    }
    if (has("thread")) {
        kafka = best["kafka allowed p50"]; off = best["off allowed p50"]; recorded = best["recorded allowed p50"]
        row("a decision, ns, p50: StandardAuthorizer; ours with nothing recorded; with rules about other topics; recorded", kafka "; " off "; " best["not-matched allowed p50"] "; " recorded)
        row("p99.9, ns: StandardAuthorizer; ours with nothing recorded; recorded", best["kafka allowed p999"] "; " best["off allowed p999"] "; " best["recorded allowed p999"])
        target("added_ratio", sprintf("%.3f", (recorded - off) / kafka), recorded - off <= 0.35 * kafka)
        target("p999_ratio", sprintf("%.2f", best["recorded allowed p999"] / best["off allowed p999"]), best["recorded allowed p999"] <= 3 * best["off allowed p999"])
        target("lost", lost["allowed"] + 0, lost["allowed"] == 0)
    }
    if (has("flood")) {
        kafka = best["kafka denied mean"]; own = best["recorded denied mean"]
        row("a denial in a flood of two threads, ns: StandardAuthorizer; ours, each in the account", sprintf("%.0f; %.0f", kafka, own))
        target("denial_ratio", sprintf("%.3f", own / kafka), own < 0.2 * kafka)
    }
    if (has("delivery")) {
        row("events a second to a broker on the same cores: bare producer; the exporter, of the same finished events; all the way from the queue", sprintf("%.0f; %.0f; %.0f", figure["delivered bare_per_s"], figure["delivered exporter_per_s"], figure["delivered whole_per_s"]))
        target("delivered_ratio", sprintf("%.3f", figure["delivered exporter_ratio"]), figure["delivered exporter_ratio"] >= 0.8 && figure["delivered lost"] == 0)
        target("delivered_whole_ratio", sprintf("%.3f", figure["delivered whole_ratio"]), 1)
    }
    if (has("disk")) {
        debug = best["kafka-debug allowed rate"]; both = figure["disk both_per_s"]
        row("lines a second: StandardAuthorizer with its log at DEBUG, two request threads; the log alone, two threads, one", sprintf("%.0f; %.0f; %.0f", debug, figure["disk log4j2_per_s"], figure["disk log4j2_one_thread_per_s"]))
        row("events a second, one thread: from the queue to the spool, synced; back from it; both", sprintf("%.0f; %.0f; %.0f", figure["disk spooled_per_s"], figure["disk read_back_per_s"], both))
        target("spool_ratio", sprintf("%.2f", both / debug), both >= 3 * debug)
    }
    if (has("outage")) {
        row("after an outage: live events a second; events that waited; drained a second", sprintf("%d; %d; %.0f", figure["drained live_per_s"], figure["drained spooled"], figure["drained drained_per_s"]))
        row("longest wait of a live event meanwhile, ms", figure["live longest_wait_ms"])
        target("drain_ratio", sprintf("%.2f", figure["drained ratio"]), figure["drained ratio"] >= 2)
        target("live_wait_ms", figure["live longest_wait_ms"], figure["live longest_wait_ms"] <= 1000 && figure["live events"] > 0)
        target("drain_lost", figure["drained lost"], figure["drained lost"] == 0)
    }
    if (has("memory")) {
        row("live memory under overload, MiB: no place on disk; with one", sprintf("%.1f; %.1f", mib["fallback"], mib["spool"]))
        target("memory_mib", sprintf("%.1f", mib["fallback"] > mib["spool"] ? mib["fallback"] : mib["spool"]), mib["fallback"] <= 64 && mib["spool"] <= 64)
    }
    printf "%sload=%s audit_targets=%s\n", line, load, missed == "" ? "met" : "missed:" missed > last
    exit (check && missed != "") ? 1 : 0
}
