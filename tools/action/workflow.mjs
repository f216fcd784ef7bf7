/** What GitHub gives to a step, and what a step gives back. */
import { appendFileSync } from 'node:fs';
import process from 'node:process';

/** An input is wrong, or a step cannot go on. The message is for people. */
export class ActionError extends Error {}

/** @param {string} name @returns {string} */
export function variable(name) {
  const value = process.env[name];
  if (value === undefined || value === '') throw new ActionError(`The variable ${name} is not set.`);
  return value;
}

/** @param {string} name @returns {string} empty if it was not given */
export function input(name) {
  return (process.env[`INPUT_${name}`] ?? '').trim();
}

const commands = ['check', 'diff', 'plan', 'apply', 'drift', 'verify', 'rollback'];

/** @returns {string} */
export function commandInput() {
  const command = input('COMMAND');
  if (commands.includes(command)) return command;
  throw new ActionError(`command must be one of ${commands.join(', ')}.`);
}

/** Whether the command asks no issuer. */
export function isLocal() {
  return ['check', 'diff'].includes(commandInput());
}

/** The environment by its name; may be empty for a command that asks no issuer. */
export function environmentInput() {
  const name = input('ENVIRONMENT');
  if (name === '' && !isLocal()) throw new ActionError(`${commandInput()} needs the input environment.`);
  if (name !== '' && !/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(name))
    throw new ActionError('environment must be a name of letters, digits, underscores and hyphens.');
  return name;
}

/** The spec or its folder. It cannot be read as a flag. */
export function specInput() {
  const spec = input('SPEC') || '.';
  return spec.startsWith('-') ? `./${spec}` : spec;
}

/** Names of differences. */
export function acceptInput() {
  return lines('ACCEPT');
}

/** Parts of the spec that may grant more. */
export function allowWiderInput() {
  return lines('ALLOW_WIDER');
}

/** @param {string} name @returns {string[]} */
function lines(name) {
  return input(name)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Whether the command may write the journal. */
export function isWriting() {
  return ['apply', 'rollback'].includes(commandInput()) || acceptInput().length > 0;
}

/** @param {string} name @param {string} value one line */
export function setOutput(name, value) {
  if (/[\r\n]/.test(value)) throw new ActionError(`The output ${name} has a line break.`);
  appendFileSync(variable('GITHUB_OUTPUT'), `${name}=${value}\n`);
}

/** Shows a message beside the run. @param {'error' | 'warning' | 'notice'} level @param {string} message */
export function annotate(level, message) {
  const escaped = message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  process.stdout.write(`::${level} title=Claimsmith::${escaped}\n`);
}

/** Runs a step. An error of the step becomes an annotation, and the step fails. @param {() => Promise<void>} step */
export async function runStep(step) {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    annotate('error', error.message);
    process.exitCode = 1;
  }
}
