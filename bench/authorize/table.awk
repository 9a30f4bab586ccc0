# The figures of Decisions as tables, and the last line of figures into the file `last`.
function keep_least(name, number) { if (!(name in least) || number + 0 < least[name]) least[name] = number + 0 }
function middle(count,   i, j, swap) {
    for (i = 2; i <= count; i++)
        for (j = i; j > 1 && adds[j] < adds[j - 1]; j--) { swap = adds[j]; adds[j] = adds[j - 1]; adds[j - 1] = swap }
    return adds[int((count + 1) / 2)]
}
{
    split("", v)
    for (i = 2; i <= NF; i++) {
        at = index($i, "=")
        text = substr($i, at + 1)
        # What a text is cut from compares as a text: numbers must be made numbers.
        v[substr($i, 1, at - 1)] = text ~ /^-?[0-9.]+$/ ? text + 0 : text
    }
}
$1 == "decision" {
    if (!cases++) {
        print "| rules | shape | groups | allowed | Kafka, ns | OpenMDS, ns | times faster | with two threads | second thread adds: Kafka | OpenMDS |"
        print "|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    }
    adds[cases] = v["openmds_second_thread_adds"] + 0
    if ("kafka_ns" in v) {
        printf "| %d | %s | %d | %.2f | %.0f | %.0f | %.1f | %.1f | %.2f | %.2f |\n", v["rules"], v["shape"], v["groups"], v["allowed"], \
            v["kafka_ns"], v["openmds_ns"], v["times_faster"], v["times_faster_two_threads"], v["kafka_second_thread_adds"], v["openmds_second_thread_adds"]
        keep_least(v["rules"], v["times_faster"])
    } else {
        printf "| %d | %s | %d | %.2f | | %.0f | | | | %.2f |\n", v["rules"], v["shape"], v["groups"], v["allowed"], v["openmds_ns"], v["openmds_second_thread_adds"]
    }
    if (v["openmds_ns"] > worst) worst = v["openmds_ns"]
}
$1 == "answers" { compared = v["compared"] }
$1 == "allocated" {
    allocated = allocated sprintf("| heap for a decision of %d action(s), bytes: forced by the interface, OpenMDS, Kafka | %.0f, %.0f, %.0f |\n", \
        v["actions"], v["forced_bytes"], v["openmds_bytes"], v["kafka_bytes"])
    if (v["openmds_more_bytes"] + 0 > more + 0) more = v["openmds_more_bytes"]
}
$1 == "cold" { cold = v["first_p50_ns"]; cold99 = v["first_p99_ns"]; warm = v["second_p50_ns"]; groups = v["groups"] }
$1 == "load" { bindings = v["bindings"]; seconds = v["seconds"]; index_bytes = v["index_bytes_per_binding"]; native = v["native_bytes_per_binding"] }
$1 == "swap" { swap = v["p999_ratio"]; calm = v["calm_p999_ns"]; changing = v["changing_p999_ns"]; of = v["bindings"] }
END {
    second = middle(cases)
    print ""
    print "| what else | measured |"
    print "|---|--:|"
    printf "| answers of both authorizers compared; different ones | %d; 0 |\n", compared
    printf "%s", allocated
    printf "| first decision of a principal with %d groups, ns: p50, p99; its second | %d, %d; %d |\n", groups, cold, cold99, warm
    printf "| %d role bindings loaded, seconds | %.2f |\n", bindings, seconds
    printf "| bytes a binding: the index that decides; all native memory, with what a node keeps to follow its server | %.0f; %.0f |\n", index_bytes, native
    printf "| p99.9 of single calls under %d bindings, ns: unchanging; with 20 changes a second | %d; %d |\n", of, calm, changing
    missed = !("100" in least) || !("100000" in least) || least["100000"] < 5 || least["100"] < 1 || second < 0.8 \
        || more > 0.5 || native > 100 || swap > 3 || compared == 0
    printf "times_faster_at_100k=%.2f times_faster_at_100=%.2f second_thread_adds=%.2f swap_p999_ratio=%.2f bytes_more_than_forced=%.2f index_bytes_per_binding=%.1f native_bytes_per_binding=%.1f slowest_ns=%.0f cold_100_groups_ns=%d load_bindings=%d load_s=%.2f compared=%d decisions_load=%s decisions_targets=%s", \
        least["100000"], least["100"], second, swap, more, index_bytes, native, worst, cold, bindings, seconds, compared, load, missed ? "missed" : "met" > last
    exit (check && missed) ? 1 : 0
}
