import { SourceError } from './source-error.ts';

/**
 * Loads an optional package.
 *
 * @throws SourceError if it is not installed
 */
export async function load<Module>(
  name: string,
  source: string,
  from: () => Promise<Module>,
): Promise<Module> {
  try {
    return await from();
  } catch {
    throw new SourceError(
      'driver',
      source,
      `the package \`${name}\` cannot be loaded; to install it: npm install ${name}`,
    );
  }
}
