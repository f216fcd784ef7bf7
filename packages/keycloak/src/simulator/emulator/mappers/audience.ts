import type { Draft } from '../draft.ts';
import type { Mapper } from '../mapper.ts';

/** Adds to the audience, a client's id before a text of one's own. */
export const audience: Mapper = {
  priority: 0,
  kinds: ['access', 'id', 'introspection'],
  write(draft, config) {
    const added = config['included.client.audience'] || config['included.custom.audience'];
    if (added) addAudience(draft, added);
  },
};

function addAudience({ fields }: Draft, added: string): void {
  const before = fields.get('aud');
  const list = Array.isArray(before) ? before : [];
  if (!list.includes(added)) fields.set('aud', [...list, added]);
}
