import { replCommand } from './repl-command';
import { countSockets, findGateways, socketIdsOf } from './running-gateways';

/** `sockets [gateway] [--room r]` */
export const socketsCommand = replCommand(
  'sockets [gateway]',
  'List the sockets of a gateway, or of all gateways, on all nodes',
  async (broker, { gateway: name, options }) => {
    // A room may look like a number.
    const room = options.room === undefined ? undefined : String(options.room);
    const lines: string[] = [];
    for (const gateway of findGateways(broker, name)) {
      const ids = await socketIdsOf(broker, gateway, room);
      const where = room === undefined ? '' : ` in room '${room}'`;
      lines.push(`${gateway.name} (${gateway.nodes.join(', ')}): ${countSockets(ids.length)}${where}`);
      lines.push(...ids.map((id) => `  ${id}`));
    }
    return lines;
  },
  [{ option: '-r, --room <room>', description: 'only sockets in this room' }],
);
