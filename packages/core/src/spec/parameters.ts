import { suggest } from '@claimsmith/cel';
import { isMapping } from '../data.ts';
import { declaredType, literalFits } from '../declared-type.ts';
import type { Finding, Path, SpecSource } from '../finding.ts';
import { hasSecretName, hasSecretShape } from '../rules/secret-texts.ts';
import { readDocument, type TextFile } from './document.ts';
import { expandedTexts, type Filled, type FillIn } from './fill-in.ts';
import { type ParameterType, type ParameterValue, parameterTypes } from './schema.ts';

/** Values for the parameters of a spec, by name. They come before the defaults of the spec. */
export type GivenParameters = Readonly<Record<string, GivenParameter>>;

export interface GivenParameter {
  /** Where it is given, for findings: `--set region`. */
  readonly from: string;
  /** Text is read as the type of the parameter; other values must have that type. */
  readonly value: unknown;
}

/** Data with the values of its parameters in place. */
export interface WithParameters {
  readonly data: unknown;
  /** Finds the places of the data as it was written. */
  readonly source: SpecSource;
  readonly findings: readonly Finding[];
  /** Where a value is not known. */
  readonly refused: readonly Path[];
}

interface Parameter {
  readonly type: ParameterType;
  /** Undefined after reporting why. */
  readonly value: ParameterValue | undefined;
}

/**
 * Fills the values of the parameters into the texts of a spec, and writes each down in `params` as the value that is used.
 *
 * @param isFilledIn whether `${params.name}` has a meaning at a path: expressions read `params.name`
 */
export function withParameters(
  data: unknown,
  source: SpecSource,
  given: GivenParameters,
  isFilledIn: (path: Path) => boolean,
): WithParameters {
  const declared = isMapping(data) ? data['params'] : undefined;
  const names = isMapping(declared) ? Object.keys(declared) : [];
  const findings = Object.entries(given).flatMap(([name, { from }]) =>
    names.includes(name) ? [] : [unknownParameter(name, names, `\`${from}\` names`, source.key(['params']))],
  );
  // The reader of the shape says what is wrong with it.
  if (!isMapping(data) || (declared !== undefined && !isMapping(declared)))
    return { data, source, findings, refused: [] };
  const parameters = new Map<string, Parameter | undefined>();
  for (const name of names) {
    const written = declared?.[name];
    const own = Object.hasOwn(given, name) ? given[name] : undefined;
    parameters.set(name, parameterOf({ name, written, given: own, source, findings }));
  }
  const expanded = expandedTexts(data, source, fillIn(parameters, findings), (path) => {
    const [section] = path;
    return section !== 'params' && section !== 'accept' && section !== '$schema' && isFilledIn(path);
  });
  findings.push(...unusedParameters(data, names, source));
  const whole = isMapping(expanded.data) ? expanded.data : {};
  const used = Object.entries(declared ?? {}).map(([name, written]) => {
    const { type, value } = parameters.get(name) ?? {};
    return [name, value === undefined ? written : { type, default: value }] as const;
  });
  return {
    data: declared === undefined ? whole : { ...whole, params: Object.fromEntries(used) },
    source: expanded.source,
    findings,
    refused: expanded.refused,
  };
}

/** The values under `params` in the file of an environment, whose reader says what is wrong with the file. */
export function environmentParameters(file: TextFile): GivenParameters {
  const { data } = readDocument(file);
  const params = isMapping(data) ? data['params'] : undefined;
  if (!isMapping(params)) return {};
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, { from: `params.${name} in ${file.file}`, value }]),
  );
}

/** Fills parameters into the texts of a file beside the spec. */
export function filledByParameters(
  data: unknown,
  source: SpecSource,
  params: Readonly<Record<string, unknown>> | undefined,
): WithParameters {
  const findings: Finding[] = [];
  const parameters = new Map(
    Object.entries(params ?? {}).map(([name, written]) => {
      const parameter = { name, written, given: undefined, source, findings: [] };
      return [name, parameterOf(parameter)] as const;
    }),
  );
  return { ...expandedTexts(data, source, fillIn(parameters, findings), () => true), findings };
}

function fillIn(parameters: ReadonlyMap<string, Parameter | undefined>, findings: Finding[]): FillIn {
  return (name, range, isAlone): Filled => {
    const names = [...parameters.keys()];
    if (!parameters.has(name)) {
      findings.push(unknownParameter(name, names, `\`\${params.${name}}\` names`, range()));
      return undefined;
    }
    const value = parameters.get(name)?.value;
    if (!Array.isArray(value) || isAlone) return value;
    findings.push({
      rule: 'TE031',
      severity: 'error',
      message: `The parameter \`${name}\` is a list, which cannot be a part of a text.`,
      range: range(),
      help: `Let \`\${params.${name}}\` stand alone, as the whole value.`,
    });
    return undefined;
  };
}

