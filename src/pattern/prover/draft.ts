/** A JSON value in the making, which keeps numbers as they are to be written. */
export type Draft =
  | { readonly kind: 'scalar'; readonly json: string }
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, Draft> }
  | { readonly kind: 'array'; readonly items: readonly Draft[] };

export const scalar = (json: string): Draft => ({ kind: 'scalar', json });
export const object = (members: Iterable<readonly [string, Draft]>): Draft => ({
  kind: 'object',
  members: new Map(members),
});
export const array = (items: readonly Draft[]): Draft => ({ kind: 'array', items });

export function writeDraft(draft: Draft): string {
  switch (draft.kind) {
    case 'scalar':
      return draft.json;
    case 'array':
      return `[${draft.items.map(writeDraft).join(',')}]`;
    case 'object':
      return `{${[...draft.members].map(([name, value]) => `${JSON.stringify(name)}:${writeDraft(value)}`).join(',')}}`;
  }
}
