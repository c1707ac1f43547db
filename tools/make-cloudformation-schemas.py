"""Makes the JSON Schemas that the CloudFormation templates of `trailbell repair` are tested against.

usage: make-cloudformation-schemas.py
Takes AWS's resource provider schemas of us-east-1 from the installed cfn-lint (aws-cloudformation/cfn-lint, MIT-0) and
keeps what JSON Schema understands: properties, what is required, enumerated and bounded.
"""
import importlib.metadata
import json
import pathlib

import cfnlint
from cfnlint.data.schemas.providers import us_east_1

OUT = pathlib.Path(__file__).parent.parent / 'test/data/audit/schemas/cloudformation.schema.json'
TYPES = (
    'AWS::CloudTrail::Trail',
    'AWS::CloudWatch::Alarm',
    'AWS::Logs::LogGroup',
    'AWS::Logs::MetricFilter',
    'AWS::SNS::Subscription',
    'AWS::SNS::Topic',
)
KEPT = {'additionalProperties', 'definitions', 'properties', 'required', 'readOnlyProperties'}
# Formats of the tool's own, and members that say nothing about values.
DROPPED = {'format', 'insertionOrder', 'relationshipRef', 'arrayType', 'description', 'examples'}


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if not (key in DROPPED and not isinstance(item, dict))}
    if isinstance(value, list):
        return [plain(item) for item in value]
    # Python's end of a text.
    return value.removesuffix('\\Z') + '$' if isinstance(value, str) and value.endswith('\\Z') else value


def schema(name):
    folder = pathlib.Path(cfnlint.__file__).parent / 'data/schemas/resources'
    source = json.loads((folder / f'{us_east_1.types[name]}.json').read_text())
    kept = plain({key: value for key, value in source.items() if key in KEPT})
    # What only AWS sets is no property of a template.
    for path in kept.pop('readOnlyProperties', []):
        kept['properties'].pop(path.removeprefix('/properties/'), None)
    return kept


OUT.write_text(
    json.dumps(
        {'$comment': f"From cfn-lint {importlib.metadata.version('cfn-lint')}", **{name: schema(name) for name in TYPES}},
        indent=1,
        sort_keys=True,
    )
    + '\n'
)
