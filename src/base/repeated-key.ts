/**
 * The path of the first key that stands twice in the same object of a JSON text, such as `forwards.siem`: of the two, a
 * parser silently takes the last. The text must be valid JSON.
 */
export function repeatedKey(json: string): string | undefined {
  const open: { readonly keys: Set<string> | undefined; at: string }[] = [];
  let last = '';
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/gs)) {
    const inner = open.at(-1);
    if (token === '{') open.push({ keys: new Set(), at: '' });
    else if (token === '[') open.push({ keys: undefined, at: '[]' });
    else if (token === '}' || token === ']') open.pop();
    else if (token !== ':') last = token;
    else if (inner?.keys) {
      inner.at = JSON.parse(last) as string;
      if (inner.keys.has(inner.at)) return open.map(({ at }) => at).join('.');
      inner.keys.add(inner.at);
    }
  }
  return undefined;
}
