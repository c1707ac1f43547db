import { nearest } from '../../../base/nearest.ts';

/** Characters of a template's JSON. */
const LONGEST = 16_384;
const DEEPEST = 32;
const PLACE = /\{\{\s*([A-Za-z.]{1,64})\s*\}\}/g;

/**
 * Fills a JSON template: in every string `{{alarm.name}}` becomes that member of `document`. A string that is
 * nothing but one place becomes the member itself, a list or a number too. What is put in stays within its
 * string, whatever it holds: the whole is written as JSON afterwards.
 *
 * @example fillTemplate({ msg: 'Bell: {{headline}}', n: '{{total}}' }, document)
 */
export function fillTemplate(template: unknown, document: object): unknown {
  if (typeof template === 'string') {
    const [whole, only] = /^\{\{\s*([A-Za-z.]{1,64})\s*\}\}$/.exec(template) ?? [];
    if (whole !== undefined && only !== undefined) return memberOf(document, only);
    return template.replace(PLACE, (_, path: string) => textOf(memberOf(document, path)));
  }
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, document));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, fillTemplate(value, document)]));
}

/**
 * Why a template cannot be used, in a sentence; undefined for a good one.
 * @param document an example of what fills it
 */
export function templateProblem(template: unknown, document: object): string | undefined {
  if (typeof template !== 'object' || template === null || Array.isArray(template))
    return 'a template is a JSON object';
  const text = JSON.stringify(template);
  if (text.length > LONGEST) return `a template has at most ${LONGEST} characters`;
  if (depthOf(text) > DEEPEST) return `a template has at most ${DEEPEST} levels`;
  const known = pathsOf(document);
  for (const [place, path = ''] of text.matchAll(PLACE)) {
    if (known.includes(path)) continue;
    const near = nearest(path, known);
    return `${place} is nothing that a message has${near ? `; did you mean {{${near}}}?` : `; it has ${known.join(', ')}`}`;
  }
  return undefined;
}

function memberOf(document: object, path: string): unknown {
  let value: unknown = document;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return '';
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** Lists of sentences stand a line each; anything else that is no text as its JSON. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const sentences = Array.isArray(value) && value.every((item) => typeof item === 'string');
  return sentences ? value.join('\n') : JSON.stringify(value);
}

const pathsOf = (document: object): string[] =>
  Object.entries(document).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [name, ...pathsOf(value).map((path) => `${name}.${path}`)]
      : [name],
  );

/** Brackets inside strings count too, which only makes the rule stricter. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const sign of json) {
    if (sign === '{' || sign === '[') deepest = Math.max(deepest, ++depth);
    else if (sign === '}' || sign === ']') depth -= 1;
  }
  return deepest;
}
