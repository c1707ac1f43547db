"""Makes the JSON Schemas that the audit's OCSF and ASFF reports are tested against from their published sources.

usage: make-report-schemas.py OCSF SECURITYHUB
  OCSF         the OCSF schema 1.5.0 as its own compiler writes it (ocsf/ocsf-schema, ocsf/ocsf-schema-compiler)
  SECURITYHUB  service-2.json of botocore's securityhub model (boto/botocore)
Nothing is added: what the sources require, enumerate and bound is written as JSON Schema.
"""
import json
import pathlib
import sys

OUT = pathlib.Path(__file__).parent.parent / 'test/data/audit/schemas'
CLASS = 'compliance_finding'
PROFILES = {'cloud'}
JSON_TYPES = {'string_t': 'string', 'integer_t': 'integer', 'long_t': 'integer', 'float_t': 'number', 'boolean_t': 'boolean'}


def ocsf_structures(source):
    """The function that writes an item of OCSF as JSON Schema, and the definitions that it fills on the way."""
    types = source['dictionary']['types']['attributes']
    definitions = {}

    def value(attribute):
        kind = attribute['type']
        if kind == 'object_t':
            return reference(attribute['object_type'])
        if kind == 'json_t':
            return {}
        schema = simple(kind)
        if 'enum' in attribute:
            keys = list(attribute['enum'])
            schema['enum'] = [int(key) for key in keys] if schema['type'] == 'integer' else keys
        return schema

    def simple(kind):
        known = types[kind]
        schema = {'type': JSON_TYPES[known.get('type', kind)]}
        if 'regex' in known:
            schema['pattern'] = known['regex']
        if 'max_len' in known:
            schema['maxLength'] = known['max_len']
        if 'range' in known:
            schema['minimum'], schema['maximum'] = known['range']
        return schema

    def reference(name):
        if name == 'object':
            return {'type': 'object'}
        if name not in definitions:
            definitions[name] = {}
            definitions[name].update(structure(source['objects'][name]))
        return {'$ref': f'#/$defs/{name}'}

    def structure(item):
        properties, required = {}, []
        for name, attribute in sorted(item['attributes'].items()):
            profiles = attribute.get('profiles')
            if profiles and not PROFILES.intersection(profiles):
                continue
            schema = value(attribute)
            properties[name] = {'type': 'array', 'items': schema} if attribute.get('is_array') else schema
            if attribute['requirement'] == 'required':
                required.append(name)
        schema = {'type': 'object', 'properties': properties, 'additionalProperties': False}
        if required:
            schema['required'] = required
        constraints = item.get('constraints', {})
        if 'at_least_one' in constraints:
            schema['anyOf'] = [{'required': [name]} for name in constraints['at_least_one']]
        if 'just_one' in constraints:
            schema['oneOf'] = [{'required': [name]} for name in constraints['just_one']]
        return schema

    return structure, definitions


def ocsf(source):
    structure, definitions = ocsf_structures(source)
    root = structure(source['classes'][CLASS])
    return {'$schema': 'http://json-schema.org/draft-07/schema#', '$id': f'ocsf-{source["version"]}-{CLASS}', **root, '$defs': definitions}


def asff(model):
    shapes, definitions = model['shapes'], {}

    def reference(name):
        if name not in definitions:
            definitions[name] = {}
            definitions[name].update(shape(shapes[name]))
        return {'$ref': f'#/$defs/{name}'}

    def shape(given):
        kind = given['type']
        if kind == 'structure':
            members = {key: reference(member['shape']) for key, member in sorted(given['members'].items())}
            schema = {'type': 'object', 'properties': members, 'additionalProperties': False}
            if given.get('required'):
                schema['required'] = given['required']
            return schema
        if kind == 'list':
            return bounded({'type': 'array', 'items': reference(given['member']['shape'])}, given, 'Items')
        if kind == 'map':
            return {'type': 'object', 'additionalProperties': reference(given['value']['shape'])}
        if kind == 'string':
            schema = bounded({'type': 'string'}, given, 'Length')
            if 'enum' in given:
                schema['enum'] = given['enum']
            if 'pattern' in given:
                schema['pattern'] = given['pattern']
            return schema
        if kind == 'timestamp':
            return {'type': 'string', 'format': 'date-time'}
        schema = {'type': {'integer': 'integer', 'long': 'integer', 'double': 'number', 'float': 'number', 'boolean': 'boolean'}[kind]}
        return bounded(schema, given, None)

    def bounded(schema, given, what):
        for side in ('min', 'max'):
            if side in given:
                key = f'{side}imum' if what is None else f'{side}{what}'
                schema[key] = given[side]
        return schema

    root = reference('BatchImportFindingsRequest')
    return {'$schema': 'http://json-schema.org/draft-07/schema#', '$id': 'asff-batch-import-findings', **root, '$defs': definitions}


def write(name, schema):
    (OUT / name).write_text(json.dumps(schema, separators=(',', ':'), sort_keys=True) + '\n')


if __name__ == '__main__':
    write('ocsf-compliance-finding.schema.json', ocsf(json.load(open(sys.argv[1]))))
    write('asff.schema.json', asff(json.load(open(sys.argv[2]))))
