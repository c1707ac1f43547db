"""Writes src/aws/wire/constraints/<service>.json from the service models that botocore ships.

The schemas of the AWS SDK for JavaScript carry no bounds, patterns, enum values or widths of
numbers; these tables add them. Only what an operation's input can reach is kept. Keys are
`Structure.member`, then `[]` for a list element, `{}` for a map value and `{k}` for a map key.

Usage: python3 tools/make-constraints.py [FOLDER]

Run it again after an upgrade of the SDK and review the difference: a changed bound is a changed
contract.
"""
import json
import pathlib
import sys

import botocore.session

SERVICES = ["logs", "cloudwatch", "sns", "cloudtrail", "sts", "sqs"]
WIDTHS = {"integer": "i", "long": "l", "float": "f", "double": "d"}
# AWS lists enum values in an order of its own; where it was recorded, messages follow it.
RECORDED_ORDER = [["INSUFFICIENT_DATA", "ALARM", "OK"]]
# AWS takes more than its own model says: system attributes of messages, by the older member.
TOO_NARROW = {"ReceiveMessageRequest.AttributeNames[]"}
# The same for part of a rule: a metric filter was recorded to publish in the namespace `A.B-c_d/1#2:x`.
WIDER = {
    f"{structure}.{member}": {"pattern": "[^*$]*"}
    for structure in ("MetricTransformation", "DescribeMetricFiltersRequest")
    for member in ("metricName", "metricNamespace")
}
DEFAULT_FOLDER = pathlib.Path(__file__).resolve().parent.parent / "src/aws/wire/constraints"


def constraint(shape):
    found = {key: shape[key] for key in ("min", "max", "pattern", "enum") if key in shape}
    for order in RECORDED_ORDER:
        if sorted(found.get("enum", [])) == sorted(order):
            found["enum"] = order
    if shape["type"] in WIDTHS:
        found["num"] = WIDTHS[shape["type"]]
    return found


class Table:
    """The constraints of one service, collected from its operations' inputs."""

    def __init__(self, model):
        self.shapes = model["shapes"]
        self.rows = {}
        self.seen = set()
        for operation in model["operations"].values():
            if "input" in operation:
                self.structure(operation["input"]["shape"])

    def structure(self, name):
        if name in self.seen:
            return
        self.seen.add(name)
        for member, target in self.shapes[name].get("members", {}).items():
            self.follow(target["shape"], f"{name}.{member}")

    def follow(self, name, key):
        shape = self.shapes[name]
        self.add(key, shape)
        if shape["type"] == "structure":
            self.structure(name)
        elif shape["type"] == "list":
            self.follow(shape["member"]["shape"], key + "[]")
        elif shape["type"] == "map":
            self.add(key + "{k}", self.shapes[shape["key"]["shape"]])
            self.follow(shape["value"]["shape"], key + "{}")

    def add(self, key, shape):
        found = constraint(shape)
        if found and key not in TOO_NARROW:
            self.rows[key] = found | WIDER.get(key, {})

    def text(self):
        lines = [f"{json.dumps(key)}:{json.dumps(row, separators=(',', ':'))}" for key, row in sorted(self.rows.items())]
        return "{" + ",\n".join(lines) + "}\n"


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    session = botocore.session.get_session()
    loader = session.get_component("data_loader")
    for service in SERVICES:
        table = Table(loader.load_service_model(service, "service-2"))
        (folder / f"{service}.json").write_text(table.text())
        print(f"{service}: {len(table.rows)} constraints")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FOLDER)
