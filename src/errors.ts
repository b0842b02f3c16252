import { Errors as MoleculerErrors } from 'moleculer';

/*
 * Names, codes, types and constructor arguments are those of moleculer-web (MIT), so that one handler of
 * errors serves HTTP and sockets.
 */

/** 401: the client is not logged in, or its token is invalid. */
export class UnAuthorizedError extends MoleculerErrors.MoleculerError {
  /**
   * @param type machine-readable reason, `INVALID_TOKEN` by default
   * @param data anything that may be shown to the client
   */
  constructor(type?: string | null, data?: unknown) {
    super('Unauthorized', 401, type ?? 'INVALID_TOKEN', data);
  }
}

/** 403: the user is logged in, but may not do this. */
export class ForbiddenError extends MoleculerErrors.MoleculerError {
  /**
   * @param type machine-readable reason
   * @param data anything that may be shown to the client
   */
  constructor(type?: string | null, data?: unknown) {
    super('Forbidden', 403, type ?? 'FORBIDDEN', data);
  }
}

/** 400: the request has the wrong shape. */
export class BadRequestError extends MoleculerErrors.MoleculerError {
  /**
   * @param type machine-readable reason
   * @param data anything that may be shown to the client
   */
  constructor(type?: string | null, data?: unknown) {
    super('Bad request', 400, type ?? 'BAD_REQUEST', data);
  }
}

/** 404: not found. An event without a handler has the type `EVENT_NOT_FOUND`. */
export class NotFoundError extends MoleculerErrors.MoleculerError {
  /**
   * @param type machine-readable reason, `NOT_FOUND` by default
   * @param data anything that may be shown to the client
   */
  constructor(type?: string | null, data?: unknown) {
    super('Not found', 404, type ?? 'NOT_FOUND', data);
  }
}

/** 413: the payload is larger, or nested deeper, than the gateway accepts. */
export class PayloadTooLarge extends MoleculerErrors.MoleculerClientError {
  /** @param data anything that may be shown to the client */
  constructor(data?: unknown) {
    super('Payload too large', 413, 'PAYLOAD_TOO_LARGE', data);
  }
}

/** 429: too many requests; `data.retryAfter` says after how many seconds to come back, where that is known. */
export class RateLimitExceeded extends MoleculerErrors.MoleculerClientError {
  /**
   * @param type machine-readable reason
   * @param data anything that may be shown to the client
   */
  constructor(type?: string | null, data?: unknown) {
    super('Rate limit exceeded', 429, type ?? 'RATE_LIMIT_EXCEEDED', data);
  }
}

/** 503: the gateway, or what it needs, is not there right now. */
export class ServiceUnavailableError extends MoleculerErrors.MoleculerError {
  /**
   * @param type machine-readable reason
   * @param data anything that may be shown to the client
   */
  constructor(type?: string | null, data?: unknown) {
    super('Service unavailable', 503, type ?? 'SERVICE_UNAVAILABLE', data);
  }
}

/** A mistake in one member of a gateway class. */
export interface DeclarationProblem {
  /** The method, property or parameter, as `ChatGateway.send`; the class alone where the class itself is wrong. */
  readonly where: string;
  /** Says what is wrong, and what to write instead. */
  readonly what: string;
}

/**
 * Thrown when a gateway class is compiled or its server is opened: everything that is wrong with the
 * declaration, at once.
 */
export class DeclarationError extends Error {
  /** All that was found, in the order of the class. */
  readonly problems: readonly DeclarationProblem[];

  /**
   * @param subject what was being put together, usually the name of the class
   * @param problems at least one
   */
  constructor(subject: string, problems: readonly DeclarationProblem[]) {
    const list = problems.map(({ where, what }) => `  - ${where}: ${what}`).join('\n');
    const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`;
    super(`${subject} cannot be used as a gateway, its declaration has ${count}:\n${list}`);
    this.name = new.target.name;
    this.problems = problems;
  }
}

/*
 * An error takes its name from its class, and a minifier renames classes. Here the names are text. Those of Moleculer's errors are
 * restored, too: clients see them, and other nodes find the class of an error by its name.
 */
const CLASSES: Readonly<Record<string, unknown>> = {
  ...MoleculerErrors,
  UnAuthorizedError,
  ForbiddenError,
  BadRequestError,
  NotFoundError,
  PayloadTooLarge,
  RateLimitExceeded,
  ServiceUnavailableError,
  DeclarationError,
};

for (const [name, type] of Object.entries(CLASSES)) {
  if (typeof type === 'function' && type.prototype instanceof Error && type.name !== name)
    Object.defineProperty(type, 'name', { value: name, configurable: true });
}
