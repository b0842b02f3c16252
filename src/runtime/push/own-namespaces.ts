import type { Namespace } from 'socket.io';
import { withSlash } from '../../plan/paths';
import { NotFoundError } from '../../errors';
import { printable } from '../../plan/printable';
import type { ChildOpener, GatewayRuntime } from '../gateway/build-gateway';
import { isNewborn } from '../socket-io/child-namespace';

/** How long an adapter may take to subscribe, in milliseconds. */
const PATIENCE = 300;
/** How long a namespace that has no sockets here is kept after it was used, in milliseconds. */
const LINGER = 1000;

/** The waits for namespaces that were made a moment ago. */
const settling = new WeakMap<Namespace, Promise<void>>();

/**
 * Does something in a namespace of the gateway; where none is named, in each that the gateway has.
 *
 * @throws NotFoundError 404 if the gateway has no such namespace; nothing is created
 */
export function eachNamespace<T>(
  runtimes: readonly GatewayRuntime[],
  name: string | undefined,
  act: (namespace: Namespace) => T,
): T[] {
  const live = runtimes.flatMap((runtime) => [...runtime.namespaces.values()]);
  if (name === undefined) {
    // In moleculer-io '/' is meant.
    const root = runtimes.some(({ plan }) => plan.likeMoleculerIo) && live.find((one) => one.name === '/');
    return (root ? [root] : live).map(act);
  }
  const wanted = withSlash(name);
  const found = live.find((namespace) => namespace.name === wanted);
  if (found) return [act(found)];
  const opened = openChild(runtimes, wanted);
  if (!opened) throw new NotFoundError('NAMESPACE_NOT_FOUND', { namespace: printable(name) });
  if (opened === 'nobody') return [];
  // Not at once: others may ask for it, and its adapter has something to send.
  setTimeout(opened.release, LINGER).unref();
  return [act(opened.namespace)];
}

/** Who wants answers waits until a namespace that was just made can be given them. */
export async function settled(namespace: Namespace): Promise<void> {
  if (!isNewborn(namespace, LINGER)) return;
  const wait = settling.get(namespace) ?? heardByOthers(namespace);
  settling.set(namespace, wait);
  await wait;
}

/**
 * Waits until an adapter that was made this moment is known to the other nodes. Adapters do not say when: they count
 * one node more then. Where nobody else has the namespace that never comes, and after a while does not matter.
 */
async function heardByOthers({ adapter, server }: Namespace): Promise<void> {
  const alone = (await server.of('/').adapter.serverCount()) < 2;
  const first = await adapter.serverCount();
  for (let waited = 0; !alone && waited < PATIENCE; waited += PATIENCE / 20) {
    await new Promise((resolve) => setTimeout(resolve, PATIENCE / 20));
    if ((await adapter.serverCount()) > first) return;
  }
}

/** A dynamic namespace may have sockets on other nodes only: its adapter reaches them. */
function openChild(runtimes: readonly GatewayRuntime[], name: string): ReturnType<ChildOpener> {
  for (const runtime of runtimes) {
    for (const open of runtime.childOpeners) {
      const opened = open(name);
      if (opened) return opened;
    }
  }
  return undefined;
}
