import { cbor, dateToTag } from '@smithy/core/cbor';
import { decodeCbor, EpochTag } from './cbor-decode.ts';
import { cannot, jsonFormat } from './json.ts';
import type { Format } from './read-input.ts';
import { dateFromEpoch } from './text-values.ts';
import type { LeafWriter } from './write-tree.ts';

/** Reads a Smithy RPC v2 CBOR body; an empty one means an empty map. */
export const parseCbor = (body: Uint8Array): unknown => (body.byteLength === 0 ? {} : decodeCbor(body));

/** CBOR's tree differs from JSON's in its leaves only. */
export const cborFormat: Format = {
  ...jsonFormat,
  assertStruct(node) {
    if (node instanceof EpochTag) cannot(node, 'a Structure');
    jsonFormat.assertStruct(node);
  },
  entries(node, shape) {
    if (node instanceof EpochTag) cannot(node, 'a Map');
    return jsonFormat.entries(node, shape);
  },
  number: (node) => (typeof node === 'number' ? node : cannot(node, 'a Number')),
  blob: (node) => (node instanceof Uint8Array ? node : cannot(node, 'a Blob')),
  timestamp(node) {
    if (node instanceof EpochTag) return dateFromEpoch(node.seconds);
    return typeof node === 'number' ? dateFromEpoch(node) : cannot(node, 'a Timestamp');
  },
};

export const cborLeaf: LeafWriter = {
  blob: (bytes) => bytes,
  timestamp: (date) => dateToTag(date),
  number: (value) => value,
};

export const writeCbor = (tree: unknown): Uint8Array => cbor.serialize(tree);
