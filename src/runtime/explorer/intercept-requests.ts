import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Puts a handler before the listeners of an HTTP server, as Socket.IO does it: they get the requests that it leaves.
 *
 * @param handle returns true if it answers the request
 * @returns a function that removes the handler
 */
export function interceptRequests(
  http: HttpServer,
  handle: (request: IncomingMessage, response: ServerResponse) => boolean,
): () => void {
  const others = http.listeners('request') as Listener[];
  let isActive = true;
  const intercept: Listener = (request, response) => {
    if (isActive && handle(request, response)) return;
    for (const listener of others) listener.call(http, request, response);
  };
  http.removeAllListeners('request');
  http.on('request', intercept);
  return () => {
    isActive = false;
    // Another library may have put itself before this handler, and still calls it.
    if (!http.listeners('request').includes(intercept)) return;
    http.off('request', intercept);
    for (const listener of others) http.on('request', listener);
  };
}
