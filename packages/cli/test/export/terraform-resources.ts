import { isMapping } from '@claimsmith/core';

type Kind = 'text' | 'number' | 'truth' | 'texts' | 'map' | Arguments;

/** The arguments of a block, by name. Those whose names end in `!` are required. */
interface Arguments {
  readonly [name: string]: Kind;
}

/**
 * The resources and data sources that exports use, with the arguments that they take, from the documentation of the
 * providers: auth0 1.54, okta 6.12, keycloak 5.9, aws 6.19. Not all of their arguments are here.
 *
 * @see https://registry.terraform.io/providers/auth0/auth0/latest/docs
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs
 * @see https://registry.terraform.io/providers/okta/okta/latest/docs
 * @see https://registry.terraform.io/providers/keycloak/keycloak/latest/docs
 */
const known: Readonly<Record<string, Arguments>> = {
  auth0_action: {
    'name!': 'text',
    'code!': 'text',
    runtime: 'text',
    deploy: 'truth',
    'supported_triggers!': { 'id!': 'text', 'version!': 'text' },
    secrets_wo: { 'name!': 'text', 'value!': 'text' },
    secrets_wo_version: 'number',
  },
  auth0_trigger_action: { 'trigger!': 'text', 'action_id!': 'text', display_name: 'text' },
  aws_lambda_function: {
    'function_name!': 'text',
    'role!': 'text',
    description: 'text',
    runtime: 'text',
    handler: 'text',
    timeout: 'number',
    memory_size: 'number',
    filename: 'text',
    source_code_hash: 'text',
    publish: 'truth',
    environment: { variables: 'map' },
  },
  aws_lambda_alias: { 'name!': 'text', 'function_name!': 'text', 'function_version!': 'text' },
  aws_lambda_permission: {
    'action!': 'text',
    'function_name!': 'text',
    'principal!': 'text',
    statement_id: 'text',
    qualifier: 'text',
    source_arn: 'text',
  },
  aws_verifiedpermissions_policy_store: {
    description: 'text',
    deletion_protection: 'text',
    'validation_settings!': { 'mode!': 'text' },
  },
  aws_verifiedpermissions_schema: { 'policy_store_id!': 'text', 'definition!': { 'value!': 'text' } },
  aws_verifiedpermissions_policy: {
    'policy_store_id!': 'text',
    'definition!': { static: { description: 'text', 'statement!': 'text' } },
  },
  aws_verifiedpermissions_identity_source: {
    'policy_store_id!': 'text',
    principal_entity_type: 'text',
    configuration: {
      cognito_user_pool_configuration: {
        'user_pool_arn!': 'text',
        client_ids: 'texts',
        group_configuration: { 'group_entity_type!': 'text' },
      },
      open_id_connect_configuration: {
        'issuer!': 'text',
        entity_id_prefix: 'text',
        group_configuration: { 'group_claim!': 'text', 'group_entity_type!': 'text' },
        'token_selection!': {
          access_token_only: { audiences: 'texts', principal_id_claim: 'text' },
          identity_token_only: { client_ids: 'texts', principal_id_claim: 'text' },
        },
      },
    },
  },
  okta_auth_server_scope: {
    'auth_server_id!': 'text',
    'name!': 'text',
    consent: 'text',
    metadata_publish: 'text',
    default: 'truth',
    optional: 'truth',
  },
  okta_auth_server_claim: {
    'auth_server_id!': 'text',
    'name!': 'text',
    'value!': 'text',
    'claim_type!': 'text',
    status: 'text',
    value_type: 'text',
    group_filter_type: 'text',
    scopes: 'texts',
    always_include_in_token: 'truth',
  },
  okta_inline_hook: {
    'name!': 'text',
    'type!': 'text',
    'version!': 'text',
    status: 'text',
    channel: 'map',
    auth: 'map',
    channel_json: 'text',
  },
  okta_auth_server: { 'name!': 'text' },
  keycloak_openid_client_scope: {
    'realm_id!': 'text',
    'name!': 'text',
    description: 'text',
    include_in_token_scope: 'truth',
    include_in_openid_provider_metadata: 'truth',
    consent_screen_text: 'text',
    extra_config: 'map',
  },
  keycloak_generic_protocol_mapper: {
    'realm_id!': 'text',
    client_scope_id: 'text',
    'name!': 'text',
    'protocol!': 'text',
    'protocol_mapper!': 'text',
    'config!': 'map',
  },
  keycloak_role: { 'realm_id!': 'text', 'name!': 'text', client_id: 'text', description: 'text' },
  keycloak_openid_client: { 'realm_id!': 'text', 'client_id!': 'text' },
  keycloak_generic_role_mapper: { 'realm_id!': 'text', client_scope_id: 'text', 'role_id!': 'text' },
};

