import type { Namespace } from 'socket.io';
import { withSlash } from '../../plan/paths';
import { NotFoundError } from '../../errors';
import { printable } from '../../plan/printable';
import type { ChildOpener, Gateway } from '../model';
import { isNewborn } from '../socket-io/child-namespace';

/** How long an adapter may take to subscribe, in milliseconds. */
const ADAPTER_TIMEOUT_MS = 300;
/** How long a namespace that has no sockets here is kept after it was used, in milliseconds. */
const UNUSED_CHILD_TTL_MS = 1000;

/** The waits for namespaces that were made a moment ago. */
const settling = new WeakMap<Namespace, Promise<void>>();

/**
 * Does something in a namespace of the gateway; where none is named, in each that the gateway has.
 *
 * @throws NotFoundError 404 if the gateway has no such namespace; nothing is created
 */
export function eachNamespace<T>(
  gateways: readonly Gateway[],
  name: string | undefined,
  act: (namespace: Namespace) => T,
): T[] {
  const live = gateways.flatMap((gateway) => [...gateway.namespaces.values()]);
  if (name === undefined) {
    // In moleculer-io '/' is meant.
    const root = gateways.some(({ plan }) => plan.moleculerIo) && live.find((one) => one.name === '/');
    return (root ? [root] : live).map(act);
  }
  const wanted = withSlash(name);
  const found = live.find((namespace) => namespace.name === wanted);
  if (found) return [act(found)];
  const opened = openChild(gateways, wanted);
  if (!opened) throw new NotFoundError('NAMESPACE_NOT_FOUND', { namespace: printable(name) });
  if (opened === 'nobody') return [];
  // Not at once: others may ask for it, and its adapter has something to send.
  setTimeout(opened.release, UNUSED_CHILD_TTL_MS).unref();
  return [act(opened.namespace)];
}

/** Who wants answers waits until a namespace that was just made can be given them. */
export async function settled(namespace: Namespace): Promise<void> {
  if (!isNewborn(namespace, UNUSED_CHILD_TTL_MS)) return;
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
  for (let waited = 0; !alone && waited < ADAPTER_TIMEOUT_MS; waited += ADAPTER_TIMEOUT_MS / 20) {
    await new Promise((resolve) => setTimeout(resolve, ADAPTER_TIMEOUT_MS / 20));
    if ((await adapter.serverCount()) > first) return;
  }
}

/** A dynamic namespace may have sockets on other nodes only: its adapter reaches them. */
function openChild(gateways: readonly Gateway[], name: string): ReturnType<ChildOpener> {
  for (const gateway of gateways) {
    for (const open of gateway.childOpeners) {
      const opened = open(name);
      if (opened) return opened;
    }
  }
  return undefined;
}
