/** The longest text, in UTF-16 units. */
export const maxTextLength = 1_000_000;

/** The most tokens of YAML or JSON: 10,000 short claims take 240,000. */
export const maxTokens = 400_000;

/** How deep mappings and lists may nest. */
export const maxDepth = 50;

/** How many values may come from aliases, counting each use. */
export const maxAliasedValues = 10_000;

/** How many values a TypeScript spec may hold. */
export const maxValues = 200_000;

/** The most findings for one file; nobody would read more. */
export const maxFindings = 1_000;
