import { Refusal } from '../../base/refusal.ts';
import { parseTrailArn, trailArn } from '../../chain/trails/trail.ts';
import { findTrail, setTags } from '../../chain/trails/trails.ts';
import type { Store } from '../../store/store.ts';
import type { CloudTrailHandlers } from '../wire/handlers.ts';
import { trailToRead } from './name-trail.ts';

interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

const MOST_TAGS = 50;
const MOST_RESOURCES = 20;

/** `before` with `tags` added, checked as AWS documents. */
export function mergedTags(tags: readonly Tag[], before: ReadonlyMap<string, string> = new Map()): Map<string, string> {
  const merged = new Map(before);
  const seen = new Set<string>();
  for (const { Key = '', Value = '' } of tags) {
    if (Key === '' || Key.length > 128 || Value.length > 256) {
      throw invalidTag('A tag key has 1 to 128 characters, its value at most 256.');
    }
    if (/^aws:/i.test(Key)) throw invalidTag('Tag keys that begin with aws: are reserved.');
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(Key + Value)) {
      throw invalidTag('A tag may hold letters, digits, blanks and _.:/=+-@ only.');
    }
    if (seen.has(Key)) throw invalidTag(`The tag key ${Key} is given twice.`);
    seen.add(Key);
    merged.set(Key, Value);
  }
  if (merged.size > MOST_TAGS) {
    throw new Refusal('TagsLimitExceededException', `A trail can have no more than ${MOST_TAGS} tags.`);
  }
  return merged;
}

const invalidTag = (message: string): Refusal => new Refusal('InvalidTagParameterException', message);

export function tagHandlers(store: Store): Pick<CloudTrailHandlers, 'AddTags' | 'RemoveTags' | 'ListTags'> {
  return {
    async AddTags({ ResourceId, TagsList }, { scope }) {
      await store.write(async (tx) => {
        const trail = await taggedTrail(tx.db, ResourceId, scope.account);
        await setTags(tx, trail, mergedTags(TagsList, trail.tags));
      });
      return {};
    },

    async RemoveTags({ ResourceId, TagsList }, { scope }) {
      await store.write(async (tx) => {
        const trail = await taggedTrail(tx.db, ResourceId, scope.account);
        const left = new Map(trail.tags);
        for (const { Key } of TagsList) if (Key !== undefined) left.delete(Key);
        await setTags(tx, trail, left);
      });
      return {};
    },

    async ListTags({ ResourceIdList }, { scope }) {
      if (ResourceIdList.length > MOST_RESOURCES) {
        throw invalidTag(`No more than ${MOST_RESOURCES} resources can be asked for at a time.`);
      }
      const ResourceTagList = [];
      for (const id of ResourceIdList) {
        mustBeArn(id);
        const trail = await trailToRead(store.read, scope, id);
        const TagsList = [...trail.tags].map(([Key, Value]) => ({ Key, Value }));
        ResourceTagList.push({ ResourceId: trailArn(trail), TagsList });
      }
      return { ResourceTagList };
    },
  };
}

function mustBeArn(id: string) {
  const wanted = parseTrailArn(id);
  if (wanted) return wanted;
  throw new Refusal('CloudTrailARNInvalidException', `Only trails have tags here, named by their ARN: ${id} is none.`);
}

async function taggedTrail(db: Store['read'], id: string, account: string) {
  const wanted = mustBeArn(id);
  const trail = wanted.account === account ? await findTrail(db, wanted, wanted.name) : undefined;
  if (!trail) throw new Refusal('ResourceNotFoundException', `Unknown trail: ${id} for the user: ${account}`);
  return trail;
}
