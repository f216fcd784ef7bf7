import type { HttpSource, Program } from '@claimsmith/runtime';
import type { PostLoginEvent } from '../../context.ts';
import type { PostLoginApi } from '../api.ts';
import { decideAsking } from '../ask.ts';
import { type PostLoginOptions, postLogin } from '../post-login.ts';

// What `compile` writes before this text.
declare const program: Program;
declare const options: PostLoginOptions;
declare const sources: Readonly<Record<string, HttpSource>>;

export const onExecutePostLogin = async (event: PostLoginEvent, api: PostLoginApi) => {
  await postLogin(event, api, options, (context) => decideAsking(program, sources, context, event, api));
};
