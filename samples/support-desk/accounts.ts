import type { Context, ServiceSchema } from 'moleculer';
import { Errors } from 'moleculer-socket-gateway';
import type { Account } from './messages';

/** In place of signed tokens: see the sample jwt. */
const tokens = new Map<unknown, Account>([
  ['ann-token', { id: 'ann', name: 'Ann', tenant: 'acme', roles: ['agent'] }],
  ['cas-token', { id: 'cas', name: 'Cas', tenant: 'acme', roles: [] }],
  ['zoe-token', { id: 'zoe', name: 'Zoe', tenant: 'zenith', roles: ['agent'] }],
]);

export const accounts: ServiceSchema = {
  name: 'accounts',
  actions: {
    verify(ctx: Context<{ token?: unknown }>): Account {
      const account = tokens.get(ctx.params.token);
      if (!account) throw new Errors.UnAuthorizedError();
      return account;
    },
  },
};
