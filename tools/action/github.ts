/** A stand-in for the part of GitHub's REST API about comments of one pull request. It is not GitHub. */
import { type StandIn, startStandIn } from '../stand-ins/server.ts';

export interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string; readonly type: 'Bot' | 'User' };
}

export interface GitHub extends StandIn {
  readonly comments: Comment[];
  /** The permission that the token has. */
  mayWrite: boolean;
}

const bot = { login: 'github-actions[bot]', type: 'Bot' } as const;
const bodyLimit = 65_536;

export async function startGitHub(token: string, pullRequest: number): Promise<GitHub> {
  const comments: Comment[] = [];
  const list = `/repos/acme/specs/issues/${pullRequest}/comments`;
  const one = /^\/repos\/acme\/specs\/issues\/comments\/(\d+)$/;
  const standIn = await startStandIn(({ method, path, query, headers, body }) => {
    if (headers.authorization !== `Bearer ${token}`)
      return { status: 401, body: { message: 'Bad credentials' } };
    const text = Object(body).body;
    if (method === 'GET' && path === list) {
      const size = Number(query.get('per_page') ?? 30);
      const page = Number(query.get('page') ?? 1);
      return { status: 200, body: comments.slice((page - 1) * size, page * size) };
    }
    if (!github.mayWrite) return { status: 403, body: { message: 'Resource not accessible by integration' } };
    if (typeof text !== 'string' || text.length > bodyLimit)
      return { status: 422, body: { message: 'too long' } };
    if (method === 'POST' && path === list) {
      const comment = { id: comments.length + 1, body: text, user: bot };
      comments.push(comment);
      return { status: 201, body: comment };
    }
    const comment = comments.find(({ id }) => method === 'PATCH' && id === Number(one.exec(path)?.[1]));
    if (comment === undefined) return { status: 404, body: { message: 'Not Found' } };
    if (comment.user.type === 'User') return { status: 403, body: { message: 'not yours' } };
    comment.body = text;
    return { status: 200, body: comment };
  });
  const github = Object.assign(standIn, { comments, mayWrite: true });
  return github;
}
