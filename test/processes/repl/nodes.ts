import { ServiceBroker } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  OnConnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  replCommands,
  type ActionProxy,
} from '../../../src';
import { portOf } from '../../support/run-gateway';

/*
 * Two nodes with gateways, and one without, in a process whose standard input is the REPL of one of them. The first line that it
 * prints is JSON: the ports of the gateways.
 */

/** How the process is started. */
export interface ReplProcessOptions {
  /** The node that has the REPL. */
  readonly node: 'a' | 'c';
  /** The command of the application that is called `sockets`. */
  readonly own?: 'command' | 'alias';
}

@SocketNamespace('/chat', { settings: { port: 0 } })
@Authorize()
class ChatGateway extends SocketGateway {
  @Authenticate()
  authenticate(socket: Socket) {
    return socket.handshake.auth['user'] as object;
  }
  @OnConnect()
  async enter(socket: Socket) {
    await socket.join('tea');
  }
  @SocketEvent()
  @Authorize('admin', 'owner')
  remove() {}
  @SocketEvent('call', { whitelist: ['math.*'] })
  call!: ActionProxy;
}

@SocketNamespace('/status', { name: 'status', version: 2, settings: { port: 0 } })
class StatusGateway extends SocketGateway {}

const { node, own }: ReplProcessOptions = JSON.parse(process.argv[2] as string);

function newBroker(nodeID: string, options: object = {}): ServiceBroker {
  return new ServiceBroker({
    nodeID,
    namespace: 'repl',
    transporter: 'Fake',
    logger: false,
    ...options,
  });
}

/** The options of the REPL, as each major of Moleculer has them. */
function replOptions(commands: object[]): object {
  const is014 = ServiceBroker.MOLECULER_VERSION.startsWith('0.14');
  return is014
    ? { replCommands: commands }
    : { replOptions: { delimiter: 'mol $', customCommands: commands } };
}

const ownCommand = {
  command: own === 'alias' ? 'list-sockets' : 'sockets <what>',
  alias: own === 'alias' ? ['sockets'] : undefined,
  description: 'ours',
  action: () => process.stdout.write('the application has its own\n'),
};

async function main(): Promise<void> {
  const a = newBroker('a', own ? replOptions([ownCommand]) : {});
  const b = newBroker('b');
  const c = newBroker('c', replOptions(replCommands));
  const gateways = [a, b].map((broker) => broker.createService(ChatGateway));
  b.createService(StatusGateway);
  await Promise.all([a, b, c].map((broker) => broker.start()));
  await c.waitForServices(['chat', 'v2.status']);
  process.stdout.write(`${JSON.stringify(gateways.map(portOf))}\n`);
  (node === 'a' ? a : c).repl();
}

void main();
