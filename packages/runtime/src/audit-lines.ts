/**
 * A record as lines of JSON. One that does not fit a line is split: each part has the first two members, and lists and maps
 * that are too long for a line go on in the next part. A single text that is too long is not cut.
 *
 * @param members of {@link auditMembers}
 * @param limit the most characters of a line
 */
export function auditLines([policy, id, ...members]: readonly string[], limit: number): string[] {
  const head = `{${policy}${id}`;
  const room = limit - head.length - ',"part":"99/99"}'.length;
  const bodies: string[] = [];
  let body = '';
  for (const text of members.flatMap((member) => (member.length > room ? cut(member, room) : member))) {
    if (body !== '' && body.length + text.length > room) {
      bodies.push(body);
      body = '';
    }
    body += text;
  }
  bodies.push(body);
  const { length } = bodies;
  return bodies.map((text, i) => `${head}${length > 1 ? `,"part":"${i + 1}/${length}"` : ''}${text}}`);
}

/** A list or a map as several, each as long as the room allows. */
function cut(member: string, room: number): readonly string[] {
  const [, begin, inside, end] = /^(,"\w+":[[{])(.*)(.)$/s.exec(member) ?? [];
  if (begin === undefined || inside === undefined) return [member];
  const parts: string[] = [];
  let part = '';
  // In JSON, a comma before a quote is in front of an element, or the last character of a text.
  for (const element of inside.split(/,(?="[^,:\]}])/)) {
    if (part !== '' && begin.length + part.length + element.length + 2 > room) {
      parts.push(begin + part + end);
      part = '';
    }
    part += part === '' ? element : `,${element}`;
  }
  return [...parts, begin + part + end];
}