interface Declared {
  readonly name: string;
  readonly written: unknown;
  readonly given: GivenParameter | undefined;
  readonly source: SpecSource;
  readonly findings: Finding[];
}

/** Undefined if the declaration has a wrong form. */
function parameterOf({ name, written, given, source, findings }: Declared): Parameter | undefined {
  const type = parameterTypes.find((one) => one === (isMapping(written) ? written['type'] : written));
  if (type === undefined) return undefined;
  const fallback = isMapping(written) ? written['default'] : undefined;
  const hasDefault = fallback !== undefined;
  const path = hasDefault && given === undefined ? ['params', name, 'default'] : ['params', name];
  const report = (message: string, help: string, rule = 'TE031'): Parameter => {
    const range = given === undefined && hasDefault ? source.value(path) : source.key(['params', name]);
    findings.push({ rule, severity: 'error', message, range, help });
    return { type, value: undefined };
  };
  if (given === undefined && !hasDefault) {
    return report(
      `The parameter \`${name}\` has no value.`,
      `Give it one with \`--set ${name}=…\`, under \`params\` in the file of an environment, or as its \`default\` here.`,
    );
  }
  const told = given === undefined ? `The default of \`${name}\`` : `\`${given.from}\``;
  const value = given === undefined ? fallback : typed(given.value, type);
  if (!isValue(value) || !literalFits(value, declaredType(type, name)))
    return report(`${told} does not have the type of the parameter, ${type}.`, helpFor(name, type));
  const texts = [value].flat().filter((each) => typeof each === 'string');
  if (texts.some((text) => text.includes('${'))) {
    const help = 'A parameter is a value. Where a deployment reads a setting, write `${NAME}` there.';
    return report(`${told} holds \`\${\`.`, help);
  }
  if (texts.some((text) => text !== '' && (hasSecretName(name) || hasSecretShape(text)))) {
    const help =
      'Values of parameters are written into the built files. Write ${NAME} where the secret is needed, and supply it where you deploy. If it is real, revoke it.';
    return report(`${told} looks like a secret in plain text.`, help, 'TE401');
  }
  return { type, value };
}

function isValue(value: unknown): value is ParameterValue {
  return Array.isArray(value)
    ? value.every((item) => typeof item === 'string')
    : ['string', 'number', 'boolean'].includes(typeof value);
}

/** A value from a command line is text. */
function typed(value: unknown, type: ParameterType): unknown {
  if (typeof value !== 'string') return value;
  switch (type) {
    case 'string':
      return value;
    case 'bool':
      return value === 'true' ? true : value === 'false' ? false : value;
    case 'list(string)':
      return value === '' ? [] : value.split(',');
    default:
      return /^-?(?:0|[1-9]\d{0,15})(?:\.\d+)?$/.test(value) ? Number(value) + 0 : value;
  }
}

function helpFor(name: string, type: ParameterType): string {
  const values = { string: 'eu', bool: 'true', int: '3', double: '0.5', 'list(string)': 'a,b' };
  return `Such a value is \`--set ${name}=${values[type]}\`.`;
}

function unknownParameter(
  name: string,
  names: readonly string[],
  subject: string,
  range: Finding['range'],
): Finding {
  const near = suggest(name, names);
  return {
    rule: 'TE032',
    severity: 'error',
    message: `${subject} a parameter that the spec does not declare.`,
    range,
    help:
      near === undefined
        ? `Declare it: \`params: { ${name === '' ? 'name' : name}: string }\`.`
        : `Did you mean \`${near}\`?`,
  };
}

/** Those that no text and no expression names. */
function unusedParameters(
  data: Readonly<Record<string, unknown>>,
  names: readonly string[],
  source: SpecSource,
): readonly Finding[] {
  if (names.length === 0) return [];
  const { params: _, ...rest } = data;
  const text = textsOf(rest).join('\n');
  return names
    .filter((name) => !new RegExp(`\\bparams\\s*(?:\\.\\??\\s*|\\[\\??\\s*["'])${name}\\b`).test(text))
    .map((name) => ({
      rule: 'TE033',
      severity: 'warning',
      message: `Nothing reads the parameter \`${name}\`.`,
      range: source.key(['params', name]),
      help: `Read it as \`params.${name}\` in an expression or \`\${params.${name}}\` in a text, or remove it.`,
    }));
}

function textsOf(data: unknown): readonly string[] {
  if (typeof data === 'string') return [data];
  if (Array.isArray(data)) return data.flatMap(textsOf);
  return isMapping(data) ? Object.entries(data).flatMap(([key, value]) => [key, ...textsOf(value)]) : [];
}
