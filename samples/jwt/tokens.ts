import { randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT, type JWTPayload } from 'jose';
import type { Context, ServiceSchema } from 'moleculer';
import { Errors } from 'moleculer-socket-gateway';

/** Who a token is about; `exp` is when it ends, in seconds since the epoch. */
export interface Account {
  id: string;
  roles: string[];
  exp: number;
}

const ISSUER = 'urn:sample:tokens';
const AUDIENCE = 'urn:sample:gateway';

/** In production: from the environment, the same on all nodes, or a pair of keys. */
const KEY = new TextEncoder().encode(process.env.JWT_SECRET ?? randomUUID());

/** Signs tokens and verifies them; it may run on any node. */
export const tokens: ServiceSchema = {
  name: 'tokens',
  actions: {
    /** For the service that checks passwords; gateways do not open it. */
    sign: {
      visibility: 'public',
      params: { id: 'string', roles: 'string[]', seconds: 'number' },
      handler(ctx: Context<{ id: string; roles: string[]; seconds: number }>) {
        const { id, roles, seconds } = ctx.params;
        return new SignJWT({ roles })
          .setProtectedHeader({ alg: 'HS256' })
          .setSubject(id)
          .setIssuer(ISSUER)
          .setAudience(AUDIENCE)
          .setIssuedAt()
          .setExpirationTime(Date.now() / 1000 + seconds)
          .sign(KEY);
      },
    },

    verify: {
      visibility: 'public',
      params: { token: 'string' },
      async handler(ctx: Context<{ token: string }>): Promise<Account> {
        const { sub, roles, exp } = await verified(ctx.params.token);
        if (sub === undefined || exp === undefined || !Array.isArray(roles))
          throw new Errors.UnAuthorizedError();
        return { id: sub, roles: roles.map(String), exp };
      },
    },
  },
};

async function verified(token: string): Promise<JWTPayload> {
  try {
    // The algorithm is ours to choose, not the token's.
    const options = { algorithms: ['HS256'], issuer: ISSUER, audience: AUDIENCE };
    return (await jwtVerify(token, KEY, options)).payload;
  } catch {
    throw new Errors.UnAuthorizedError();
  }
}
