/**
 * The output of a command with `--json`: one document. Its `version` is 1, and rises when a field changes its meaning
 * or is removed; fields may be added. docs/schemas has a JSON Schema for each command.
 */
export function jsonDocument(report: object): string {
  return `${JSON.stringify({ version: 1, ...report }, undefined, 2)}\n`;
}
