import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Gateway } from '../model';
import { Explorer } from './explorer';
import { explorerOptions } from './explorer-options';

/** The explorers of the gateways on one server. */
export class ServerExplorers {
  private readonly explorers = new Map<string, Explorer>();

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
  }

  remove(gateway: Gateway): void {
    for (const [path, explorer] of this.explorers) {
      explorer.delete(gateway);
      if (explorer.isEmpty) this.explorers.delete(path);
    }
  }

  /** Answers a request for a page. Returns false if it is for none. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    for (const explorer of this.explorers.values()) if (explorer.answer(request, response)) return true;
    return false;
  }
}
