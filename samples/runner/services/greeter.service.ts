import {
  Ctx,
  MessageBody,
  SocketEvent,
  SocketGateway,
  type SocketContext,
  SocketNamespace,
} from 'moleculer-socket-gateway';
import { greet } from './words';

/** moleculer-runner takes what a file exports as default: the class itself. */
@SocketNamespace('/greeter', { settings: { port: process.env['PORT'] ?? 3000 } })
export default class GreeterGateway extends SocketGateway {
  @SocketEvent()
  async greet(@MessageBody() name: string, @Ctx() ctx: SocketContext) {
    const visits = await ctx.call<number, { name: string }>('visits.count', { name });
    return `${greet(name)}, visit ${visits}`;
  }
}
