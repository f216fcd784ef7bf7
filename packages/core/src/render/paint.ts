/** Colours, as functions from text to text; a terminal program gives its own. */
export interface Paint {
  error(text: string): string;
  warning(text: string): string;
  info(text: string): string;
  /** Names and values in a sentence. */
  code(text: string): string;
  strong(text: string): string;
  dim(text: string): string;
}

const asIs = (text: string) => text;

/** No colours. */
export const plain: Paint = { error: asIs, warning: asIs, info: asIs, code: asIs, strong: asIs, dim: asIs };
