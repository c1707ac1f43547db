import type { Shape } from './shape.ts';
import { base64FromBytes, isoFromDate } from './text-values.ts';

/** The members of a structure as XML elements, in the order of the schema. */
export function toXml(shape: Shape, value: object): string {
  let out = '';
  for (const { name, tag, shape: inner } of shape.members) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined && member !== null) out += memberXml(tag, inner, member);
  }
  return out;
}

function memberXml(tag: string, shape: Shape, value: unknown): string {
  switch (shape.kind) {
    case 'list': {
      let body = '';
      for (const item of value as readonly unknown[]) {
        if (item === undefined || item === null) continue;
        body += memberXml(shape.flat ? tag : shape.itemTag, shape.item!, item);
      }
      return shape.flat ? body : element(tag, body);
    }
    case 'map': {
      let body = '';
      for (const [key, item] of Object.entries(value as object)) {
        if (item === undefined || item === null) continue;
        const entry = element(shape.keyTag, escapeXml(key)) + memberXml(shape.valueTag, shape.item!, item);
        body += element(shape.flat ? tag : 'entry', entry);
      }
      return shape.flat ? body : element(tag, body);
    }
    case 'struct':
      return element(tag, toXml(shape, value as object));
    case 'blob':
      return element(tag, base64FromBytes(value as Uint8Array));
    case 'timestamp':
      return element(tag, isoFromDate(value as Date));
    case 'document':
      return element(tag, escapeXml(JSON.stringify(value)));
    default:
      return element(tag, escapeXml(String(value)));
  }
}

/** One element around finished XML. */
export const element = (tag: string, body: string, attributes = ''): string =>
  body === '' ? `<${tag}${attributes}/>` : `<${tag}${attributes}>${body}</${tag}>`;

const SPECIAL = /[&<>"'\r\u0085\u2028]|[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu;

/**
 * Text for an element. Carriage returns and the Unicode line ends are written as references, or
 * parsers turn them into line feeds; what XML 1.0 cannot carry at all becomes U+FFFD.
 */
export function escapeXml(text: string): string {
  return text.replace(SPECIAL, (char) => {
    switch (char) {
      case '&':
        return '&amp;';
      case '<':
        return '&lt;';
      case '>':
        return '&gt;';
      case '"':
        return '&quot;';
      case "'":
        return '&apos;';
      case '\r':
      case '\u0085':
      case '\u2028':
        return `&#x${char.charCodeAt(0).toString(16)};`;
      default:
        return '\ufffd';
    }
  });
}
