import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Gateway } from '../model';
import { Explorer } from './explorer';
import { explorerOptions } from './explorer-options';
import { interceptRequests } from './intercept-requests';

/** The explorers of the gateways on one server. */
export class ServerExplorers {
  private readonly explorers = new Map<string, Explorer>();
  private http: HttpServer | undefined;
  private stop: (() => void) | undefined;

  /** @param socketPath returns the path of Socket.IO on the server */
  constructor(private readonly socketPath: () => string) {}

  /**
   * Adds a gateway to the explorer at its path, if it has one. If it is there already, its setting is read again.
   *
   * @throws DeclarationError if the setting is not valid, or differs from that of a gateway at the same path
   */
  add(gateway: Gateway): void {
    const options = explorerOptions(gateway);
    this.remove(gateway);
    if (!options) return;
    const explorer = this.explorers.get(options.path) ?? new Explorer(options.path, this.socketPath);
    explorer.add(gateway, options);
    this.explorers.set(options.path, explorer);
    this.intercept();
  }

  remove(gateway: Gateway): void {
    for (const [path, explorer] of this.explorers) {
      explorer.delete(gateway);
      if (explorer.isEmpty) this.explorers.delete(path);
    }
  }

  /** Serves the explorers, now or when there is one. Call it after Socket.IO is attached. */
  attach(http: HttpServer): void {
    this.http = http;
    this.intercept();
  }

  /** Leaves the server as it was found. Call it before Socket.IO is detached. */
  detach(): void {
    this.stop?.();
    this.stop = this.http = undefined;
  }

  private intercept(): void {
    if (this.stop || !this.http || this.explorers.size === 0) return;
    this.stop = interceptRequests(this.http, (request, response) => this.handle(request, response));
  }

  private handle(request: IncomingMessage, response: ServerResponse): boolean {
    for (const explorer of this.explorers.values()) if (explorer.handle(request, response)) return true;
    return false;
  }
}
