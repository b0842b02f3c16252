import { takeEndings } from './endings';
import { start, type Options, type Registered, type Running } from './run-gateway';

/**
 * Starts one gateway for all tests of a `describe` that do not change it: when the first of them asks for it. It is
 * stopped after the last one.
 *
 * @returns what gives each test the gateway
 * @example
 * const running = shareGateway(ChatGateway);
 * it('echoes', async () => {
 *   const client = await connect(await running());
 * });
 */
export function shareGateway(
  registered: Registered | readonly Registered[],
  options?: Options,
): () => Promise<Running> {
  return shareStarted(() => start(registered, options));
}

/** Starts something for all tests of a `describe`, when the first of them asks for it. It is stopped after the last one. */
export function shareStarted<T>(begin: () => Promise<T>): () => Promise<T> {
  let shared: { readonly started: Promise<T>; end(): Promise<void> } | undefined;
  after(() => shared?.end());
  return () => (shared ??= takeEndings(begin)).started;
}
