"""Whether each line of the standard input satisfies its class of the OCSF schema.

Prints one JSON object: how many lines each class has, and what is wrong with which line.
"""

import json
import sys
from collections import Counter

from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema


def main():
    validators = {}
    classes = Counter()
    faults = []
    for number, line in enumerate(sys.stdin, 1):
        event = json.loads(line)
        version, uid = event["metadata"]["version"], event["class_uid"]
        if (version, uid) not in validators:
            schemas = OcsfJsonSchemaEmbedded(get_ocsf_schema(version))
            names = {6003: "api_activity", 3002: "authentication", 0: "base_event"}
            validators[version, uid] = Draft202012Validator(schemas.get_class_schema(names[uid]))
        classes[event["class_name"]] += 1
        for fault in validators[version, uid].iter_errors(event):
            faults.append({"line": number, "at": list(fault.path), "fault": fault.message[:300]})
        if event["type_uid"] != event["class_uid"] * 100 + event["activity_id"]:
            faults.append({"line": number, "fault": "type_uid is not class_uid * 100 + activity_id"})
    print(json.dumps({"classes": classes, "faults": faults}))


main()
