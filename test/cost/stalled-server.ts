import { Transform, Type } from 'class-transformer';
import { IsEmail, IsInt, IsOptional, IsString, Length, Matches, ValidateNested } from 'class-validator';
import { ServiceBroker, type ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import { z } from 'zod';
import {
  Authenticate,
  Ctx,
  MessageBody,
  MessageStream,
  NspParam,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import { serve, STOPS_AT_ONCE } from '../support/serve';

/*
 * A server with every kind of thing that looks at what a client has sent: types of payloads, proxies, patterns, logs and traces.
 */

class Line {
  @IsString() @Length(1, 20) text!: string;
  @IsOptional() @IsInt() count?: number;
}
class Order {
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
}
class Trimmed {
  @Transform(({ value }) => String(value).trim()) @IsString() text!: string;
}
class TrimmedOrder {
  @ValidateNested({ each: true }) @Type(() => Trimmed) lines!: Trimmed[];
}
class Contact {
  @IsOptional() @IsEmail() email?: string;
  @IsOptional() @Matches(/^([a-z]+ ?)+$/) name?: string;
  @IsOptional() @Length(1, 100) text?: string;
}
class Tree {
  @IsInt() n!: number;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Tree) children?: Tree[];
}

const LINES = { type: 'array', items: { type: 'object', props: { text: 'string' } } } as const;

@SocketNamespace('/x', {
  settings: { port: 0, cors: { origin: ['https://*.example.com', 'https://a-*-b-*-c.example'] } },
})
class StalledGateway extends SocketGateway {
  @SocketEvent()
  order(@MessageBody() order: Order) {
    return order.lines.length;
  }
  @SocketEvent()
  trimmed(@MessageBody() order: TrimmedOrder) {
    return order.lines.length;
  }
  @SocketEvent()
  contact(@MessageBody() contact: Contact) {
    return Object.keys(contact).length;
  }
  @SocketEvent()
  tree(@MessageBody() tree: Tree) {
    return tree.n;
  }
  @SocketEvent('lines', { payload: [Line] })
  lines(ctx: SocketContext<Line[]>) {
    return ctx.params.length;
  }
  @SocketEvent('schema', { payload: z.object({ lines: z.array(z.object({ text: z.string() })) }) })
  byZod() {
    return true;
  }
  @SocketEvent('params', { params: { lines: LINES } })
  byMoleculer() {
    return true;
  }
  @SocketEvent()
  text(@MessageBody() text: string) {
    return text.length;
  }
  @SocketEvent()
  bytes(@MessageBody() bytes: Buffer) {
    return bytes.length;
  }
  @SocketEvent()
  echo(@MessageBody({ unchecked: true }) body: unknown) {
    return body;
  }
  @RateLimit({ points: 1_000_000, duration: 60, key: (ctx) => String(ctx.args.length) })
  @SocketEvent()
  limited() {
    return true;
  }
  @SocketEvent()
  upload(@MessageStream() stream: AsyncIterable<unknown>) {
    return Symbol.asyncIterator in stream;
  }
  @SocketEvent('call', {
    whitelist: ['math.*', 'a*b*c*d*e.**', /^users\.[a-z]+$/],
    aliases: { add: 'math.add' },
    multi: true,
  })
  call!: ActionProxy;
}

@SocketNamespace('/users/:user')
class UserGateway extends SocketGateway {
  @Authenticate()
  authenticate(socket: Socket) {
    return { id: Object.keys(socket.handshake.auth).length };
  }
  @SocketEvent('*')
  any(@Ctx() ctx: SocketContext, @NspParam('user') user: string) {
    return [ctx.event.length, user.length];
  }
}

/** Measures turns of the event loop in CPU time: other processes do not count. */
class Turns {
  private longest = 0;
  private before = process.cpuUsage();
  private next: NodeJS.Immediate | undefined;

  start(): void {
    this.longest = 0;
    this.before = process.cpuUsage();
    const look = (): void => {
      const { user, system } = process.cpuUsage(this.before);
      this.longest = Math.max(this.longest, (user + system) / 1000);
      this.before = process.cpuUsage();
      this.next = setImmediate(look);
    };
    this.next = setImmediate(look);
  }

  /** Returns the CPU of the longest turn since the start, in milliseconds. */
  stop(): number {
    clearImmediate(this.next);
    return this.longest;
  }
}

if (require.main === module) {
  serve(async () => {
    const broker = new ServiceBroker({
      logger: false,
      metrics: { enabled: true, collectProcessMetrics: false } as object,
      tracing: { enabled: true, exporter: [] } as object,
      skipProcessEventRegistration: true,
      registry: STOPS_AT_ONCE,
    });
    broker.createService({ name: 'math', actions: { add: () => 3 } });
    for (const gateway of [StalledGateway, UserGateway])
      broker.createService(gateway as object as ServiceSchema);
    await broker.start();
    const turns = new Turns();
    return {
      brokers: [broker],
      commands: { startTurns: () => turns.start(), longestTurn: () => turns.stop() },
    };
  });
}
