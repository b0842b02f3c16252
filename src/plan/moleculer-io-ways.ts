import type { Service } from 'moleculer';
import type { Socket } from 'socket.io';
import type { AckFunction, ServerSettings, SocketContext } from '../types';
import type { EventPlan } from './event-plan';

/** Describes what the runtime does differently for a service that is declared by moleculer-io's settings. */
export interface MoleculerIoWays {
  /** Returns the settings of the server by which the handshakes are guarded. */
  serverSettings(service: Service, settings: ServerSettings): ServerSettings;
  /**
   * Returns the function that runs an event inside of the action `call` of the service.
   *
   * @returns undefined if the event calls no action
   */
  enclose(gateway: RunningGateway, event: EventPlan): ((ctx: SocketContext) => Promise<unknown>) | undefined;
  /** Adds the properties that users of moleculer-io expect on a socket. */
  adoptSocket(gateway: RunningGateway, socket: Socket): void;
  /** Returns the function by which a service writes what its settings of the log ask for. */
  logOf(gateway: RunningGateway): (level: string, ...args: unknown[]) => void;
  /** Saves the user that the method `socketAuthorize` returned. */
  saveUser(service: Service, socket: Socket, user: unknown): unknown;
  /**
   * Lets an overridden `socketOnError` answer an error.
   *
   * @param otherwise answers in the usual way: if there is no such method, or if it fails before it has answered
   */
  answerError(gateway: RunningGateway, error: Error, respond: AckFunction, otherwise: () => void): void;
}

/** The parts of a running gateway that the functions of moleculer-io use. */
export interface RunningGateway {
  readonly service: Service;
  readonly report: (what: string, error: unknown) => void;
}
