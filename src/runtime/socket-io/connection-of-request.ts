import type { IncomingMessage } from 'node:http';

/** A request with its query, as Engine.IO has parsed it before middlewares run. */
interface ParsedRequest {
  readonly _query?: { readonly sid?: string };
}

/** Returns the id of the connection that a request belongs to; undefined if the request opens one. */
export function connectionIdOf(request: IncomingMessage): string | undefined {
  return (request as ParsedRequest)._query?.sid;
}
