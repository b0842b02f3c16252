// A user's application: compiled and run by ../check-package.js against the packed library, as CommonJS and as
// an ES module, with each supported Moleculer. What it prints is what the check expects.
import 'reflect-metadata';
import { IsString, Length } from 'class-validator';
import { ServiceBroker, type Context } from 'moleculer';
import {
  Authenticate,
  Authorize,
  Ctx,
  MessageBody,
  OnBeforeCall,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from 'moleculer-socket-gateway';
import type { SocketContext } from 'moleculer-socket-gateway';
import type { AddressInfo } from 'node:net';
import { Socket } from 'socket.io';
import { io, type Socket as Client } from 'socket.io-client';

class NewMessage {
  @IsString()
  room!: string;

  @Length(1, 20)
  text!: string;
}

@SocketNamespace('/chat', { settings: { port: 0, ip: '127.0.0.1' } })
@Authorize()
class ChatGateway extends SocketGateway {
  private readonly history = new Map<string, NewMessage[]>();

  @Authenticate()
  authenticate(socket: Socket) {
    return this.broker.call('users.verify', { token: socket.handshake.auth.token });
  }

  @OnBeforeCall()
  before(ctx: SocketContext) {
    ctx.meta.ip = ctx.socket.handshake.address;
  }

  @SocketEvent('message', { timeout: 2000 })
  async send(@MessageBody() message: NewMessage, @Ctx() ctx: SocketContext) {
    const messages = [...(this.history.get(message.room) ?? []), message];
    this.history.set(message.room, messages);
    ctx.socket.to(message.room).emit('message', message);
    return { id: messages.length, typed: message instanceof NewMessage, ip: ctx.meta.ip };
  }
}

const users = {
  name: 'users',
  actions: {
    verify: (ctx: Context<{ token?: string }>) => (ctx.params.token === 'ann' ? { id: 7 } : undefined),
  },
};

interface WireError {
  name: string;
  code: number;
}

function send(client: Client, message: object): Promise<string> {
  return new Promise((resolve) => {
    client.emit('message', message, (error: WireError | null, result: unknown) => {
      resolve(error ? `${error.name} ${error.code}` : JSON.stringify(result));
    });
  });
}

function refusal(client: Client): Promise<string> {
  return new Promise((resolve) => {
    client.once('connect', () => resolve('nothing'));
    client.once('connect_error', (error: Error & { data?: { code?: number } }) =>
      resolve(`${error.data?.code}`),
    );
  });
}

async function main() {
  const broker = new ServiceBroker({ logger: false });
  broker.createService(users);
  const chat = broker.createService(ChatGateway) as ChatGateway;
  await broker.start();

  const { port } = chat.io.httpServer.address() as AddressInfo;
  const connect = (auth: object) =>
    io(`http://127.0.0.1:${port}/chat`, { auth, forceNew: true, reconnection: false });

  const ann = connect({ token: 'ann' });
  console.log('accepted', await send(ann, { room: 'lobby', text: 'hi' }));
  console.log('invalid', await send(ann, { room: 'lobby', text: '' }));
  console.log('anonymous', await refusal(connect({})));

  // With a client connected. The process has to end by itself after this.
  await broker.stop();
  console.log('stopped');
}

void main();
