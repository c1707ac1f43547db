"""Makes the table of ECS fields that forwards in ECS are tested against, from the schema's own generated file.

usage: make-ecs-fields.py ECS_FLAT VERSION
  ECS_FLAT  generated/ecs/ecs_flat.yml of elastic/ecs at the tag of VERSION
"""
import json
import pathlib
import sys

import yaml

OUT = pathlib.Path(__file__).parent.parent / 'test/data/forward/ecs-fields.json'


def field(source):
    made = {'type': source['type']}
    if 'array' in source.get('normalize', []):
        made['array'] = True
    allowed = source.get('allowed_values')
    if allowed:
        made['allowed'] = {one['name']: one.get('expected_event_types', []) for one in allowed}
    return made


fields = yaml.safe_load(pathlib.Path(sys.argv[1]).read_text())
table = {name: field(source) for name, source in sorted(fields.items())}
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({'version': sys.argv[2], 'fields': table}, separators=(',', ':')) + '\n')
