"""Makes the calls that come as JSON on standard input and writes what came of each as JSON lines.

Usage: python3 botocore-calls.py ENDPOINT < cases.json

A case names service, protocol, operation, input and the output that the server will answer. Members
that botocore's model does not have are dropped from both. Bytes and times are wrapped in one-key
objects, `$bytes` (hexadecimal) and `$date` (milliseconds).
"""
import datetime
import json
import sys

import botocore.args
import botocore.model
import botocore.session
import botocore.utils
from botocore.config import Config

UNSIGNED = {"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"}


def client_for(endpoint, service, protocol):
    """A client that is made to speak one protocol, where its service has several."""
    for module in (botocore.utils, botocore.model, botocore.args):
        module.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = (protocol,)
    client = botocore.session.Session().create_client(
        service,
        region_name="eu-west-1",
        endpoint_url=endpoint,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        config=Config(retries={"max_attempts": 0}, parameter_validation=False, inject_host_prefix=False),
    )
    assert client.meta.service_model.resolved_protocol == protocol
    return client


def known(value, shape, leaf):
    """The part of `value` that `shape` knows, its leaves converted."""
    kind = shape.type_name
    if kind == "structure" and not getattr(shape, "is_document_type", False):
        pairs = ((name, known(item, shape.members[name], leaf)) for name, item in value.items() if name in shape.members)
        return {name: item for name, item in pairs if item not in ({}, [])}
    if kind == "list":
        items = (known(item, shape.member, leaf) for item in value)
        return [item for item in items if item not in ({}, [])]
    if kind == "map":
        return {name: known(item, shape.value, leaf) for name, item in value.items()}
    return leaf(value, kind)


def to_python(protocol):
    def leaf(value, kind):
        if kind == "blob":
            return bytes.fromhex(value["$bytes"])
        if kind == "timestamp":
            # botocore itself cuts timestamps to whole seconds in JSON and CBOR.
            moment = value["$date"] / 1000 if protocol == "query" else value["$date"] // 1000
            return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc)
        return value

    return leaf


def to_json(value, kind):
    if kind == "blob":
        return {"$bytes": bytes(value).hex()}
    if kind == "timestamp":
        return {"$date": round(value.timestamp() * 1000)}
    return value


def unchanged(value, kind):
    return value


def main(endpoint):
    clients = {}
    for number, case in enumerate(json.load(sys.stdin)):
        key = (case["service"], case["protocol"])
        if key not in clients:
            clients[key] = client_for(endpoint, *key)
        client = clients[key]
        model = client.meta.service_model
        if case["operation"] not in model.operation_names or case["operation"] in UNSIGNED:
            continue
        operation = model.operation_model(case["operation"])
        given, answered = operation.input_shape, operation.output_shape
        params = known(case["input"], given, to_python(case["protocol"])) if given else {}
        client.meta.events.register_first("before-call", lambda params, n=number, **_: params["headers"].update({"x-case": str(n)}), unique_id="case")
        try:
            got = getattr(client, botocore.xform_name(case["operation"]))(**params)
        except Exception as error:
            print(json.dumps({"case": number, "error": repr(error)}), flush=True)
            continue
        finally:
            client.meta.events.unregister("before-call", unique_id="case")
        print(
            json.dumps(
                {
                    "case": number,
                    "sent": known(params, given, to_json) if given else {},
                    "expected": known(case["output"], answered, unchanged) if answered else {},
                    "got": known({k: v for k, v in got.items() if k != "ResponseMetadata"}, answered, to_json) if answered else {},
                }
            ),
            flush=True,
        )


main(sys.argv[1])
