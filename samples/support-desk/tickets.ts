import type { Context, ServiceSchema } from 'moleculer';
import { Errors } from 'moleculer-socket-gateway';
import type { Account, Ticket } from './messages';

/** Keeps tickets, and says what happens to them. It knows nothing of sockets, and may run on any node. */
export function tickets(): ServiceSchema {
  const all = new Map<number, Ticket>();
  return {
    name: 'tickets',
    actions: {
      async open(ctx: Context<{ subject: string }, { user: Account }>): Promise<Ticket> {
        const { id: customer, tenant } = ctx.meta.user;
        const ticket = { id: all.size + 1, tenant, customer, subject: ctx.params.subject, open: true };
        all.set(ticket.id, ticket);
        await ctx.emit('ticket.opened', ticket);
        return ticket;
      },

      list(ctx: Context<unknown, { user: Account }>): Ticket[] {
        const { id, tenant, roles } = ctx.meta.user;
        return [...all.values()].filter(
          (ticket) => ticket.tenant === tenant && (roles.includes('agent') || ticket.customer === id),
        );
      },

      /** The ticket, if the user may see it. */
      get(ctx: Context<{ id: number }, { user: Account }>): Ticket {
        const { id, tenant, roles } = ctx.meta.user;
        const ticket = all.get(ctx.params.id);
        if (ticket?.tenant !== tenant || (ticket.customer !== id && !roles.includes('agent')))
          throw new Errors.NotFoundError('NO_SUCH_TICKET');
        return ticket;
      },

      close(ctx: Context<{ id: number }>): void {
        const ticket = all.get(ctx.params.id);
        if (ticket) ticket.open = false;
      },
    },
  };
}
