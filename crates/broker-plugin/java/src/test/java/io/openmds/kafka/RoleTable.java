package io.openmds.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code spec/role-matrix.txt}, read literally: which role allows which operation on which type of resource. */
final class RoleTable {
    /** Roles that are bound to resources, not to the whole cluster. */
    final Set<String> ofResources = new HashSet<>();
    final List<String> roles = new ArrayList<>();
    private final Map<String, Set<String>> allowing = new HashMap<>();

    private RoleTable() {}

    static RoleTable read() throws IOException {
        List<String> lines = Files.readAllLines(Path.of(System.getProperty("openmds.spec.dir"), "role-matrix.txt"));
        RoleTable table = new RoleTable();
        String header = lines.stream().filter(line -> line.startsWith(" ") && line.contains("SystemAdmin")).findFirst().orElseThrow();
        table.roles.addAll(List.of(header.trim().split(" +")));
        String type = "";
        for (String line : lines.subList(lines.indexOf(header) + 1, lines.size())) {
            if (line.startsWith("  (can be bound)")) {
                table.cells(header, line, (role, cell) -> table.ofResources.add(role));
            } else if (line.startsWith("  ")) {
                Set<String> those = new HashSet<>();
                table.cells(header, line, (role, cell) -> {
                    if (cell == 'x') {
                        those.add(role);
                    }
                });
                table.allowing.put(type + " " + line.trim().split(" ")[0], those);
            } else {
                type = line;
            }
        }
        return table;
    }

    private interface Cell {
        void read(String role, char cell);
    }

    /** A cell stands somewhere under its column's name. */
    private void cells(String header, String line, Cell cell) {
        for (String role : roles) {
            int start = header.indexOf(role);
            for (int at = start; at < Math.min(start + role.length(), line.length()); at++) {
                if (line.charAt(at) != ' ') {
                    cell.read(role, line.charAt(at));
                }
            }
        }
    }

    /** Whether the role allows it: nothing that the table does not name. */
    boolean allows(String role, String type, String operation) {
        return allowing.getOrDefault(type + " " + operation, Set.of()).contains(role);
    }
}
