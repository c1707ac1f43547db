"""Makes the JSON Schemas that forwards in OCSF are tested against from their published source.

usage: make-forward-schemas.py OCSF
  OCSF  the OCSF schema 1.8.0 as its own compiler writes it (ocsf/ocsf-schema, ocsf/ocsf-schema-compiler)
"""
import importlib.util
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
OUT = HERE.parent / 'test/data/forward/ocsf.schema.json'
CLASSES = ('base_event', 'authentication', 'api_activity', 'detection_finding')

spec = importlib.util.spec_from_file_location('reports', HERE / 'make-report-schemas.py')
reports = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reports)

source = json.load(open(sys.argv[1]))
structure, definitions = reports.ocsf_structures(source)
classes = {str(source['classes'][name]['uid']): structure(source['classes'][name]) for name in CLASSES}
schema = {'$id': f'ocsf-{source["version"]}', 'version': source['version'], 'classes': classes, '$defs': definitions}
OUT.write_text(json.dumps(schema, separators=(',', ':'), sort_keys=True) + '\n')
