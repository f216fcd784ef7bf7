import type { Plugin } from 'esbuild';

/** Nothing here uses another language of zod's messages, and fifty of them cost as much as the rest of zod. */
export const zodInEnglish: Plugin = {
  name: 'zod-in-english',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js';`,
    }));
  },
};
