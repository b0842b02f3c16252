import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Gateway } from '../model';
import { liveContract } from '../push/live-contract';
import { checkRequest } from './check-request';
import { mistake, type CheckedOptions } from './explorer-options';
import { pageFiles, type PageFile } from './page-files';
import { refuse, send } from './respond';

/** The page of the gateways that have it at one path of one server. */
export class Explorer {
  private readonly options = new Map<Gateway, CheckedOptions>();
  /** The file at each path. */
  private readonly routes: ReadonlyMap<string, () => PageFile>;

  /**
   * @param path where the page is; `''` is the root
   * @param socketPath returns the path of Socket.IO
   */
  constructor(path: string, socketPath: () => string) {
    const { page, script, style, icon } = pageFiles();
    const contract = (): PageFile => ({
      type: 'application/json',
      content: JSON.stringify(liveContract([...this.options.keys()], undefined)),
    });
    const pageAt = (base: string) => () => page({ base, path, title: this.title, socketPath: socketPath() });
    // A proxy may serve all this below a path of its own, so the page names its files by where they are from it.
    const folder = path.slice(path.lastIndexOf('/') + 1);
    this.routes = new Map([
      ...(path === '' ? [] : [[path, pageAt(`${folder}/`)] as const]),
      [`${path}/`, pageAt('')],
      [`${path}/explorer.js`, () => script],
      [`${path}/explorer.css`, () => style],
      [`${path}/explorer.svg`, () => icon],
      [`${path}/contract.json`, contract],
    ]);
  }

  /** @throws DeclarationError if a gateway that is here has another guard or title */
  add(gateway: Gateway, options: CheckedOptions): void {
    for (const [other, { guard, title }] of this.options) {
      const name = differs(options.guard, guard)
        ? 'guard'
        : differs(options.title, title)
          ? 'title'
          : undefined;
      if (name === undefined) continue;
      throw mistake(
        gateway,
        `its setting explorer.${name} differs from that of ${other.plan.className}, which has its explorer at the ` +
          'same path; give both the same, or another path',
      );
    }
    this.options.set(gateway, options);
  }

  delete(gateway: Gateway): void {
    this.options.delete(gateway);
  }

  get isEmpty(): boolean {
    return this.options.size === 0;
  }

  /** Answers a request for one of its files. Returns false if it has no such file. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const route = this.routes.get(request.url?.split('?', 1)[0] ?? '');
    if (!route) return false;
    void this.respond(route, request, response);
    return true;
  }

  private async respond(
    route: () => PageFile,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const [gateway] = this.options.keys();
    if (!gateway) return;
    try {
      const refused = await checkRequest(this.find('guard'), request, gateway.report);
      if (refused) refuse(response, refused.status, refused.reason);
      else send(request, response, route());
    } catch (error) {
      gateway.report('the explorer cannot answer a request', error);
      refuse(response, 500, 'The explorer cannot answer: the log of the server says why.');
    }
  }

  private get title(): string {
    const services = new Set([...this.options.keys()].map(({ service }) => service.fullName));
    return this.find('title') ?? [...services].join(', ');
  }

  private find<Name extends 'guard' | 'title'>(name: Name): CheckedOptions[Name] | undefined {
    for (const options of this.options.values()) if (options[name] !== undefined) return options[name];
    return undefined;
  }
}

/** Returns true for two values that are not the same. A gateway without the option takes that of the other. */
function differs(one: unknown, other: unknown): boolean {
  return one !== undefined && other !== undefined && one !== other;
}
