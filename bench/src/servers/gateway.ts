import {
  Authenticate,
  Ctx,
  ForwardEvent,
  MessageBody,
  MessageStream,
  OnAfterCall,
  OnBeforeCall,
  OnDisconnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from 'moleculer-socket-gateway';
import type { Server as HttpServer } from 'node:http';
import { Readable } from 'node:stream';
import type { AddressInfo } from 'node:net';
import type { BrokerOptions, Context, Service, ServiceBroker } from 'moleculer';
import type { Server, Socket } from 'socket.io';
import { CHUNK_BYTES, NAMESPACE } from '../payloads';
import { newBroker } from './broker';
import type { Emitter, RunningServer, ServerSpec } from './server-spec';

/*
 * This library, as its README shows it. Limits, acks, guards and the masking of errors are at their defaults.
 */

type Sum = { a: number; b: number };
type GatewayClass = abstract new (...args: never[]) => SocketGateway;
interface Shape {
  readonly gateways: () => GatewayClass[] | Promise<GatewayClass[]>;
  readonly transporter?: BrokerOptions['transporter'];
  readonly commands?: (broker: ServiceBroker, gateway: Service) => NonNullable<RunningServer['commands']>;
}

export async function start({ shape, observed }: ServerSpec): Promise<RunningServer> {
  const { gateways, commands, transporter } = SHAPES[shape] as Shape;
  const broker = newBroker(observed, transporter);
  const types = await gateways();
  const services = types.map((type) => broker.createService(type as never) as unknown as Service);
  await broker.start();
  const [gateway] = services as [Service];
  const { io } = gateway as Service & { io: Server & { httpServer: HttpServer } };
  return {
    port: (io.httpServer.address() as AddressInfo).port,
    ...(commands && { commands: commands(broker, gateway) }),
    emitters: () => [io, io.of(NAMESPACE), io.httpServer, process, broker.localBus as object as Emitter],
  };
}

const settings = { port: 0 };

function handler(path = NAMESPACE, name = 'gateway'): GatewayClass {
  @SocketNamespace(path, { name, settings })
  class HandlerGateway extends SocketGateway {
    @SocketEvent()
    add(@MessageBody({ unchecked: true }) params: Sum, @Ctx() ctx: SocketContext) {
      return ctx.call('math.add', params);
    }
  }
  return HandlerGateway;
}

function proxy(): GatewayClass {
  @SocketNamespace(NAMESPACE, { settings })
  class ProxyGateway extends SocketGateway {
    @OnBeforeCall()
    before(ctx: SocketContext<unknown, { channel?: string }>) {
      ctx.meta.channel = 'web';
    }
    @OnAfterCall()
    after() {
      // The result stays as it is.
    }
    @SocketEvent({ whitelist: ['math.*'], aliases: { add: 'math.add' } })
    call!: ActionProxy;
  }
  return ProxyGateway;
}

/** The handler, and so many other events beside it. */
function withEvents(others: number): GatewayClass {
  class ManyGateway extends SocketGateway {
    @SocketEvent()
    add(@MessageBody({ unchecked: true }) params: Sum, @Ctx() ctx: SocketContext) {
      return ctx.call('math.add', params);
    }
  }
  for (let at = 0; at < others; at++) {
    const member = `event${at}`;
    const method = (params: Sum, ctx: SocketContext): unknown => ctx.call('math.add', params);
    const { prototype } = ManyGateway;
    Object.defineProperty(prototype, member, { value: method, writable: true, configurable: true });
    Reflect.defineMetadata('design:paramtypes', [Object, Object], prototype, member);
    MessageBody({ unchecked: true })(prototype, member as never, 0);
    Ctx()(prototype, member as never, 1);
    SocketEvent()(
      prototype as never,
      member as never,
      Object.getOwnPropertyDescriptor(prototype, member) as never,
    );
  }
  return SocketNamespace(NAMESPACE, { settings })(ManyGateway) ?? ManyGateway;
}

function connect(): GatewayClass {
  @SocketNamespace(NAMESPACE, { settings })
  class ConnectGateway extends SocketGateway {
    @Authenticate()
    authenticate(socket: Socket) {
      return this.broker.call('users.verify', {
        token: (socket.handshake.auth as { token?: unknown }).token,
      });
    }
    @SocketEvent()
    add(@MessageBody({ unchecked: true }) params: Sum, @Ctx() ctx: SocketContext) {
      return ctx.call('math.add', params);
    }
    @OnDisconnect()
    left() {
      // Somebody may want to know.
    }
  }
  return ConnectGateway;
}

function forward(): GatewayClass {
  @SocketNamespace(NAMESPACE, { settings })
  class NewsGateway extends SocketGateway {
    @ForwardEvent('article.published', { as: 'news' })
    published(ctx: Context<typeof NEWS>) {
      return ctx.params;
    }
  }
  return NewsGateway;
}

function streams(): GatewayClass {
  const chunk = Buffer.alloc(CHUNK_BYTES, 'x');
  @SocketNamespace(NAMESPACE, { settings })
  class StreamGateway extends SocketGateway {
    @SocketEvent()
    upload(@MessageStream() stream: Readable) {
      return new Promise((resolve) => {
        let bytes = 0;
        stream.on('data', (data: Buffer) => {
          bytes += data.length;
        });
        stream.once('end', () => {
          resolve(bytes);
        });
      });
    }
    @SocketEvent()
    download(@MessageBody() chunks: number) {
      let left = chunks;
      return new Readable({
        read() {
          this.push(left-- > 0 ? chunk : null);
        },
      });
    }
  }
  return StreamGateway;
}

/** A download without a stream of Node. */
function generator(): GatewayClass {
  const chunk = Buffer.alloc(CHUNK_BYTES, 'x');
  @SocketNamespace(NAMESPACE, { settings })
  class GeneratorGateway extends SocketGateway {
    @SocketEvent()
    async *download(@MessageBody() chunks: number) {
      for (let left = chunks; left > 0; left--) yield chunk;
    }
  }
  return GeneratorGateway;
}

const NEWS = { title: 'A title', text: 'and a few words' };

const broadcasting: Shape['commands'] = (broker) => ({
  broadcast: () => broker.call('gateway.broadcast', { event: 'news', args: [NEWS] }),
});

const SHAPES: Record<string, Shape> = {
  add: { gateways: () => [handler()] },
  call: { gateways: () => [proxy()] },
  // Only this one loads the validators: in all others they would add a quarter to the heap.
  order: { gateways: async () => [(await import('./order-gateway.js')).OrderGateway] },
  'thousand-events': { gateways: () => [withEvents(999)] },
  'hundred-gateways': {
    gateways: () => [
      handler(),
      ...Array.from({ length: 99 }, (_, at) => handler(`/other${at}`, `other${at}`)),
    ],
  },
  'streams-of-node': { gateways: () => [streams()] },
  generator: { gateways: () => [generator()] },
  idle: { gateways: () => [withEvents(19)] },
  connect: { gateways: () => [connect()] },
  push: { gateways: () => [handler()], commands: broadcasting },
  'push-alone': {
    gateways: () => [handler()],
    commands: broadcasting,
    transporter: { type: 'TCP', options: { udpDiscovery: false } } as never,
  },
  forward: {
    gateways: () => [forward()],
    commands: (broker) => ({ forward: () => broker.emit('article.published', NEWS) }),
  },
};
