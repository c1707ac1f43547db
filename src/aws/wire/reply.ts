import { cborLeaf, writeCbor } from './cbor.ts';
import type { Failure } from './failure.ts';
import { jsonLeaf } from './json.ts';
import type { WireReply } from './request.ts';
import type { Operation, Protocol, Service } from './service.ts';
import { type LeafWriter, toTree } from './write-tree.ts';
import { element, escapeXml, toXml } from './xml.ts';

/** The reply to an operation that was done. */
export function successReply(
  protocol: Protocol,
  service: Service,
  operation: Operation,
  output: object,
  requestId: string,
): WireReply {
  if (protocol !== 'query')
    return treeReply(protocol, 200, toTree(operation.output, output, leafOf(protocol)), requestId);
  const result = operation.output.unit ? '' : element(`${operation.name}Result`, toXml(operation.output, output));
  const metadata = element('ResponseMetadata', element('RequestId', requestId));
  return xmlReply(200, element(`${operation.name}Response`, result + metadata, namespaceOf(service)), requestId);
}

/** The reply to a request that was refused or failed. */
export function failureReply(
  protocol: Protocol,
  service: Service | undefined,
  failure: Failure,
  requestId: string,
): WireReply {
  if (protocol === 'query') return xmlFailure(service, failure, requestId);
  const { name, namespace, message, shape, detail } = failure;
  const messageMember = shape?.messageMember ?? 'message';
  // A few shapes declare no message member, yet clients look for one.
  const tree = shape
    ? {
        [messageMember]: message,
        ...(toTree(shape.shape, { ...detail, [messageMember]: message }, leafOf(protocol)) as object),
      }
    : { message };
  const type = protocol === 'json1.1' ? name : `${namespace}#${name}`;
  const headers = service?.queryCompatible ? { 'x-amzn-query-error': `${failure.queryCode};${failure.fault}` } : {};
  return treeReply(protocol, failure.status, { __type: type, ...tree }, requestId, headers);
}

function xmlFailure(service: Service | undefined, failure: Failure, requestId: string): WireReply {
  const { shape } = failure;
  const further = shape ? toXml(shape.shape, { ...failure.detail, [shape.messageMember]: undefined }) : '';
  const error = element(
    'Error',
    element('Type', failure.fault) +
      element('Code', escapeXml(failure.queryCode)) +
      element('Message', escapeXml(failure.message)) +
      further,
  );
  const body = element('ErrorResponse', error + element('RequestId', requestId), namespaceOf(service));
  return xmlReply(failure.status, body, requestId);
}

const namespaceOf = (service: Service | undefined): string => (service ? ` xmlns="${service.xmlNamespace}"` : '');

const leafOf = (protocol: Protocol): LeafWriter => (protocol === 'cbor' ? cborLeaf : jsonLeaf);

function treeReply(
  protocol: Protocol,
  status: number,
  tree: unknown,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): WireReply {
  if (protocol === 'cbor') {
    return {
      status,
      headers: {
        'content-type': 'application/cbor',
        'smithy-protocol': 'rpc-v2-cbor',
        'x-amzn-requestid': requestId,
        ...headers,
      },
      body: writeCbor(tree),
    };
  }
  return {
    status,
    headers: {
      'content-type': `application/x-amz-${protocol.replace('json', 'json-')}`,
      'x-amzn-requestid': requestId,
      ...headers,
    },
    body: JSON.stringify(tree),
  };
}

const xmlReply = (status: number, body: string, requestId: string): WireReply => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
  body,
});
