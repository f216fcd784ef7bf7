/**
 * The text that a template of Terraform stands for. It throws if the template has an expression or a directive.
 *
 * @see https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#templates
 */
export function templateText(template: string): string {
  let text = '';
  for (let at = 0; at < template.length; ) {
    const three = template.slice(at, at + 3);
    if (three === '$${' || three === '%%{') {
      text += three.slice(1);
      at += 3;
      continue;
    }
    const two = three.slice(0, 2);
    if (two === '${' || two === '%{') throw new Error(`${JSON.stringify(template)} is not a plain text`);
    text += template[at];
    at += 1;
  }
  return text;
}
