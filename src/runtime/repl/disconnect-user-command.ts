import { roomOfUser } from '../../plan/gateway-rooms';
import { replCommand } from './repl-command';
import { callOnAllNodes, countSockets, findGateways, socketIdsOf } from './running-gateways';

/** `disconnect-user <gateway> <id>` */
export const disconnectUserCommand = replCommand(
  'disconnect-user <gateway> <id>',
  'Disconnect all sockets of a user, by `user.id`',
  async (broker, { gateway: name, id: user = '' }) => {
    const lines: string[] = [];
    for (const gateway of findGateways(broker, name)) {
      const { length } = await socketIdsOf(broker, gateway, roomOfUser(user));
      await callOnAllNodes(broker, gateway, 'disconnect', { user });
      lines.push(`disconnected ${countSockets(length)} of the user '${user}' from ${gateway.name}`);
    }
    return lines;
  },
);
