import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { Context, ServiceSchema } from 'moleculer';
import { Errors, type SocketMeta } from 'moleculer-socket-gateway';

export interface Person {
  id: string;
  roles: string[];
}

const SALT = randomBytes(16);
const hash = (password: string) => scryptSync(password, SALT, 32);

/** In place of a database. */
const people = new Map([
  ['ada', { person: { id: 'ada', roles: ['admin'] }, password: hash('lovelace') }],
  ['ben', { person: { id: 'ben', roles: [] }, password: hash('franklin') }],
]);
const tokens = new Map<string, Person>();

/** Knows people, passwords and tokens; it may run on any node. */
export const accounts: ServiceSchema = {
  name: 'accounts',
  actions: {
    /** Logs the socket in that the call was made for, and gives a token to come back with. */
    login(ctx: Context<{ name: string; password: string }, SocketMeta>) {
      const known = people.get(ctx.params.name);
      if (!known || !timingSafeEqual(known.password, hash(ctx.params.password)))
        throw new Errors.UnAuthorizedError('WRONG_PASSWORD');
      const token = randomBytes(24).toString('base64url');
      tokens.set(token, known.person);
      ctx.meta.user = known.person;
      return { token, user: known.person };
    },

    logout(ctx: Context<{ token: string }, SocketMeta>) {
      tokens.delete(ctx.params.token);
      ctx.meta.user = null;
    },

    verify(ctx: Context<{ token: string }>) {
      const person = tokens.get(ctx.params.token);
      if (!person) throw new Errors.UnAuthorizedError();
      return person;
    },
  },
};
