import { SourceError } from './source-error.ts';

/**
 * Loads a package that is installed only where it is needed.
 *
 * @throws SourceError if it is not
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
