type ClientModule = typeof import('socket.io-client');

/**
 * Returns socket.io-client, which only this entry needs.
 *
 * @throws Error if it is not installed
 */
export function loadClient(): ClientModule {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an optional peer
    return require('socket.io-client') as ClientModule;
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'MODULE_NOT_FOUND') throw cause;
    throw new Error(
      "moleculer-socket-gateway/testing needs the package 'socket.io-client'; install it: npm install --save-dev socket.io-client",
      { cause },
    );
  }
}
