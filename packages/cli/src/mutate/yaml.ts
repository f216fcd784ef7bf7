/** A value as YAML on one line, with quotes only if YAML needs them. */
export function yamlFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yamlFlow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    if (entries.length === 0) return '{}';
    return `{ ${entries.map(([key, inner]) => `${scalar(key)}: ${yamlFlow(inner)}`).join(', ')} }`;
  }
  return typeof value === 'string' ? scalar(value) : JSON.stringify(value);
}

/** Also quotes texts that some readers read as something else: `no`, `1_000`, `2026-01-01`. */
function scalar(text: string): string {
  const isPlain = /^[A-Za-z_][\w.@/-]*$/.test(text);
  const isWord = /^(?:true|false|yes|no|on|off|y|n|null|nan|inf)$/i.test(text);
  return isPlain && !isWord ? text : JSON.stringify(text);
}
