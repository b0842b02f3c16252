import type { AdapterKind } from '../model';
import type { ClusterLink } from './cluster-link';
import type { ClusterLog } from './observers';

/** The topic under which a node tells what adapter it has. */
const TOPIC = 'adapter';

/** Warns once if a second node of a gateway has another adapter or none, so that clients of one miss what the other sends. */
export function warnOfOtherAdapters(
  link: ClusterLink,
  own: () => AdapterKind,
  service: string,
  log: ClusterLog,
): void {
  let isWarned = false;
  link.watchPeers((node, joined) => {
    if (joined) link.send(TOPIC, [own()], node);
  });
  link.handle(TOPIC, {
    send([theirs], node) {
      const kind = own();
      if (isWarned || kind === 'local' || (kind === theirs && kind !== 'none')) return;
      isWarned = true;
      log.warn(warning(service, node, kind, theirs));
    },
  });
}

function warning(service: string, node: string, own: AdapterKind, theirs: unknown): string {
  if (own === 'none') {
    return (
      `'${service}' runs on ${node}, too, and no adapter reaches its clients there: set settings.io.adapter to 'moleculer', ` +
      "or to 'local' if each node shall serve its own clients only."
    );
  }
  return (
    `'${service}' has another adapter on ${node} (${JSON.stringify(theirs)}, here ${JSON.stringify(own)}): clients of one node ` +
    'miss what the other one sends. Give settings.io.adapter and io.options.adapter the same value on all nodes.'
  );
}
