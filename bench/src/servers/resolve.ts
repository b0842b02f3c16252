import Module from 'node:module';

/*
 * Which copy of a package this process measures: another build of this library, or the other major of Moleculer. To be
 * imported before both.
 */

type Resolve = (this: unknown, request: string, ...rest: unknown[]) => string;
const internals = Module as object as { _resolveFilename: Resolve };

/** From now on `require(name)` is that file or package. */
export function redirect(name: string, to: string): void {
  const original = internals._resolveFilename;
  internals._resolveFilename = function (request, ...rest) {
    return original.call(this, request === name ? to : request, ...rest);
  };
}
