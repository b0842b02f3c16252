type Parts = typeof import('./gateway-parts');

let loaded: Parts | undefined;

/**
 * Returns the compiler and the runtime. They are loaded with the first gateway: a process that only declares gateways need not wait
 * for them.
 */
export function loadParts(): Parts {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it with the package
  return (loaded ??= require('./gateway-parts') as Parts);
}
