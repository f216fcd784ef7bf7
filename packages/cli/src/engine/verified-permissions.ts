import { type CedarSettings, type Contract, contentHash } from '@claimsmith/core';
import { type TerraformValue, terraform, terraformJson } from '@claimsmith/core/export';
import type { Statement } from '../cedar/statements.ts';
import { nameAt } from '../cedar/token.ts';

/** What a policy store of Verified Permissions needs. It has one identity source, so it is for the tokens of one issuer. */
export interface PolicyStore {
  readonly contract: Contract;
  readonly settings: CedarSettings;
  /** The issuer's id. */
  readonly issuer: string;
  /** The schema as JSON. */
  readonly schema: string;
  readonly statements: readonly Statement[];
  readonly principalType: string;
  /** Undefined: the principal is in no groups. */
  readonly groupType: string | undefined;
}

/**
 * A template of CloudFormation.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_VerifiedPermissions.html
 */
export function cloudFormationStore(store: PolicyStore): string {
  const { contract, schema, statements, principalType } = store;
  const id = { 'Fn::GetAtt': ['PolicyStore', 'PolicyStoreId'] };
  const source = isUserPool(store) ? userPoolSource(store) : openIdSource(store);
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: about(store),
    Parameters: source.parameters,
    Resources: {
      PolicyStore: {
        Type: 'AWS::VerifiedPermissions::PolicyStore',
        Properties: {
          Description: about(store),
          ValidationSettings: { Mode: 'STRICT' },
          Schema: { CedarJson: schema },
        },
      },
      // A policy keeps its effect, principal and resource for life, so other text is another policy.
      ...Object.fromEntries(
        statements.map(({ text, file, line }) => [
          `Policy${contentHash(text).slice(0, 12)}`,
          {
            Type: 'AWS::VerifiedPermissions::Policy',
            Properties: {
              PolicyStoreId: id,
              Definition: { Static: { Description: placeOf(file, line), Statement: text } },
            },
          },
        ]),
      ),
      IdentitySource: {
        Type: 'AWS::VerifiedPermissions::IdentitySource',
        Properties: {
          PolicyStoreId: id,
          PrincipalEntityType: principalType,
          Configuration: source.configuration,
        },
      },
    },
    Outputs: {
      PolicyStoreId: { Description: `For IsAuthorizedWithToken: ${contract.policy.name}.`, Value: id },
    },
  };
  return `${JSON.stringify(template, undefined, 2)}\n`;
}

function isUserPool({ contract, issuer }: PolicyStore): boolean {
  return contract.issuers[issuer]?.groups !== undefined;
}

function about({ contract, issuer }: PolicyStore): string {
  return `Decisions with the access tokens of ${contract.policy.name} at ${contract.issuers[issuer]?.title ?? issuer}. By Claimsmith.`;
}

function placeOf(file: string, line: number): string {
  return `${file.split(/[\\/]/).at(-1)}:${line}`;
}

function userPoolSource({ groupType }: PolicyStore) {
  return {
    parameters: {
      UserPoolArn: {
        Type: 'String',
        AllowedPattern: '^arn:[\\w-]+:cognito-idp:.+:userpool/.+$',
        Description: 'The ARN of the user pool, in the same account.',
      },
      ClientIds: {
        Type: 'CommaDelimitedList',
        Description: 'The app clients whose tokens count: access tokens of a user pool name no audience.',
      },
    },
    configuration: {
      CognitoUserPoolConfiguration: {
        UserPoolArn: { Ref: 'UserPoolArn' },
        ClientIds: { Ref: 'ClientIds' },
        ...(groupType !== undefined && { GroupConfiguration: { GroupEntityType: groupType } }),
      },
    },
  };
}

function openIdSource(store: PolicyStore) {
  const audiences = audiencesOf(store);
  const groupClaim = groupClaimOf(store);
  return {
    parameters: {
      Issuer: {
        Type: 'String',
        AllowedPattern: '^https://.+$',
        Description: 'The address of the issuer, as tokens have it in iss.',
      },
      Audiences: {
        Type: 'CommaDelimitedList',
        ...(audiences.length > 0 && { Default: audiences.join(',') }),
        Description: 'The audiences of the API.',
      },
    },
    configuration: {
      OpenIdConnectConfiguration: {
        Issuer: { Ref: 'Issuer' },
        EntityIdPrefix: prefixOf(store),
        ...(groupClaim !== undefined && {
          GroupConfiguration: { GroupClaim: groupClaim, GroupEntityType: store.groupType },
        }),
        TokenSelection: { AccessTokenOnly: { PrincipalIdClaim: 'sub', Audiences: { Ref: 'Audiences' } } },
      },
    },
  };
}

