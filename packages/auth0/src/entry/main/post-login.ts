import { evaluate, type Program } from '@claimsmith/runtime';
import type { PostLoginEvent } from '../../context.ts';
import type { PostLoginApi } from '../api.ts';
import { type PostLoginOptions, postLogin } from '../post-login.ts';

// What `compile` writes before this text.
declare const program: Program;
declare const options: PostLoginOptions;

export const onExecutePostLogin = async (event: PostLoginEvent, api: PostLoginApi) => {
  await postLogin(event, api, options, async (context) => evaluate(program, context));
};
