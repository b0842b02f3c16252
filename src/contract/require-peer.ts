/**
 * Loads a package that only the contract needs, and that need not be installed.
 *
 * @param name the name of the package
 * @param purpose what it is needed for, as the end of "… is needed to"
 * @param load requires it. Bundlers look for the name there
 * @throws Error that says how to install it, if it is missing
 */
export function requirePeer<T>(name: string, purpose: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'MODULE_NOT_FOUND' || !message.includes(`'${name}'`)) throw error;
    throw new Error(`The package ${name} is needed to ${purpose}. Install it: npm install ${name}`);
  }
}
