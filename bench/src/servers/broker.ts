import { ServiceBroker, type BrokerOptions, type Context } from 'moleculer';
import type { Order } from './order';

/** The user that a right token is. */
export interface User {
  readonly id: number;
  readonly role: string;
}

/**
 * The broker behind every server: the same options, the same actions.
 *
 * @param observed metrics and tracing are on. Every call has its span, which no exporter takes: what exporters cost is
 *   their own affair, and what waits in their queues would drown everything else in garbage collection.
 * @param transporter none by default
 */
export function newBroker(observed = false, transporter?: BrokerOptions['transporter']): ServiceBroker {
  const broker = new ServiceBroker({
    logger: false,
    skipProcessEventRegistration: true,
    metrics: { enabled: observed },
    tracing: { enabled: observed, exporter: [] },
    ...(transporter && { transporter }),
  });
  if (observed) callOthers(broker);
  broker.createService({
    name: 'math',
    actions: {
      add: (ctx: Context<{ a: number; b: number }>) => ctx.params.a + ctx.params.b,
    },
  });
  broker.createService({
    name: 'orders',
    actions: {
      place: (ctx: Context<Order>) => ({ total: ctx.params.quantity * ctx.params.price }),
    },
  });
  broker.createService({
    name: 'users',
    actions: {
      verify(ctx: Context<{ token: unknown }>): User {
        if (ctx.params.token !== 'let-me-in') throw new Error('wrong token');
        return { id: 7, role: 'member' };
      },
    },
  });
  return broker;
}

/**
 * Counts as an application would that goes on to call other actions. One that does not may have V8 compile Moleculer's counters without end, in all servers but
 * the gateway, which keeps V8 from it (docs/metrics.md).
 */
function callOthers({ metrics }: ServiceBroker): void {
  let others = 0;
  setInterval(() => {
    metrics.increment('moleculer.request.total', { action: `other.action-${++others}` });
  }, 250).unref();
}
