import { contentHash } from '../content-hash.ts';

/** An expression of Terraform's language, without `${` and `}` around it. */
export class TerraformExpression {
  readonly code: string;

  constructor(code: string) {
    this.code = code;
  }
}

/** What may stand in a `.tf.json` file. Texts are data: Terraform hands them on as they are. */
export type TerraformValue =
  | string
  | number
  | boolean
  | TerraformExpression
  | readonly TerraformValue[]
  | { readonly [key: string]: TerraformValue | undefined };

/** `var.name`, `okta_inline_hook.hook.id`: an expression. */
export function terraform(code: string): TerraformExpression {
  return new TerraformExpression(code);
}

/** A file beside the `.tf.json` files, as text. It works in a module too. */
export function terraformFile(path: string): TerraformExpression {
  return terraform(`file("\${path.module}/${path}")`);
}

/**
 * A `.tf.json` file.
 *
 * @see https://developer.hashicorp.com/terraform/language/syntax/json
 */
export function terraformJson(data: { readonly [key: string]: TerraformValue | undefined }): string {
  return `${JSON.stringify(written(data), undefined, 2)}\n`;
}

function written(value: TerraformValue | undefined): unknown {
  if (typeof value === 'string') return terraformText(value);
  if (value instanceof TerraformExpression) return `\${${value.code}}`;
  if (isList(value)) return value.map(written);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [terraformText(key), written(member)]),
  );
}

function isList(value: TerraformValue | undefined): value is readonly TerraformValue[] {
  return Array.isArray(value);
}

/**
 * A text so that Terraform reads no template in it: `$${` and `%%{` stand for `${` and `%{`, also after more of these
 * signs (tried with hcl 2.24).
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
export function terraformText(text: string): string {
  return text.replace(/[$%](?=\{)/g, '$&$&');
}

/** A name for a resource: letters, digits, `_` and `-`. Texts that lose a character get a short hash. */
export function terraformLabel(text: string): string {
  const plain = text
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^(?![A-Za-z_])/, '_')
    .slice(0, 80);
  return plain === text ? plain : `${plain}_${contentHash(text).slice(0, 6)}`;
}

/**
 * The texts in a value that Terraform would change: it composes characters (NFC), and half a surrogate pair is lost.
 *
 * @see https://pkg.go.dev/github.com/zclconf/go-cty/cty#StringVal
 */
export function changedByTerraform(value: TerraformValue | undefined): readonly string[] {
  if (typeof value === 'string') return isStable(value) ? [] : [value];
  if (isList(value)) return value.flatMap(changedByTerraform);
  if (typeof value !== 'object' || value instanceof TerraformExpression) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    ...changedByTerraform(key),
    ...changedByTerraform(member),
  ]);
}

function isStable(text: string): boolean {
  return text.normalize('NFC') === text && !/\p{Surrogate}/u.test(text);
}
