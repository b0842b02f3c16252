import type { Socket } from 'socket.io';

/*
 * The testing kit connects clients as a user without asking the `@Authenticate` method. Only code in this process can assume a
 * user: it needs the object of the connection, which nothing that a client sends can name.
 */

const assumedUsers = new WeakMap<object, AssumedUser>();

/** The user of all handshakes of a connection. */
export interface AssumedUser {
  readonly user: unknown;
}

/**
 * Makes a user of all handshakes of a connection. Every guard still holds.
 *
 * @param connection the server's end of the connection
 * @param user null for an anonymous client
 */
export function assumeUser(connection: object, user: unknown): void {
  assumedUsers.set(connection, { user });
}

/** Returns the user that a test has assumed for the connection of a socket; undefined if it has not. */
export function assumedUserOf(socket: Socket): AssumedUser | undefined {
  const connection = socket.request.socket as object | undefined;
  return connection && assumedUsers.get(connection);
}
