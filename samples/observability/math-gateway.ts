import { Errors, type Context, type ServiceSchema } from 'moleculer';
import {
  type ActionProxy,
  AllowAnonymous,
  Authorize,
  Ctx,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from 'moleculer-socket-gateway';

@SocketNamespace('/math')
@Authorize()
export class MathGateway extends SocketGateway {
  @AllowAnonymous()
  @SocketEvent('call', { whitelist: ['math.*'] })
  call!: ActionProxy;

  /** A trace has the calls below the event. Of the numbers it has nothing: they are nobody's business. */
  @AllowAnonymous()
  @SocketEvent({ tracing: { tags: { params: false } } })
  async sum(@MessageBody({ type: [Number] }) numbers: number[], @Ctx() ctx: SocketContext) {
    let a = 0;
    for (const b of numbers) a = await ctx.call<number, object>('math.add', { a, b });
    return a;
  }

  /** For users; as nobody can log in here, it is always refused. */
  @SocketEvent()
  answer() {
    return 42;
  }
}

export const math: ServiceSchema = {
  name: 'math',
  actions: {
    add: (ctx: Context<{ a: number; b: number }>) => ctx.params.a + ctx.params.b,
    divide(ctx: Context<{ a: number; b: number }>) {
      if (ctx.params.b === 0) throw new Errors.MoleculerClientError('Nobody divides by zero', 422, 'BY_ZERO');
      return ctx.params.a / ctx.params.b;
    },
  },
};