function prefixOf({ settings, issuer }: PolicyStore): string {
  return settings.prefixes?.[issuer] ?? issuer;
}

function groupClaimOf({ contract, settings, issuer, groupType }: PolicyStore): string | undefined {
  return settings.groups === undefined || groupType === undefined
    ? undefined
    : nameAt(contract, settings.groups, issuer);
}

/** The audiences that are named. */
function audiencesOf({ contract, issuer }: PolicyStore): readonly string[] {
  return Object.entries(contract.apis).flatMap(([audience, { issuers }]) =>
    audience !== '*' && issuers.includes(issuer) ? [audience] : [],
  );
}

/**
 * A `.tf.json` file of Terraform.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/verifiedpermissions_identity_source
 */
export function terraformStore(store: PolicyStore): string {
  const { schema, statements, principalType } = store;
  const id = terraform('aws_verifiedpermissions_policy_store.claims.policy_store_id');
  const source = isUserPool(store) ? userPoolBlocks(store) : openIdBlocks(store);
  const policies = statements.map(({ text, file, line }) => [
    `policy_${contentHash(text).slice(0, 12)}`,
    {
      policy_store_id: id,
      definition: { static: { description: placeOf(file, line), statement: text } },
      depends_on: ['aws_verifiedpermissions_schema.claims'],
    },
  ]);
  return terraformJson({
    '//': about(store),
    terraform: {
      required_version: '>= 1.5.0',
      required_providers: { aws: { source: 'hashicorp/aws', version: '~> 6.19' } },
    },
    variable: source.variables,
    resource: {
      aws_verifiedpermissions_policy_store: {
        claims: { description: about(store), validation_settings: { mode: 'STRICT' } },
      },
      aws_verifiedpermissions_schema: { claims: { policy_store_id: id, definition: { value: schema } } },
      aws_verifiedpermissions_policy: Object.fromEntries(policies),
      aws_verifiedpermissions_identity_source: {
        claims: {
          policy_store_id: id,
          principal_entity_type: principalType,
          configuration: source.configuration,
        },
      },
    },
    output: { policy_store_id: { description: 'For IsAuthorizedWithToken.', value: id } },
  });
}

interface SourceBlocks {
  readonly variables: Readonly<Record<string, TerraformValue>>;
  readonly configuration: TerraformValue;
}

function userPoolBlocks({ groupType }: PolicyStore): SourceBlocks {
  return {
    variables: {
      user_pool_arn: {
        type: 'string',
        description: 'The ARN of the user pool, in the same account.',
        nullable: false,
      },
      client_ids: {
        type: 'list(string)',
        description: 'The app clients whose tokens count: access tokens of a user pool name no audience.',
        nullable: false,
      },
    },
    configuration: {
      cognito_user_pool_configuration: {
        user_pool_arn: terraform('var.user_pool_arn'),
        client_ids: terraform('var.client_ids'),
        ...(groupType !== undefined && { group_configuration: { group_entity_type: groupType } }),
      },
    },
  };
}

function openIdBlocks(store: PolicyStore): SourceBlocks {
  const audiences = audiencesOf(store);
  const groupClaim = groupClaimOf(store);
  return {
    variables: {
      issuer: {
        type: 'string',
        description: 'The address of the issuer, as tokens have it in iss.',
        nullable: false,
      },
      audiences: {
        type: 'list(string)',
        description: 'The audiences of the API.',
        ...(audiences.length > 0 && { default: audiences }),
        nullable: false,
      },
    },
    configuration: {
      open_id_connect_configuration: {
        issuer: terraform('var.issuer'),
        entity_id_prefix: prefixOf(store),
        ...(groupClaim !== undefined &&
          store.groupType !== undefined && {
            group_configuration: { group_claim: groupClaim, group_entity_type: store.groupType },
          }),
        token_selection: {
          access_token_only: { audiences: terraform('var.audiences'), principal_id_claim: 'sub' },
        },
      },
    },
  };
}