/** Arguments that Terraform itself takes in every block. */
const meta = ['for_each', 'depends_on'];

/** What is wrong with the resources and data sources of a `.tf.json` file. */
export function resourceFaults(file: unknown): readonly string[] {
  const blocks = isMapping(file) ? [file['resource'], file['data']] : [];
  return blocks.filter(isMapping).flatMap((types) =>
    Object.entries(types).flatMap(([type, labels]) => {
      const arguments_ = known[type];
      if (arguments_ === undefined) return [`${type} is not known`];
      if (!isMapping(labels)) return [`${type} has no names`];
      return Object.entries(labels).flatMap(([label, block]) =>
        faultsOf(block, arguments_, `${type}.${label}`, meta),
      );
    }),
  );
}

function faultsOf(
  block: unknown,
  arguments_: Arguments,
  at: string,
  also: readonly string[] = [],
): readonly string[] {
  if (Array.isArray(block))
    return block.flatMap((one, index) => faultsOf(one, arguments_, `${at}[${index}]`));
  if (!isMapping(block)) return [`${at} is not a block`];
  const missing = Object.keys(arguments_)
    .filter((name) => name.endsWith('!') && !Object.hasOwn(block, name.slice(0, -1)))
    .map((name) => `${at} lacks ${name.slice(0, -1)}`);
  const wrong = Object.entries(block)
    .filter(([name]) => !also.includes(name))
    .flatMap(([name, value]) => {
      const kind = arguments_[name] ?? arguments_[`${name}!`];
      if (kind === undefined) return [`${at} has no argument ${name}`];
      if (typeof kind === 'object') return faultsOf(value, kind, `${at}.${name}`);
      return isOf(kind, value) ? [] : [`${at}.${name} is not of type ${kind}`];
    });
  return [...missing, ...wrong];
}

function isOf(kind: Exclude<Kind, Arguments>, value: unknown): boolean {
  if (typeof value === 'string' && /^\$\{.*\}$/s.test(value)) return true;
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'truth':
      return typeof value === 'boolean';
    case 'texts':
      return Array.isArray(value) && value.every((one) => typeof one === 'string');
    case 'map':
      return isMapping(value) && Object.values(value).every((one) => typeof one === 'string');
  }
}

/** Addresses that expressions and `depends_on` use, but that the file does not declare. */
export function danglingReferences(file: unknown): readonly string[] {
  if (!isMapping(file)) return ['not a file'];
  const declared = new Set(['each.key', 'path.module']);
  for (const [kind, prefix] of [
    ['resource', ''],
    ['data', 'data.'],
  ] as const) {
    for (const [type, labels] of Object.entries(isMapping(file[kind]) ? file[kind] : {}))
      for (const label of Object.keys(isMapping(labels) ? labels : {}))
        declared.add(`${prefix}${type}.${label}`);
  }
  for (const name of Object.keys(isMapping(file['variable']) ? file['variable'] : {}))
    declared.add(`var.${name}`);
  for (const name of Object.keys(isMapping(file['locals']) ? file['locals'] : {}))
    declared.add(`local.${name}`);
  return references(file).filter((address) => !declared.has(address));
}

function references(value: unknown, key = ''): readonly string[] {
  if (typeof value === 'string') {
    if (key === 'depends_on') return [value];
    // `$${` is not an expression, but plain text.
    const codes = [...value.matchAll(/(?<![$%])\$\{([^}]*)\}/g)].map(([, code = '']) => code);
    return codes
      .flatMap((code) => [...code.matchAll(/\b(?:data\.)?[a-z]\w*\.[\w-]+/g)].flatMap(([address]) => address))
      .filter((address) => !/\.(js|mjs)$/.test(address));
  }
  if (Array.isArray(value)) return value.flatMap((one) => references(one, key));
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([name, one]) => references(one, name));
}
