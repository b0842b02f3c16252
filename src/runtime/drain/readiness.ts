import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Gateway } from '../model';
import { areReady } from './health';

/** Answers a request, and returns true; returns false if the request is for another listener. */
export type AnswerRequest = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Returns what answers requests for the readiness of a server: 200, or 503 if a gateway on it has not started or drains.
 *
 * @param path of the requests
 * @param gateways returns those on the server now
 */
export function readinessOf(path: string, gateways: () => Iterable<Gateway>): AnswerRequest {
  return ({ url = '', method }, response) => {
    if (url.split('?', 1)[0] !== path || (method !== 'GET' && method !== 'HEAD')) return false;
    const ready = areReady(gateways());
    response
      .writeHead(ready ? 200 : 503, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
      .end(JSON.stringify({ ready }));
    return true;
  };
}
