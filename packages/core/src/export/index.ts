export { codes } from './codes.ts';
export {
  changedByTerraform,
  type TerraformExpression,
  type TerraformValue,
  terraform,
  terraformFile,
  terraformJson,
  terraformLabel,
  terraformText,
} from './terraform.ts';
export { terraformProject } from './terraform-project.ts';
export type { Export, Exported } from './types.ts';
