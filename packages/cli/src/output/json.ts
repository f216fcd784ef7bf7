/**
 * What a command prints with `--json`: one document whose `version` is 1, and rises when a field changes its meaning or
 * goes; fields may be added. docs/schemas has a JSON Schema for each command.
 */
export function jsonDocument(report: object): string {
  return `${JSON.stringify({ version: 1, ...report }, undefined, 2)}\n`;
}
