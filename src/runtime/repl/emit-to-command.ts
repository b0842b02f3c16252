import { replCommand } from './repl-command';
import { callOnAllNodes, countSockets, findGateways, socketIdsOf } from './running-gateways';

/** `emit-to <gateway> <room> <event> [json]` */
export const emitToCommand = replCommand(
  'emit-to <gateway> <room> <event> [json]',
  'Send an event to the sockets in a room: emit-to chat tea message \'{ "text": "hi" }\'',
  async (broker, { gateway: name, room = '', event = '', json }) => {
    const args = json === undefined ? [] : [parse(json)];
    const lines: string[] = [];
    for (const gateway of findGateways(broker, name)) {
      const { length } = await socketIdsOf(broker, gateway, room);
      // Each node sends to its own sockets: with an adapter they would get it once from every node.
      await callOnAllNodes(broker, gateway, 'broadcast', { event, args, rooms: room, local: true });
      lines.push(`sent '${event}' to ${countSockets(length)} of ${gateway.name} in room '${room}'`);
    }
    return lines;
  },
);

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new Error(`the payload is not JSON (${why}); write it in single quotes: '{ "text": "hi" }'`);
  }
}
