package io.openmds.kafka;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a class file names outside itself: the constant pool of the JVM specification, 4.4. */
final class ClassReferences {
    private static final int UTF8 = 1;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int STRING = 8;
    private static final int FIELD = 9;
    private static final int METHOD = 10;
    private static final int INTERFACE_METHOD = 11;
    private static final int NAME_AND_TYPE = 12;
    private static final int METHOD_HANDLE = 15;
    private static final int METHOD_TYPE = 16;
    private static final int DYNAMIC = 17;
    private static final int INVOKE_DYNAMIC = 18;
    private static final int MODULE = 19;
    private static final int PACKAGE = 20;

    /** One class, or one member of it. */
    static final class Reference {
        /** Such as {@code java.util.List}; an array is its elements' class. */
        final String owner;
        /** Null if only the class is named. */
        final String member;
        final String descriptor;

        Reference(String owner, String member, String descriptor) {
            String element = owner.startsWith("[") ? owner.replaceAll("^\\[+L?|;$", "") : owner;
            this.owner = element.replace('/', '.');
            this.member = owner.startsWith("[") ? null : member;
            this.descriptor = descriptor;
        }

        boolean isMethod() {
            return descriptor.startsWith("(");
        }

        @Override
        public String toString() {
            return member == null ? owner : owner + "." + member + " " + descriptor;
        }
    }

    private final int[] tags;
    private final int[] first;
    private final int[] second;
    private final String[] texts;

    private ClassReferences(DataInputStream in) throws IOException {
        if (in.readInt() != 0xcafebabe) {
            throw new IOException("no class file");
        }
        in.readInt();
        int count = in.readUnsignedShort();
        tags = new int[count];
        first = new int[count];
        second = new int[count];
        texts = new String[count];
        for (int i = 1; i < count; i++) {
            tags[i] = in.readUnsignedByte();
            constant(in, i);
            if (tags[i] == LONG || tags[i] == DOUBLE) {
                i++;
            }
        }
    }

    private void constant(DataInputStream in, int place) throws IOException {
        switch (tags[place]) {
            case UTF8:
                texts[place] = in.readUTF();
                break;
            case CLASS:
            case STRING:
            case METHOD_TYPE:
            case MODULE:
            case PACKAGE:
                first[place] = in.readUnsignedShort();
                break;
            case METHOD_HANDLE:
                in.skipBytes(3);
                break;
            case LONG:
            case DOUBLE:
                in.readLong();
                break;
            case FIELD:
            case METHOD:
            case INTERFACE_METHOD:
            case NAME_AND_TYPE:
            case DYNAMIC:
            case INVOKE_DYNAMIC:
                first[place] = in.readUnsignedShort();
                second[place] = in.readUnsignedShort();
                break;
            default:
                in.readInt();
                break;
        }
    }

    /** All of them, in the order of the file. */
    static List<Reference> of(byte[] classFile) throws IOException {
        ClassReferences pool = new ClassReferences(new DataInputStream(new ByteArrayInputStream(classFile)));
        List<Reference> references = new ArrayList<>();
        for (int i = 0; i < pool.tags.length; i++) {
            int tag = pool.tags[i];
            if (tag == CLASS) {
                references.add(new Reference(pool.texts[pool.first[i]], null, ""));
            } else if (tag == FIELD || tag == METHOD || tag == INTERFACE_METHOD) {
                int name = pool.second[i];
                references.add(new Reference(pool.texts[pool.first[pool.first[i]]], pool.texts[pool.first[name]],
                        pool.texts[pool.second[name]]));
            }
        }
        return references;
    }
}
